// The cloud that dumped flow tables are held against, and which facts leave it as it was, so that it is not read out for each host.
import type { LogEvent } from '../events/dictionary.ts';
import { idOf } from '../events/entity.ts';
import type { ClusterState } from '../readout/state.ts';
import type { SeenCloud } from './from-state.ts';

export type DumpWorld = { readonly state: ClusterState; readonly seen: SeenCloud };

/** Facts that change nothing of the overlay. */
const BESIDE_THE_OVERLAY: ReadonlySet<string> = new Set([
  'telemetry.sampled',
  'telemetry.roster_set',
  'host.flows_reported',
  'note.written',
  'command.issued',
]);

const withVtep = ({ state, seen }: DumpWorld, host: string, vtepIp: string): DumpWorld => {
  const others = seen.cloud.hosts.filter((h) => h.host !== host);
  return { state, seen: { ...seen, cloud: { ...seen.cloud, hosts: [...others, { host, vtepIp }] } } };
};

/** The cloud after an event; null where it has to be read out again, O(entities). Each host's tables come with its tunnels and its
 * VTEP, and no entry of a table names either: a VTEP changes one host, a tunnel only the type of the first that is known. */
export const dumpWorldAfter = (world: DumpWorld, event: LogEvent): DumpWorld | null => {
  if (BESIDE_THE_OVERLAY.has(event.type)) return world;
  if (event.type === 'tunnel.reported') return world.state.tunnels.length > 0 ? world : null;
  if (event.type !== 'host.reported') return null;
  const { vtepIp, ...more } = event.data;
  const isAll = typeof vtepIp === 'string' && Object.keys(more).length === 0;
  return isAll ? withVtep(world, idOf(event.entity), vtepIp) : null;
};
