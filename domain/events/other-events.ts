// Facts that are about no single machine: flavors, server groups, telemetry, drills and notes.
import Type from 'typebox';
import { Amount, Count, exact, fact, Metadata, Name, oneOf, partial } from './shape.ts';

export const GROUP_POLICIES = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] as const;
export const METRICS = ['cpu', 'ram', 'dirtyPagesPerS', 'netBytesPerS'] as const;

export const otherEvents = [
  fact(
    'flavor.reported',
    1,
    'A source described a flavor.',
    partial({
      vcpus: Count,
      ramMiB: Count,
      diskGiB: Count,
      ephemeralGiB: Count,
      swapMiB: Count,
      extraSpecs: Metadata,
    }),
  ),
  fact(
    'aggregate.reported',
    1,
    'A source described a host aggregate: its metadata, as a whole. Which hosts are in it, their own reports say.',
    exact({ metadata: Metadata }),
  ),
  fact('aggregate.removed', 1, 'The aggregate is gone.', exact({})),
  fact(
    'server_group.reported',
    1,
    'A source described a server group.',
    partial({ name: Name, policy: oneOf(GROUP_POLICIES), maxServerPerHost: Count, members: Type.Array(Name) }),
  ),
  fact(
    'telemetry.roster_set',
    1,
    'Names, once, the entities that the following batches sample, in this order.',
    exact({ entities: Type.Array(Name) }),
  ),
  fact(
    'telemetry.sampled',
    1,
    'One interval of one metric for a whole roster. `values` is base64 of one unsigned byte an entity; ' +
      'the sample is byte × scale, and 255 means no sample.',
    exact({ metric: oneOf(METRICS), intervalMs: Count, scale: Amount, values: Type.String() }),
  ),
  fact(
    'traffic.sampled',
    1,
    'Who sent how much to whom: bytes of frames a second, one direction of one pair each. Events of one instant add up.',
    exact({ flows: Type.Array(exact({ from: Name, to: Name, bytesPerS: Amount, frameBytes: Amount })) }),
  ),
  fact(
    'fault.injected',
    1,
    'A drill injected a fault here.',
    exact({ kind: Name, targets: Type.Array(Name), seed: Type.String() }),
  ),
  fact('drill.settled', 1, 'Nothing more follows from the faults of this drill.', exact({ events: Count })),
  fact(
    'note.written',
    1,
    'A person or a document said something worth keeping.',
    exact({ text: Type.String({ minLength: 1 }) }),
  ),
] as const;
