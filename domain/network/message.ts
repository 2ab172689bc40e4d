// The RPC messages of Neutron's overlay: who is told what about which port.
import type { NetworkType, TunnelType } from './overlay.ts';

/** `(mac, ip)`: this address lives behind that VTEP. */
export type FdbEntry = readonly [mac: string, ip: string];

/** "This VTEP takes part in the network": its tunnel joins the flood group. */
export const FLOODING_ENTRY: FdbEntry = ['00:00:00:00:00:00', '0.0.0.0'];

/** Known by its all-zero MAC. */
export const isFloodingEntry = (entry: FdbEntry): boolean => entry[0] === FLOODING_ENTRY[0];

/** Entries of one network, by VTEP address. */
export type Fdb = {
  readonly network: string;
  readonly segmentationId: number | null;
  readonly networkType: NetworkType;
  readonly ports: ReadonlyMap<string, readonly FdbEntry[]>;
};

export type ChangedIp = {
  readonly network: string;
  readonly vtep: string;
  readonly before: readonly FdbEntry[];
  readonly after: readonly FdbEntry[];
};

/** `call`: agent to server. `cast`: server to one host. `fanout`: server to the agents of all hosts. */
export type Message =
  | {
      readonly kind: 'call';
      readonly method: 'tunnel_sync';
      readonly from: string;
      readonly tunnelIp: string;
      readonly tunnelType: TunnelType;
    }
  | {
      readonly kind: 'call';
      readonly method: 'update_device_list';
      readonly from: string;
      readonly devicesUp: readonly string[];
      readonly devicesDown: readonly string[];
      /** The agent has no tunnel for the network yet and asks for the whole list again; null when it reports down. */
      readonly refreshTunnels: boolean | null;
    }
  | {
      readonly kind: 'fanout';
      readonly method: 'tunnel_update';
      readonly tunnelIp: string;
      readonly tunnelType: TunnelType;
    }
  | { readonly kind: 'cast'; readonly method: 'add_fdb_entries'; readonly to: string; readonly fdb: Fdb }
  | { readonly kind: 'fanout'; readonly method: 'add_fdb_entries' | 'remove_fdb_entries'; readonly fdb: Fdb }
  | { readonly kind: 'fanout'; readonly method: 'update_fdb_entries'; readonly changed: ChangedIp }
  | {
      readonly kind: 'fanout';
      readonly method: 'port_update' | 'port_delete' | 'binding_activate' | 'binding_deactivate';
      readonly args: readonly string[];
    };

/** Entries a message carries, counted as the l2population formulas count them. */
export const entriesOf = (message: Message): number => {
  if (message.method === 'add_fdb_entries' || message.method === 'remove_fdb_entries') {
    return [...message.fdb.ports.values()].reduce((sum, entries) => sum + entries.length, 0);
  }
  return message.method === 'update_fdb_entries' ? message.changed.before.length + message.changed.after.length : 0;
};

/** True for the messages l2population sends, as opposed to core notifications and agents' reports. */
export const isFdbMessage = (message: Message): boolean =>
  message.method === 'add_fdb_entries' ||
  message.method === 'remove_fdb_entries' ||
  message.method === 'update_fdb_entries';
