// What `ovs-ofctl dump-flows` and `ovs-vsctl show` would say on one host of the overlay.
import { brIntFlows } from './br-int-flows.ts';
import { brTunFlowsClassic } from './br-tun-flows-classic.ts';
import { brTunFlows } from './br-tun-flows.ts';
import { printFlows, type Dialect } from './flow-print.ts';
import type { Flow } from './flow.ts';
import { PATCH_OFPORT, type Agent, type OverlayConfig, type Style } from './overlay.ts';
import { tunnelOptions, tunnelPorts } from './tunnel-port.ts';

export type Bridge = 'br-int' | 'br-tun';

/** The protocol each style's agent speaks. */
export const dialectOf = (style: Style): Dialect => (style === 'classic' ? 'OpenFlow10' : 'OpenFlow13');

/** The flow table of a bridge as a value. With a kernel multicast group there are no bridges of Open vSwitch: no flows. */
export const flowsOf = (agent: Agent, bridge: Bridge, config: OverlayConfig): Flow[] => {
  if (config.mode === 'multicast') return [];
  if (bridge === 'br-int') return brIntFlows(agent, config.style);
  return config.style === 'classic' ? brTunFlowsClassic(agent, config.mode) : brTunFlows(agent, config.mode);
};

/** The same as text, a line each. */
export const dumpFlows = (
  agent: Agent,
  bridge: Bridge,
  config: OverlayConfig,
  dialect = dialectOf(config.style),
): string[] => printFlows(flowsOf(agent, bridge, config), dialect);

/** Ports of br-tun, `NUMBER(NAME): type=... options=...`, by number. */
export const dumpTunnels = (agent: Agent, config: OverlayConfig): string[] => [
  `${PATCH_OFPORT}(patch-int): type=patch options={peer=patch-tun}`,
  ...tunnelPorts(agent)
    .sort((a, b) => a.ofport - b.ofport)
    .map(
      (t) =>
        `${t.ofport}(${t.name}): type=${t.type} options=${tunnelOptions(config.style, t.type, agent.localIp, t.remoteIp)}`,
    ),
];
