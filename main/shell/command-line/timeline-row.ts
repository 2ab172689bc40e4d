// A timeline as commands print it: its instants as ISO times, everything else as the service tells it.
import { instant } from '../../../domain/base/brand.ts';
import { isoInstant } from '../../../domain/base/time.ts';
import type { TimelineInfo } from '../../../domain/contract/contract.ts';

const iso = (ms: number | null): string | null => (ms === null ? null : isoInstant(instant(ms)));

export type TimelineRow = Omit<TimelineInfo, 'forkedAt' | 'from' | 'to'> & {
  readonly forkedAt: { readonly at: string; readonly seq: number | null } | null;
  readonly from: string | null;
  readonly to: string | null;
};

/** @param timeline instants in ms since 1970; ISO 8601 in UTC in the answer */
export const timelineRow = (timeline: TimelineInfo): TimelineRow => ({
  ...timeline,
  forkedAt:
    timeline.forkedAt === null ? null : { at: isoInstant(instant(timeline.forkedAt.at)), seq: timeline.forkedAt.seq },
  from: iso(timeline.from),
  to: iso(timeline.to),
});
