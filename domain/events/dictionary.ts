// The dictionary of facts the log may hold: one union of types for the compiler, one table of schemas for the door.
import type { Instant, Seq } from '../base/brand.ts';
import { hostEvents } from './host-events.ts';
import { migrationEvents } from './migration-events.ts';
import { networkEvents } from './network-events.ts';
import { otherEvents } from './other-events.ts';
import type { EventOf } from './shape.ts';
import { storageEvents } from './storage-events.ts';
import { vmEvents } from './vm-events.ts';

export const dictionary = [
  ...hostEvents,
  ...vmEvents,
  ...migrationEvents,
  ...storageEvents,
  ...networkEvents,
  ...otherEvents,
] as const;

/** A fact as its dictionary entry shapes it: `type`, `v`, `data`. */
export type Fact = EventOf<(typeof dictionary)[number]>;

/** How much a value is worth: seen in the source, concluded from it, or taken as a default. */
export const EVIDENCE = ['observed', 'inferred', 'assumed'] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** What intake, a drill or a generator proposes; the log gives it its place. */
export type Candidate = Fact & {
  /** When it happened, by the source's clock. */
  readonly at: Instant;
  /** `kind:id`, e.g. `host:compute-1`, `vm:5374577e-…`, `migration:…`; `cluster:` for facts about all of it. */
  readonly entity: string;
  readonly evidence: Evidence;
  /** Line (or record) of the source, 1-based; 0 where the source has none. */
  readonly line: number;
  /** Content or message id by which the same fact is recognised in another file; null when it cannot recur. */
  readonly key: string | null;
};

/** A fact in its place in the log. */
export type LogEvent = Fact & {
  readonly seq: Seq;
  readonly at: Instant;
  readonly entity: string;
  readonly evidence: Evidence;
  /** Content id of the source (see `main/log`), the same whatever order files were imported in. */
  readonly source: string;
  readonly line: number;
};
