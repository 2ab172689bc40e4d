// The immutable values the cluster keeps whole beside its columns: descriptions that seldom change.
import type { Instant, Seq } from '../base/brand.ts';
import type { Evidence } from '../events/dictionary.ts';
import type { UNIT_CLASSES } from '../events/host-events.ts';

/** What Placement gives of one resource class in one allocation. */
export type InventoryUnits = {
  readonly resource: (typeof UNIT_CLASSES)[number];
  readonly minUnit: number;
  readonly maxUnit: number;
  readonly stepSize: number;
};

/** A NUMA cell of a host: CPUs for shared VMs, CPUs for pinned ones, memory, pools of huge pages within that memory. */
export type NumaCell = {
  readonly cpus: number;
  readonly pcpus: number;
  readonly ramMiB: number;
  readonly hugePages: readonly { readonly sizeKiB: number; readonly count: number }[];
};

/** A flavor's extra specs, an aggregate's metadata: Nova's keys and values as they are. */
export type Metadata = Readonly<Record<string, string>>;

/** What sources said a host is. */
export type HostAbout = {
  readonly zone: string | null;
  readonly rack: string | null;
  readonly aggregates: readonly string[];
  readonly hypervisorType: string | null;
  readonly hypervisorVersion: string | null;
  readonly cpuModel: string | null;
  readonly vcpus: number | null;
  readonly ramMiB: number | null;
  readonly diskGiB: number | null;
  readonly vcpuRatio: number | null;
  readonly ramRatio: number | null;
  readonly diskRatio: number | null;
  readonly reservedVcpus: number | null;
  readonly reservedRamMiB: number | null;
  readonly reservedDiskGiB: number | null;
  readonly pcpus: number | null;
  readonly reservedPcpus: number | null;
  readonly units: readonly InventoryUnits[];
  /** Null where nobody told its NUMA cells. */
  readonly numaCells: readonly NumaCell[] | null;
  readonly managementIp: string | null;
  readonly vtepIp: string | null;
  readonly nicBitsPerS: number | null;
  /** A flow table of it was dumped. */
  readonly dumped?: true;
};
export const NO_HOST_ABOUT: HostAbout = {
  zone: null,
  rack: null,
  aggregates: [],
  hypervisorType: null,
  hypervisorVersion: null,
  cpuModel: null,
  vcpus: null,
  ramMiB: null,
  diskGiB: null,
  vcpuRatio: null,
  ramRatio: null,
  diskRatio: null,
  reservedVcpus: null,
  reservedRamMiB: null,
  reservedDiskGiB: null,
  pcpus: null,
  reservedPcpus: null,
  units: [],
  numaCells: null,
  managementIp: null,
  vtepIp: null,
  nicBitsPerS: null,
};

export type Address = { readonly network: string; readonly ip: string };

/** What sources said a VM is, beyond its size and states. */
export type VmAbout = {
  readonly name: string | null;
  readonly flavor: string | null;
  readonly pool: string | null;
  readonly image: string | null;
  readonly project: string | null;
  readonly serverGroup: string | null;
  /** Null: its flavor's own. */
  readonly extraSpecs: Metadata | null;
  readonly requestedZone: string | null;
  readonly tags: readonly string[];
  readonly addresses: readonly Address[];
  /** Since when its flavor and size are on record as they are. */
  readonly sizedAt: Instant | null;
};
export const NO_VM_ABOUT: VmAbout = {
  name: null,
  flavor: null,
  pool: null,
  image: null,
  project: null,
  serverGroup: null,
  extraSpecs: null,
  requestedZone: null,
  tags: [],
  addresses: [],
  sizedAt: null,
};

/** An `updated` time a listing showed for a VM, on which host, and how many moves were on record then. */
export type UpdatedSeen = {
  readonly updatedAt: string;
  readonly host: string | null;
  readonly at: Instant;
  readonly moves: number;
};

/** A state a life cycle went through: [state, when it was last entered, how that is known]. */
export type Visit = readonly [state: string, at: Instant, evidence: Evidence];

export type VolumeRecord = {
  readonly name: string | null;
  readonly sizeGiB: number | null;
  readonly status: string | null;
  readonly bootable: boolean | null;
  readonly backend: string | null;
  readonly image: string | null;
  /** Ids of the VMs it is attached to; two during a live migration of a multi-attach volume. */
  readonly vms: readonly string[];
  readonly device: string | null;
  readonly boot: boolean;
  readonly deleted: boolean;
};

export type PoolRecord = {
  readonly kind: string;
  readonly layout: string | null;
  readonly transport: string | null;
  readonly status: string | null;
  readonly replicas: number | null;
  readonly bricks: readonly { readonly host: string; readonly path: string }[];
  readonly sizeGiB: number | null;
  readonly usedGiB: number | null;
  readonly mountedAt: string | null;
  /** Hosts that mount it, sorted; null when every host does. */
  readonly mountedBy: readonly string[] | null;
};

export type NodeRecord = {
  readonly address: string | null;
  readonly device: string | null;
  readonly sizeGiB: number | null;
  readonly failedAt: Instant | null;
};

export type NetworkRecord = {
  readonly name: string | null;
  readonly type: string | null;
  readonly segment: number | null;
  readonly cidr: string | null;
  readonly mtu: number | null;
  readonly vniRange: string | null;
};

export type PortRecord = {
  readonly network: string | null;
  readonly vm: string | null;
  readonly mac: string | null;
  readonly ips: readonly string[];
  readonly host: string | null;
  readonly status: string | null;
  /** Bindings by host, sorted by host. */
  readonly bindings: readonly { readonly host: string; readonly binding: 'ACTIVE' | 'INACTIVE' }[];
  readonly deleted: boolean;
};

export type TunnelRecord = {
  readonly host: string | null;
  readonly type: string;
  readonly localIp: string;
  readonly remoteIp: string;
  readonly remoteHost: string | null;
  readonly udpPort?: number;
  /** A state of the tunnel's machine. */
  readonly life: string;
  readonly visits: readonly Visit[];
};

export type FlavorRecord = {
  readonly vcpus: number | null;
  readonly ramMiB: number | null;
  readonly diskGiB: number | null;
  readonly ephemeralGiB: number | null;
  readonly swapMiB: number | null;
  readonly extraSpecs: Metadata | null;
};

export type AggregateRecord = { readonly metadata: Metadata };

export type GroupRecord = {
  readonly name: string | null;
  readonly policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity' | null;
  readonly maxServerPerHost: number | null;
  readonly members: readonly string[];
};

/** Whom telemetry samples, by address, in the order of the samples. `seq` is the event's; it depends on import order and is not hashed. */
export type Roster = { readonly seq: Seq; readonly entities: readonly string[] };

/** One batch of telemetry, still packed: base64 of one byte an entity. `seq` as in `Roster`. */
export type Batch = {
  readonly seq: Seq;
  readonly at: Instant;
  readonly intervalMs: number;
  readonly scale: number;
  readonly values: string;
};

/** One direction of one pair in a traffic matrix. Ends are named as the source named them: by id, or by a name. */
export type TrafficFlow = {
  readonly from: string;
  readonly to: string;
  readonly bytesPerS: number;
  readonly frameBytes: number;
};

/** The newest traffic matrix, in the batches it came in. */
export type TrafficRecord = { readonly at: Instant; readonly batches: readonly (readonly TrafficFlow[])[] };

/** The newest figures of a migration. */
export type Progress = {
  readonly memoryTotalBytes: number | null;
  readonly memoryProcessedBytes: number | null;
  readonly memoryRemainingBytes: number | null;
  readonly diskTotalBytes: number | null;
  readonly diskProcessedBytes: number | null;
  readonly diskRemainingBytes: number | null;
  readonly downtimeLimitMs: number | null;
  readonly dirtyBytesPerS: number | null;
};

/** Something the record gets wrong, kept beside the state. `seq` is where; it depends on import order and is not hashed. */
export type Anomaly = {
  readonly seq: Seq;
  readonly at: Instant;
  readonly rule: string;
  readonly entity: string;
  readonly detail: string;
};
