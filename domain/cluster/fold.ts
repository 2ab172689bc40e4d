// What the cluster looks like after an event: one table from event type to the function that applies it.
import type { Fact, LogEvent } from '../events/dictionary.ts';
import { noteAnomaly } from './anomalies/note.ts';
import type { Cluster } from './cluster.ts';
import { vmAllocationsReported } from './fold/allocations.ts';
import type { Folder } from './fold/event.ts';
import * as host from './fold/host.ts';
import * as migration from './fold/migration.ts';
import * as network from './fold/network.ts';
import * as other from './fold/other.ts';
import * as storage from './fold/storage.ts';
import * as vm from './fold/vm.ts';

/** Each type with the version it is folded at; older versions are upcast before they come here. */
const folders: { readonly [T in Fact['type']]: readonly [v: Extract<Fact, { type: T }>['v'], apply: Folder<T>] } = {
  'host.reported': [1, host.hostReported],
  'host.service_reported': [1, host.hostServiceReported],
  'host.failed': [1, host.hostFailed],
  'host.fenced': [1, host.hostFenced],
  'host.returned': [1, host.hostReturned],
  'host.removed': [1, host.hostRemoved],
  'vm.created': [1, vm.vmCreated],
  'vm.reported': [1, vm.vmReported],
  'vm.state_changed': [1, vm.vmStateChanged],
  'vm.deleted': [1, vm.vmDeleted],
  'vm.listing_completed': [1, vm.vmListingCompleted],
  'vm.allocations_reported': [1, vmAllocationsReported],
  'command.issued': [1, other.told],
  'migration.accepted': [1, migration.migrationAccepted],
  'migration.status_changed': [1, migration.migrationStatusChanged],
  'migration.progressed': [1, migration.migrationProgressed],
  'migration.measured': [1, migration.migrationMeasured],
  'volume.reported': [1, storage.volumeReported],
  'volume.attached': [1, storage.volumeAttached],
  'volume.detached': [1, storage.volumeDetached],
  'volume.deleted': [1, storage.volumeDeleted],
  'pool.reported': [1, storage.poolReported],
  'pool.mounted': [1, storage.poolMounted],
  'storage_node.introduced': [1, storage.nodeIntroduced],
  'storage_node.failed': [1, storage.nodeFailed],
  'network.reported': [1, network.networkReported],
  'port.reported': [1, network.portReported],
  'port.bound': [1, network.portBound],
  'port.unbound': [1, network.portUnbound],
  'port.deleted': [1, network.portDeleted],
  'tunnel.reported': [1, network.tunnelReported],
  'tunnel.state_changed': [1, network.tunnelStateChanged],
  'tunnel.removed': [1, network.tunnelRemoved],
  'host.flows_reported': [1, host.hostFlowsReported],
  'flavor.reported': [1, other.flavorReported],
  'aggregate.reported': [1, other.aggregateReported],
  'aggregate.removed': [1, other.aggregateRemoved],
  'server_group.reported': [1, other.serverGroupReported],
  'telemetry.roster_set': [1, other.rosterSet],
  'telemetry.sampled': [1, other.telemetrySampled],
  'traffic.sampled': [1, other.trafficSampled],
  'fault.injected': [1, other.told],
  'drill.settled': [1, other.told],
  'note.written': [1, other.told],
};

/** The compiler has checked each pair above; at run time an event finds its folder by name. */
const byType = new Map(Object.entries(folders)) as unknown as ReadonlyMap<
  string,
  readonly [v: number, apply: (c: Cluster, e: LogEvent) => void]
>;

/** Applies one event in place. Never throws on a well-formed event: what does not fit becomes an anomaly. */
export const fold = (c: Cluster, e: LogEvent): void => {
  c.counts.folded++;
  const folder = byType.get(e.type);
  if (folder !== undefined && folder[0] === e.v) {
    folder[1](c, e);
    return;
  }
  // A log of a newer program, or one not upcast: the fact is kept in the log and shown, and changes nothing here.
  noteAnomaly(
    c,
    e,
    'unknown-event',
    `The event ${e.type} version ${e.v as number} is not known to this program; it changes nothing.`,
  );
};
