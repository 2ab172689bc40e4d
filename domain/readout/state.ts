// The cluster at an instant as plain values: what `understudy state --json` prints and every view starts from.
import type { InventoryUnits, Metadata, NumaCell } from '../cluster/records.ts';
import type { Evidence } from '../events/dictionary.ts';

export type HostState = {
  readonly name: string;
  readonly up: boolean | null;
  readonly enabled: boolean | null;
  readonly forcedDown: boolean;
  readonly fenced: boolean;
  readonly disabledReason: string | null;
  /** When it went down, ISO instant; null while it is up. */
  readonly downSince: string | null;
  readonly vcpus: number | null;
  readonly ramMiB: number | null;
  readonly diskGiB: number | null;
  /** Allocation ratios and reservations as reported; null where the release's default applies. */
  readonly vcpuRatio: number | null;
  readonly ramRatio: number | null;
  readonly diskRatio: number | null;
  readonly reservedVcpus: number | null;
  readonly reservedRamMiB: number | null;
  readonly reservedDiskGiB: number | null;
  /** CPUs set apart for pinned VMs, beside `vcpus`; null where nobody told of any. */
  readonly pcpus: number | null;
  readonly reservedPcpus: number | null;
  /** What Placement gives of a class in one allocation, where it is not 1, 1 and the total. */
  readonly units: readonly InventoryUnits[];
  readonly numaCells: readonly NumaCell[] | null;
  /** Allocated, VMs in flight charged on both ends. */
  readonly vcpusUsed: number;
  readonly pcpusUsed: number;
  readonly ramMiBUsed: number;
  readonly diskGiBUsed: number;
  /** Last sampled CPU utilisation 0..1; null when never sampled. */
  readonly cpu: number | null;
  readonly az: string | null;
  /** Names of the host aggregates it is in, sorted. */
  readonly aggregates: readonly string[];
  readonly hypervisorVersion: string | null;
  readonly rack: string | null;
  readonly managementIp: string | null;
  readonly vtepIp: string | null;
  /** Of the adapter that carries its migrations; null where nobody told. */
  readonly nicBitsPerS: number | null;
  /** Ids of the VMs on it, sorted. */
  readonly vms: readonly string[];
};

export type VmState = {
  readonly id: string;
  readonly name: string;
  readonly host: string | null;
  /** The API's word, derived from vmState and taskState as Nova does. */
  readonly status: string;
  readonly vmState: string | null;
  readonly taskState: string | null;
  readonly powerState: string | null;
  readonly storage: 'local' | 'shared' | 'volume' | null;
  readonly pool: string | null;
  readonly flavor: string | null;
  readonly vcpus: number | null;
  /** Those of its CPUs that are its own where hosts keep such CPUs apart; 0 elsewhere. */
  readonly pcpus: number;
  readonly ramMiB: number | null;
  readonly diskGiB: number | null;
  readonly extraSpecs: Metadata;
  readonly project: string | null;
  /** The zone its request was pinned to; null where it was not, or nobody told. */
  readonly requestedZone: string | null;
  readonly cpu: number | null;
  readonly image: string | null;
  readonly serverGroup: string | null;
  readonly tags: readonly string[];
  readonly addresses: readonly { readonly network: string; readonly ip: string }[];
  /** How its current host is known. */
  readonly hostEvidence: Evidence;
  readonly fault: string | null;
};

export type VolumeState = {
  readonly id: string;
  readonly name: string;
  readonly sizeGiB: number | null;
  readonly status: string | null;
  readonly bootable: boolean | null;
  readonly backend: string | null;
  readonly vm: string | null;
  readonly device: string | null;
  readonly boot: boolean;
};

export type PoolState = {
  readonly name: string;
  readonly kind: string;
  readonly layout: string | null;
  readonly transport: string | null;
  readonly status: string | null;
  readonly replicas: number | null;
  readonly bricks: readonly { readonly host: string; readonly path: string }[];
  readonly sizeGiB: number | null;
  readonly usedGiB: number | null;
  readonly mountedAt: string | null;
};

export type NetworkState = {
  readonly id: string;
  readonly name: string;
  readonly type: string | null;
  readonly segment: number | null;
  readonly cidr: string | null;
  readonly mtu: number | null;
};

export type PortState = {
  readonly id: string;
  /** Id of its network. */
  readonly network: string | null;
  readonly vm: string | null;
  readonly mac: string | null;
  readonly ips: readonly string[];
  /** Host of the active binding. */
  readonly host: string | null;
  readonly status: string | null;
  /** By host; two during a live migration. */
  readonly bindings: readonly { readonly host: string; readonly binding: 'ACTIVE' | 'INACTIVE' }[];
};

export type TunnelState = {
  readonly id: string;
  readonly host: string | null;
  readonly type: string;
  readonly localIp: string;
  readonly remoteIp: string;
  readonly remoteHost: string | null;
  /** Where it is set to another than its type's default. */
  readonly udpPort: number | null;
  readonly up: boolean;
};

export type MigrationState = {
  readonly id: string;
  readonly vm: string;
  readonly type: string;
  readonly kind: 'block' | 'shared' | 'volume' | null;
  readonly status: string;
  readonly source: string | null;
  readonly dest: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly downtimeMs: number | null;
  /** On the wire, as measured at its end. */
  readonly bytes: number | null;
  /** Memory and disks, as of the last progress on record: at least so much was sent. */
  readonly processedBytes: number | null;
  readonly reason: string | null;
  readonly evidence: Evidence;
};

export type ServerGroupState = {
  readonly id: string;
  readonly name: string;
  readonly policy: 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';
  readonly maxServerPerHost: number;
  /** VM ids, sorted. */
  readonly members: readonly string[];
};

export type FlavorState = {
  readonly name: string;
  readonly vcpus: number | null;
  readonly ramMiB: number | null;
  /** Root disk. */
  readonly diskGiB: number | null;
  readonly extraSpecs: Metadata;
};

export type AggregateState = { readonly name: string; readonly metadata: Metadata };

/** What one VM sends another, by the newest traffic matrix. */
export type TrafficState = {
  /** `FROM > TO`. */
  readonly id: string;
  /** VMs as the matrix names them: by id, or by a name that one VM has. */
  readonly from: string;
  readonly to: string;
  /** Bytes of frames a second, and the average frame with its check sequence. */
  readonly bytesPerS: number;
  readonly frameBytes: number;
};

export const SEVERITIES = ['contradiction', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

export type AnomalyState = {
  readonly seq: number;
  readonly at: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly entity: string;
  readonly detail: string;
};

/** Everything `state --json` prints; lists are sorted by name or id, so equal states print equal bytes. */
export type ClusterState = {
  readonly timeline: string;
  readonly seq: number;
  readonly at: string;
  readonly hash: string;
  /** The Nova release under which questions are asked (`domain/scheduling/release.ts`); null for the newest. */
  readonly release: string | null;
  readonly hosts: readonly HostState[];
  readonly vms: readonly VmState[];
  readonly volumes: readonly VolumeState[];
  readonly pools: readonly PoolState[];
  readonly networks: readonly NetworkState[];
  readonly ports: readonly PortState[];
  readonly tunnels: readonly TunnelState[];
  readonly serverGroups: readonly ServerGroupState[];
  readonly flavors: readonly FlavorState[];
  readonly aggregates: readonly AggregateState[];
  readonly migrations: readonly MigrationState[];
  readonly traffic: readonly TrafficState[];
  readonly anomalies: readonly AnomalyState[];
};
