// What the scheduler knows of a host and of a request.
import type { Amounts, Inventories } from './inventory.ts';

export type Candidate = {
  readonly name: string;
  readonly up: boolean | null;
  readonly enabled: boolean | null;
  readonly zone: string | null;
  readonly inventories: Inventories;
  /** Allocated now, moves in flight charged on both ends. */
  readonly used: Amounts;
  /** Members of each server group on this host, by group id. */
  readonly groups: Readonly<Record<string, number>>;
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
};
