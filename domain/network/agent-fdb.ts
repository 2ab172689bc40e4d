// What an agent does with a message of the server: tunnel ports, flood, unicast and ARP entries of its networks.
import { isIpv6 } from './address.ts';
import type { Environment } from './environment.ts';
import { isFloodingEntry, type ChangedIp, type Fdb, type FdbEntry, type Message } from './message.ts';
import { isTunnelType, usesL2pop, type Agent, type LocalVlan, type Mode, type TunnelType } from './overlay.ts';
import { cleanupTunnel, ensureTunnel, ofportsOf } from './tunnel-port.ts';

const setArp = (local: LocalVlan, [mac, ip]: FdbEntry, mode: Mode): void => {
  if (mode === 'l2pop-arp' && !isIpv6(ip)) local.arp.set(ip, mac);
};

/** add_fdb_flow. */
const addEntry = (local: LocalVlan, entry: FdbEntry, ofport: number, mode: Mode): void => {
  if (isFloodingEntry(entry)) {
    local.floodOfports.add(ofport);
    local.floodFlow = [...local.floodOfports];
    return;
  }
  setArp(local, entry, mode);
  local.unicast.set(entry[0], ofport);
};

/** del_fdb_flow: deletes by (vlan, mac) and (vlan, ip), whatever port the flow points to. */
const removeEntry = (agent: Agent, local: LocalVlan, entry: FdbEntry, ofport: number, type: TunnelType): void => {
  if (!isFloodingEntry(entry)) {
    local.arp.delete(entry[1]);
    local.unicast.delete(entry[0]);
    return;
  }
  if (local.floodOfports.delete(ofport)) local.floodFlow = local.floodOfports.size > 0 ? [...local.floodOfports] : null;
  cleanupTunnel(agent, type, ofport);
};

const receiveFdb = (agent: Agent, method: 'add' | 'remove', fdb: Fdb, mode: Mode, env: Environment): void => {
  const local = agent.vlans.get(fdb.network);
  if (local === undefined || !isTunnelType(local.segment.networkType)) return; // a network without a port here is ignored
  const type = local.segment.networkType;
  for (const [vtep, entries] of fdb.ports) {
    if (vtep === agent.localIp) continue;
    if (method === 'add') {
      const ofport = ensureTunnel(agent, type, vtep, env);
      for (const entry of entries) addEntry(local, entry, ofport, mode);
      continue;
    }
    const ofport = agent.tunnels.get(type)?.get(vtep);
    if (ofport !== undefined) for (const entry of entries) removeEntry(agent, local, entry, ofport, type);
  }
};

/** fdb_chg_ip: only the ARP responder's table changes. */
const receiveChangedIp = (agent: Agent, changed: ChangedIp, mode: Mode): void => {
  const local = agent.vlans.get(changed.network);
  if (local === undefined || changed.vtep === agent.localIp) return;
  for (const entry of changed.after) setArp(local, entry, mode);
  for (const [, ip] of changed.before) local.arp.delete(ip);
};

/** tunnel_update without l2population: a tunnel to the new VTEP, and every flood flow of the type gets it. */
export const meetVtep = (agent: Agent, type: TunnelType, vtep: string, env: Environment): void => {
  if (vtep === agent.localIp || !agent.tunnelTypes.includes(type)) return;
  ensureTunnel(agent, type, vtep, env);
  const ofports = ofportsOf(agent, type);
  for (const local of agent.vlans.values()) if (local.segment.networkType === type) local.floodFlow = ofports;
};

/** The agent's reaction to one message. Core notifications only wake the agent's own loop, which other events tell of. */
export const receive = (agent: Agent, message: Message, mode: Mode, env: Environment): void => {
  if (message.kind === 'call' || !env.delivers(message, agent.host)) return;
  switch (message.method) {
    case 'add_fdb_entries':
      receiveFdb(agent, 'add', message.fdb, mode, env);
      break;
    case 'remove_fdb_entries':
      receiveFdb(agent, 'remove', message.fdb, mode, env);
      break;
    case 'update_fdb_entries':
      receiveChangedIp(agent, message.changed, mode);
      break;
    case 'tunnel_update':
      if (!usesL2pop(mode) && mode !== 'multicast') meetVtep(agent, message.tunnelType, message.tunnelIp, env);
      break;
    case 'port_update':
    case 'port_delete':
    case 'binding_activate':
    case 'binding_deactivate':
      break;
  }
};
