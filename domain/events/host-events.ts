// Facts about hosts: what they are, whether their compute service answers, how they fail and return.
import Type from 'typebox';
import { Amount, Count, exact, fact, Name, NullableName, oneOf, partial } from './shape.ts';

/** Placement's resource classes that a VM of Nova asks a host for. */
export const UNIT_CLASSES = ['VCPU', 'MEMORY_MB', 'DISK_GB', 'PCPU'] as const;
export const HOST_FAULTS = ['shutdown', 'crash', 'power', 'partition', 'service', 'storage', 'unknown'] as const;

export const hostEvents = [
  fact(
    'host.reported',
    1,
    'A source described a host; only what it said is present.',
    partial({
      zone: Name,
      rack: Name,
      aggregates: Type.Array(Name),
      hypervisorType: Name,
      hypervisorVersion: Name,
      cpuModel: Name,
      vcpus: Count,
      ramMiB: Count,
      diskGiB: Count,
      vcpuRatio: Amount,
      ramRatio: Amount,
      diskRatio: Amount,
      reservedVcpus: Count,
      reservedRamMiB: Count,
      reservedDiskGiB: Count,
      /** CPUs set apart for pinned VMs (cpu_dedicated_set): Placement's PCPU. `vcpus` does not count them. */
      pcpus: Count,
      reservedPcpus: Count,
      /** What Placement gives of a class in one allocation, where it is not 1, 1 and the total. */
      units: Type.Array(exact({ resource: oneOf(UNIT_CLASSES), minUnit: Count, maxUnit: Count, stepSize: Count })),
      /** NUMA cells in order: CPUs for shared VMs, CPUs for pinned ones, memory, and pools of huge pages. */
      numaCells: Type.Array(
        exact({
          cpus: Count,
          pcpus: Count,
          ramMiB: Count,
          hugePages: Type.Array(exact({ sizeKiB: Count, count: Count })),
        }),
      ),
      managementIp: Name,
      vtepIp: Name,
      /** What the adapter that carries its migrations can send and take, each, a second. */
      nicBitsPerS: Type.Number({ exclusiveMinimum: 0 }),
    }),
  ),
  fact(
    'host.service_reported',
    1,
    "The compute service's state as Nova lists it: up by heartbeat, enabled and forced down by an administrator.",
    partial({ up: Type.Boolean(), enabled: Type.Boolean(), forcedDown: Type.Boolean(), reason: NullableName }),
  ),
  fact('host.failed', 1, 'The host stopped.', exact({ cause: oneOf(HOST_FAULTS) })),
  fact('host.fenced', 1, 'The host was cut off so that it cannot write to shared storage.', exact({ by: Name })),
  fact('host.returned', 1, 'The host came back.', exact({})),
  fact('host.removed', 1, 'The host left the cluster.', exact({})),
  fact(
    'host.flows_reported',
    1,
    'Open vSwitch dumped the flow table of a bridge: its entries as `ovs-ofctl --no-stats dump-flows` prints them.',
    exact({ bridge: Name, flows: Type.Array(Type.String({ minLength: 1 })) }),
  ),
] as const;
