// What the scheduler knows of a host and of a request.
import type { Metadata } from '../cluster/records.ts';
import type { AggregateState } from '../readout/state.ts';
import type { Amounts, Inventories } from './inventory.ts';
import type { NumaDemand, NumaRoom } from './numa.ts';

export type Candidate = {
  readonly name: string;
  readonly up: boolean | null;
  readonly enabled: boolean | null;
  readonly zone: string | null;
  readonly inventories: Inventories;
  /** Allocated now, moves in flight charged on both ends. */
  readonly used: Amounts;
  readonly aggregates: readonly AggregateState[];
  /** Its NUMA cells and what VMs with NUMA demands take of them; null where nobody told the cells. */
  readonly numa: NumaRoom | null;
  /** VMs on it, and those of them that are being built, resized, moved or saved. */
  readonly instances: number;
  readonly ioOps: number;
  /** As a number that grows with the version; null where nobody told. */
  readonly hypervisorVersion: number | null;
};

export type GroupPolicy = 'affinity' | 'anti-affinity' | 'soft-affinity' | 'soft-anti-affinity';

/** The server group of a request, and where it is. */
export type GroupRequest = {
  readonly id: string;
  readonly policy: GroupPolicy;
  /** Only with anti-affinity (microversion >= 2.64); Nova's default is 1. */
  readonly maxServerPerHost: number;
  /** How many members each host has now; the VM itself is not counted, and hosts without any are left out. */
  readonly members: ReadonlyMap<string, number>;
};

export type SchedulingRequest = {
  readonly asked: Amounts;
  /** Zone the request is pinned to; null when it may go anywhere. */
  readonly zone: string | null;
  readonly group: GroupRequest | null;
  /** Hosts not to be considered: the source, and those tried before. */
  readonly ignore: readonly string[];
  readonly project: string | null;
  readonly extraSpecs: Metadata;
  readonly numa: NumaDemand | null;
};

/** How often each name is there. */
export const tallied = (names: Iterable<string>): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};

export const membersOn = ({ members }: GroupRequest, { name }: Candidate): number => members.get(name) ?? 0;
