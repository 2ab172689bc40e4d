// How the timelines of a log hang together: which are records, which are what-ifs, and which share a history.
import type { TimelineInfo } from './contract.ts';

const parentOf = (t: TimelineInfo, all: readonly TimelineInfo[]): TimelineInfo | null =>
  all.find((p) => p.name === t.parent) ?? null;

/** True for `main`, and for a timeline that leaves its parent before the first event: it shares nothing with it. */
export const isRecord = (t: TimelineInfo, all: readonly TimelineInfo[]): boolean => {
  const parent = parentOf(t, all);
  if (parent === null || t.forkedAt === null) return true;
  return parent.from === null || t.forkedAt.at < parent.from;
};

/** The record a timeline goes back to; itself when it is one. */
export const recordOf = (t: TimelineInfo, all: readonly TimelineInfo[]): TimelineInfo => {
  const parent = parentOf(t, all);
  return parent === null || isRecord(t, all) ? t : recordOf(parent, all);
};

/** The timelines that share a record with the one named, the record first, otherwise in the log's order. */
export const familyOf = (name: string, all: readonly TimelineInfo[]): readonly TimelineInfo[] => {
  const own = all.find((t) => t.name === name);
  if (own === undefined) return all;
  const record = recordOf(own, all);
  return [record, ...all.filter((t) => t !== record && recordOf(t, all) === record)];
};
