// The timelines of a log as the window lists them.
import { basename } from 'node:path';
import type { LogInfo, TimelineInfo } from '../../domain/contract/contract.ts';
import type { Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';
import { atOf } from '../work/cut.ts';
import type { Engine } from './engine.ts';

export const timelineInfo = (log: Log, timeline: Timeline): TimelineInfo => {
  const parent = log.timelines().find(({ id }) => id === timeline.parent);
  const span = log.span(timeline);
  return {
    name: timeline.name,
    parent: parent?.name ?? null,
    forkedAt: timeline.forkedAt === null ? null : atOf(timeline.forkedAt),
    head: log.head(timeline),
    from: span?.from ?? null,
    to: span?.to ?? null,
    events: span?.events ?? 0,
  };
};

/** Every timeline that was not dropped, the record first, branches in the order they were made. */
export const timelineInfos = (log: Log): readonly TimelineInfo[] =>
  log
    .timelines()
    .filter(({ dropped }) => !dropped)
    .map((timeline) => timelineInfo(log, timeline));

export const logInfo = ({ log, demonstration }: Engine): LogInfo => ({
  name: demonstration ? 'Demonstration' : basename(log.path),
  path: log.path,
  readOnly: log.readOnly,
  demonstration,
  timelines: timelineInfos(log),
});
