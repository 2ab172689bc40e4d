// Tunnel ports of br-tun: their names, options, creation and removal, as the OVS agent manages them.
import { parseIpv4 } from './address.ts';
import type { Environment } from './environment.ts';
import type { Agent, Style, TunnelType } from './overlay.ts';

/** `gre-0a000115`: type and the remote IPv4 VTEP in hex (Neutron's get_tunnel_name). */
export const tunnelPortName = (type: TunnelType, remoteIp: string): string =>
  `${type}-${(parseIpv4(remoteIp) ?? 0n).toString(16).padStart(8, '0')}`;

/** The options column of `ovs-vsctl list interface`: keys in order, strings that need it quoted. Today's Neutron clears the
 * packet mark of what it encapsulates; recorded for VXLAN, absent on the recorded GRE ports. */
export const tunnelOptions = (style: Style, type: TunnelType, localIp: string, remoteIp: string): string => {
  const mark = style === 'master' && type !== 'gre' ? 'egress_pkt_mark="0", ' : '';
  return `{df_default="true", ${mark}in_key=flow, local_ip="${localIp}", out_key=flow, remote_ip="${remoteIp}"}`;
};

export type TunnelPort = {
  readonly type: TunnelType;
  readonly remoteIp: string;
  readonly ofport: number;
  readonly name: string;
};

/** All tunnel ports of a host, by type in the order the agent knows them. */
export const tunnelPorts = (agent: Agent): TunnelPort[] =>
  [...agent.tunnels].flatMap(([type, remotes]) =>
    [...remotes].map(([remoteIp, ofport]) => ({ type, remoteIp, ofport, name: tunnelPortName(type, remoteIp) })),
  );

/** Port numbers of the tunnels of one type. */
export const ofportsOf = (agent: Agent, type: TunnelType): readonly number[] => [
  ...(agent.tunnels.get(type)?.values() ?? []),
];

/** The port to a remote VTEP, created when missing (setup_tunnel_port). */
export const ensureTunnel = (agent: Agent, type: TunnelType, remoteIp: string, env: Environment): number => {
  const remotes = agent.tunnels.get(type) ?? new Map<string, number>();
  agent.tunnels.set(type, remotes);
  const known = remotes.get(remoteIp);
  if (known !== undefined) return known;
  const ofport = env.ofport(agent.host, 'br-tun', tunnelPortName(type, remoteIp)) ?? agent.nextTunOfport;
  agent.nextTunOfport = Math.max(agent.nextTunOfport, ofport + 1);
  remotes.set(remoteIp, ofport);
  return ofport;
};

/** Deletes the port unless some network on the host still floods to it (cleanup_tunnel_port). */
export const cleanupTunnel = (agent: Agent, type: TunnelType, ofport: number): void => {
  for (const vlan of agent.vlans.values()) if (vlan.floodOfports.has(ofport)) return;
  const remotes = agent.tunnels.get(type);
  for (const [remoteIp, port] of remotes ?? []) if (port === ofport) remotes?.delete(remoteIp);
};
