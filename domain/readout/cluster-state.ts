// The cluster at an instant as plain values: the columns read out, sorted, so that equal states print equal bytes.
import { trafficStates } from './traffic-state.ts';
import type { Instant, Row, Seq } from '../base/brand.ts';
import { byteAt, NO_ROW, numberAt, refAt, rowAt } from '../base/column.ts';
import { isoInstant } from '../base/time.ts';
import { severityOf } from '../cluster/anomalies/rules.ts';
import { apiStatus } from '../cluster/api-status.ts';
import { type Cluster, forkCluster, PRESENT } from '../cluster/cluster.ts';
import {
  evidenceOf,
  IDLE_TASK,
  migrationKinds,
  powerStates,
  storageKinds,
  taskStates,
  triOf,
  vmStates,
} from '../cluster/codes.ts';
import { statusOf, typeOf } from '../cluster/fold/move.ts';
import { specsOf } from '../cluster/fold/vm.ts';
import { hashOf } from '../cluster/hash.ts';
import { NO_HOST_ABOUT, NO_VM_ABOUT, type Progress } from '../cluster/records.ts';
import { idAt, type Registry } from '../cluster/registry.ts';
import { cpusCharged } from '../cluster/usage.ts';
import { type Loads, loadsOf } from './load.ts';
import type {
  AggregateState,
  AnomalyState,
  ClusterState,
  FlavorState,
  HostState,
  MigrationState,
  NetworkState,
  PoolState,
  PortState,
  ServerGroupState,
  TunnelState,
  VmState,
  VolumeState,
} from './state.ts';

export const nullable = (n: number): number | null => (Number.isNaN(n) ? null : n);
const iso = (ms: number): string => isoInstant(ms as Instant);
const isoOrNull = (ms: number): string | null => (Number.isNaN(ms) ? null : iso(ms));
const round3 = (n: number): number | null => (Number.isNaN(n) ? null : Math.round(n * 1000) / 1000);
const idOrNull = (r: Registry, row: Row): string | null => (row === NO_ROW ? null : idAt(r, row));

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Rows that are present, sorted by id. */
export const presentRows = (table: {
  readonly ids: Registry;
  readonly col: { readonly present: Parameters<typeof byteAt>[0] };
}): Row[] => {
  const rows: Row[] = [];
  for (let row = 0; row < table.ids.ids.length; row++) {
    if (byteAt(table.col.present, row) === PRESENT) rows.push(row as Row);
  }
  return rows.sort((a, b) => byText(idAt(table.ids, a), idAt(table.ids, b)));
};

/** Ids of the VMs on each host, sorted, by host row. */
const vmsByHost = (c: Cluster, vms: readonly Row[]): ReadonlyMap<Row, readonly string[]> => {
  const byHost = new Map<Row, string[]>();
  for (const vm of vms) {
    const host = rowAt(c.vms.col.host, vm);
    const list = byHost.get(host);
    if (list) list.push(idAt(c.vms.ids, vm));
    else byHost.set(host, [idAt(c.vms.ids, vm)]);
  }
  return byHost;
};

const hostState = (c: Cluster, row: Row, vms: readonly string[], loads: Loads): HostState => {
  const h = c.hosts.col;
  const about = refAt(h.about, row) ?? NO_HOST_ABOUT;
  const charged = cpusCharged(c, row, about);
  return {
    name: idAt(c.hosts.ids, row),
    up: triOf(byteAt(h.up, row)),
    enabled: triOf(byteAt(h.enabled, row)),
    forcedDown: triOf(byteAt(h.forcedDown, row)) === true,
    fenced: byteAt(h.fenced, row) === 1,
    disabledReason: triOf(byteAt(h.enabled, row)) === false ? refAt(h.reason, row) : null,
    downSince: isoOrNull(numberAt(h.downSince, row)),
    vcpus: about.vcpus,
    ramMiB: about.ramMiB,
    diskGiB: about.diskGiB,
    vcpuRatio: about.vcpuRatio,
    ramRatio: about.ramRatio,
    diskRatio: about.diskRatio,
    reservedVcpus: about.reservedVcpus,
    reservedRamMiB: about.reservedRamMiB,
    reservedDiskGiB: about.reservedDiskGiB,
    pcpus: about.pcpus,
    reservedPcpus: about.reservedPcpus,
    units: about.units,
    numaCells: about.numaCells,
    vcpusUsed: charged.vcpus,
    pcpusUsed: charged.pcpus,
    ramMiBUsed: numberAt(h.usedRamMiB, row) || 0,
    diskGiBUsed: numberAt(h.usedDiskGiB, row) || 0,
    cpu: round3(loads.hostCpu[row] ?? NaN),
    az: about.zone,
    aggregates: [...about.aggregates].sort(),
    hypervisorVersion: about.hypervisorVersion,
    rack: about.rack,
    managementIp: about.managementIp,
    vtepIp: about.vtepIp,
    nicBitsPerS: about.nicBitsPerS,
    vms,
  };
};

const vmState = (c: Cluster, row: Row, loads: Loads, apart: boolean): VmState => {
  const v = c.vms.col;
  const about = refAt(v.about, row) ?? NO_VM_ABOUT;
  const id = idAt(c.vms.ids, row);
  const state = vmStates.word(byteAt(v.vmState, row));
  const task = byteAt(v.taskState, row) === IDLE_TASK ? null : taskStates.word(byteAt(v.taskState, row));
  return {
    id,
    name: about.name ?? id,
    host: idOrNull(c.hosts.ids, rowAt(v.host, row)),
    status: apiStatus(state, task),
    vmState: state,
    taskState: task,
    powerState: powerStates.word(byteAt(v.powerState, row)),
    storage: storageKinds.word(byteAt(v.storage, row)),
    pool: about.pool,
    flavor: about.flavor,
    vcpus: nullable(numberAt(v.vcpus, row)),
    pcpus: apart ? numberAt(v.pcpus, row) || 0 : 0,
    ramMiB: nullable(numberAt(v.ramMiB, row)),
    diskGiB: nullable(numberAt(v.diskGiB, row)),
    extraSpecs: specsOf(c, about),
    project: about.project,
    requestedZone: about.requestedZone,
    cpu: round3(loads.vmCpu[row] ?? NaN),
    image: about.image,
    serverGroup: about.serverGroup,
    tags: [...about.tags],
    addresses: [...about.addresses].sort((a, b) => byText(a.network, b.network) || byText(a.ip, b.ip)),
    hostEvidence: evidenceOf(byteAt(v.hostEvidence, row)),
    fault: refAt(v.fault, row),
  };
};

const volumeState = (c: Cluster, row: Row): VolumeState[] => {
  const r = refAt(c.volumes.col.record, row);
  if (r === null) return [];
  const id = idAt(c.volumes.ids, row);
  return [
    {
      id,
      name: r.name ?? id,
      sizeGiB: r.sizeGiB,
      status: r.status,
      bootable: r.bootable,
      backend: r.backend,
      vm: r.vms[0] ?? null,
      device: r.device,
      boot: r.boot,
    },
  ];
};

export const poolStates = (c: Cluster): PoolState[] =>
  presentRows(c.pools).flatMap((row) => {
    const r = refAt(c.pools.col.record, row);
    if (r === null) return [];
    const { kind, layout, transport, status, replicas, bricks, sizeGiB, usedGiB, mountedAt } = r;
    const name = idAt(c.pools.ids, row);
    return [{ name, kind, layout, transport, status, replicas, bricks, sizeGiB, usedGiB, mountedAt }];
  });

const networkState = (c: Cluster, row: Row): NetworkState[] => {
  const r = refAt(c.networks.col.record, row);
  if (r === null) return [];
  const { type, segment, cidr, mtu } = r;
  const id = idAt(c.networks.ids, row);
  return [{ id, name: r.name ?? id, type, segment, cidr, mtu }];
};

const portState = (c: Cluster, row: Row): PortState[] => {
  const r = refAt(c.ports.col.record, row);
  if (r === null) return [];
  const { network, vm, mac, ips, host, status, bindings } = r;
  return [{ id: idAt(c.ports.ids, row), network, vm, mac, ips, host, status, bindings }];
};

/** Which host answers at an address, as its VTEP or else its management address. */
const hostsByAddress = (c: Cluster): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  const hosts = presentRows(c.hosts);
  for (const field of ['managementIp', 'vtepIp'] as const) {
    for (const row of hosts) {
      const ip = refAt(c.hosts.col.about, row)?.[field];
      if (ip) found.set(ip, idAt(c.hosts.ids, row));
    }
  }
  return found;
};

const tunnelStates = (c: Cluster): TunnelState[] => {
  const hosts = hostsByAddress(c);
  return presentRows(c.tunnels).flatMap((row) => {
    const r = refAt(c.tunnels.col.record, row);
    if (r === null) return [];
    return [
      {
        id: idAt(c.tunnels.ids, row),
        host: r.host ?? hosts.get(r.localIp) ?? null,
        type: r.type,
        localIp: r.localIp,
        remoteIp: r.remoteIp,
        remoteHost: r.remoteHost ?? hosts.get(r.remoteIp) ?? null,
        udpPort: r.udpPort ?? null,
        up: r.life === 'up',
      },
    ];
  });
};

const processedBytes = (progress: Progress | null): number | null =>
  progress === null || (progress.memoryProcessedBytes === null && progress.diskProcessedBytes === null)
    ? null
    : (progress.memoryProcessedBytes ?? 0) + (progress.diskProcessedBytes ?? 0);

export const migrationState = (c: Cluster, row: Row): MigrationState => {
  const m = c.migrations.col;
  return {
    id: idAt(c.migrations.ids, row),
    vm: idAt(c.vms.ids, rowAt(m.vm, row)),
    type: typeOf(c, row),
    kind: migrationKinds.word(byteAt(m.kind, row)),
    status: statusOf(c, row),
    source: idOrNull(c.hosts.ids, rowAt(m.source, row)),
    dest: idOrNull(c.hosts.ids, rowAt(m.dest, row)),
    startedAt: iso(numberAt(m.startedAt, row)),
    endedAt: isoOrNull(numberAt(m.endedAt, row)),
    downtimeMs: nullable(numberAt(m.downtimeMs, row)),
    bytes: nullable(numberAt(m.bytes, row)),
    processedBytes: processedBytes(refAt(m.progress, row)),
    reason: refAt(m.reason, row),
    evidence: evidenceOf(byteAt(m.evidence, row)),
  };
};

/** Groups with the members somebody listed and the VMs that name them. */
const groupStates = (c: Cluster, vms: readonly Row[]): ServerGroupState[] => {
  const named = new Map<string, string[]>();
  for (const vm of vms) {
    const group = refAt(c.vms.col.about, vm)?.serverGroup;
    if (!group) continue;
    const list = named.get(group);
    if (list) list.push(idAt(c.vms.ids, vm));
    else named.set(group, [idAt(c.vms.ids, vm)]);
  }
  return presentRows(c.groups).flatMap((row) => {
    const r = refAt(c.groups.col.record, row);
    // A group whose policy nobody told constrains nothing yet.
    if (r === null || r.policy === null) return [];
    const id = idAt(c.groups.ids, row);
    return [
      {
        id,
        name: r.name ?? id,
        policy: r.policy,
        maxServerPerHost: r.maxServerPerHost ?? 1,
        members: [...new Set([...r.members, ...(named.get(id) ?? [])])].sort(),
      },
    ];
  });
};

const flavorState = (c: Cluster, row: Row): FlavorState[] => {
  const r = refAt(c.flavors.col.record, row);
  if (r === null) return [];
  const { vcpus, ramMiB, diskGiB, extraSpecs } = r;
  return [{ name: idAt(c.flavors.ids, row), vcpus, ramMiB, diskGiB, extraSpecs: extraSpecs ?? {} }];
};

const aggregateState = (c: Cluster, row: Row): AggregateState => ({
  name: idAt(c.aggregates.ids, row),
  metadata: refAt(c.aggregates.col.record, row)?.metadata ?? {},
});

/** True where some host keeps CPUs apart for pinned VMs: then such VMs ask for PCPU, as since Train. */
const keepsCpusApart = (c: Cluster): boolean =>
  presentRows(c.hosts).some((row) => (refAt(c.hosts.col.about, row)?.pcpus ?? null) !== null);

/** Sorted by instant, then by content: `seq` depends on the order of import and decides nothing. */
export const anomalyStates = (c: Cluster): AnomalyState[] => {
  const found: { readonly ms: number; readonly anomaly: AnomalyState }[] = [];
  for (let i = 0; i < c.counts.anomalies; i++) {
    const a = refAt(c.anomalies, i);
    if (a === null) continue;
    const { seq, at, rule, entity, detail } = a;
    found.push({ ms: at, anomaly: { seq, at: iso(at), rule, severity: severityOf(rule), entity, detail } });
  }
  found.sort(
    (a, b) =>
      a.ms - b.ms ||
      byText(a.anomaly.rule, b.anomaly.rule) ||
      byText(a.anomaly.entity, b.anomaly.entity) ||
      byText(a.anomaly.detail, b.anomaly.detail),
  );
  return found.map((f) => f.anomaly);
};

/** Reads out the whole state. O(entities): 0.2 s for 20,000 VMs with their ports and volumes, and as much again when `hash` is read. */
export const clusterState = (
  c: Cluster,
  at: { readonly timeline: string; readonly seq: Seq; readonly at: Instant },
): ClusterState => {
  // Half the time would be the hash's, and few ask for it: it is made when it is read, of the state as it was.
  const state = forkCluster(c);
  let hash: string | null = null;
  const loads = loadsOf(c);
  const vms = presentRows(c.vms);
  const apart = keepsCpusApart(c);
  const byHost = vmsByHost(c, vms);
  return {
    timeline: at.timeline,
    seq: at.seq,
    at: isoInstant(at.at),
    get hash(): string {
      return (hash ??= hashOf(state));
    },
    release: null,
    hosts: presentRows(c.hosts).map((row) => hostState(c, row, byHost.get(row) ?? [], loads)),
    vms: vms.map((row) => vmState(c, row, loads, apart)),
    volumes: presentRows(c.volumes).flatMap((row) => volumeState(c, row)),
    pools: poolStates(c),
    networks: presentRows(c.networks).flatMap((row) => networkState(c, row)),
    ports: presentRows(c.ports).flatMap((row) => portState(c, row)),
    tunnels: tunnelStates(c),
    serverGroups: groupStates(c, vms),
    flavors: presentRows(c.flavors).flatMap((row) => flavorState(c, row)),
    aggregates: presentRows(c.aggregates).map((row) => aggregateState(c, row)),
    migrations: presentRows(c.migrations).map((row) => migrationState(c, row)),
    traffic: trafficStates(c),
    anomalies: anomalyStates(c),
  };
};
