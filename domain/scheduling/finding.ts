// What can be found about one move, and what the search looks at.
import type { HostState, VmState } from '../readout/state.ts';
import type { Hardware } from './blockers-hardware.ts';
import type { Candidate, SchedulingRequest } from './candidate.ts';

/**
 * What was found: `blocker` refuses the move; `undecided` is a fact that decides and that the log does not tell, so nobody
 * can say yes; `unknown` is a fact Nova will look at and the log does not tell; `risk` warns and refuses nothing.
 */
export type FindingKind = 'blocker' | 'undecided' | 'unknown' | 'risk';

export type Finding = {
  readonly kind: FindingKind;
  readonly code: string;
  /** Words and numbers. */
  readonly detail: string;
  /** What a person can do about it; null where there is nothing to do. */
  readonly fix: string | null;
};

/** A VM with what surrounds it on the source. */
export type Subject = {
  readonly vm: VmState;
  /** Null when the log does not say where the VM is, or never described that host. */
  readonly source: HostState | null;
  readonly sourceHardware: Hardware | null;
  readonly request: SchedulingRequest;
  /** Hosts that still hold an INACTIVE binding of one of its ports although it is not moving. */
  readonly leftoverBindings: readonly string[];
  /** Hosts that mount its pool; null when every host does or nobody knows. */
  readonly poolMountedBy: readonly string[] | null;
  /** Sampled, pages of 4,096 bytes a second; null where telemetry has none. */
  readonly dirtyPagesPerS: number | null;
};

export type Destination = {
  readonly candidate: Candidate;
  readonly hardware: Hardware | null;
  /** What a migration to it can use, bytes a second. */
  readonly linkBytesPerS: number;
};
