// One host's pair of bridges as the tracer walks them: ports, flow tables, and what traffic has taught them.
import { flowsOf, type Bridge } from './host-flows.ts';
import { flowTable, type FlowTable } from './flow-table.ts';
import { PATCH_OFPORT, type Agent, type OverlayConfig, type TunnelType } from './overlay.ts';
import { tunnelPorts } from './tunnel-port.ts';

export type SwitchPort =
  /** A guest, router or DHCP interface. `tag` null: the agent has not bound it, the port is a trunk. */
  | { readonly kind: 'vif'; readonly name: string; readonly tag: number | null }
  | { readonly kind: 'patch'; readonly name: string; readonly peerBridge: Bridge; readonly peerPort: number }
  /** Leads to the bridge of a physical network. */
  | { readonly kind: 'physical'; readonly name: string }
  | {
      readonly kind: 'tunnel';
      readonly name: string;
      readonly type: TunnelType;
      readonly localIp: string;
      readonly remoteIp: string;
    };

export type BridgeModel = { readonly ports: ReadonlyMap<number, SwitchPort>; readonly flows: FlowTable };

export type HostSwitch = {
  readonly host: string;
  readonly localIp: string;
  readonly bridges: Readonly<Record<Bridge, BridgeModel>>;
};

const patch = (name: string, peerBridge: Bridge): SwitchPort => ({
  kind: 'patch',
  name,
  peerBridge,
  peerPort: PATCH_OFPORT,
});

/** Two bridges joined by a patch; other ports are given by number. */
export const hostSwitch = (
  host: string,
  localIp: string,
  ports: Readonly<Record<Bridge, ReadonlyMap<number, SwitchPort>>>,
  flows: Readonly<Record<Bridge, FlowTable>>,
): HostSwitch => ({
  host,
  localIp,
  bridges: {
    'br-int': {
      ports: new Map([[PATCH_OFPORT, patch('patch-tun', 'br-tun')], ...ports['br-int']]),
      flows: flows['br-int'],
    },
    'br-tun': {
      ports: new Map([[PATCH_OFPORT, patch('patch-int', 'br-int')], ...ports['br-tun']]),
      flows: flows['br-tun'],
    },
  },
});

/** The switch a host's agent has built. */
export const switchOf = (agent: Agent, config: OverlayConfig): HostSwitch => {
  const vifs = [...agent.vifs.values()].map((v): [number, SwitchPort] => [
    v.ofport,
    { kind: 'vif', name: v.name, tag: v.vlan },
  ]);
  const physical = [...agent.physical.values()].map((p): [number, SwitchPort] => [
    p.intOfport,
    { kind: 'physical', name: `int-${p.bridge}` },
  ]);
  const tunnels = tunnelPorts(agent).map((t): [number, SwitchPort] => [
    t.ofport,
    { kind: 'tunnel', name: t.name, type: t.type, localIp: agent.localIp, remoteIp: t.remoteIp },
  ]);
  return hostSwitch(
    agent.host,
    agent.localIp,
    { 'br-int': new Map([...vifs, ...physical]), 'br-tun': new Map(tunnels) },
    {
      'br-int': flowTable(flowsOf(agent, 'br-int', config)),
      'br-tun': flowTable(flowsOf(agent, 'br-tun', config)),
    },
  );
};
