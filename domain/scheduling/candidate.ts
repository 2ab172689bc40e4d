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
  /** Members of each server group on this host, by group id. */
  readonly groups: ReadonlyMap<string, number>;
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

export type SchedulingRequest = {
  readonly asked: Amounts;
  /** Zone the request is pinned to; null when it may go anywhere. */
  readonly zone: string | null;
  readonly group: {
    readonly id: string;
    readonly policy: GroupPolicy;
    /** Only with anti-affinity (microversion >= 2.64); Nova's default is 1. */
    readonly maxServerPerHost: number;
    /** Hosts that hold members now, without the VM itself. */
    readonly hosts: readonly string[];
  } | null;
  /** Hosts not to be considered: the source, and those tried before. */
  readonly ignore: readonly string[];
  readonly project: string | null;
  readonly extraSpecs: Metadata;
  readonly numa: NumaDemand | null;
};
