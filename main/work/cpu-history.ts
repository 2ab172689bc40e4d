// Reads CPU histories out of a log, up to an instant.
import { type CpuSeries, cpuSeries, type Span } from '../../domain/consolidation/live/telemetry.ts';
import { instant } from '../../domain/base/brand.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
import type { Cut, Timeline } from '../../domain/timeline/order.ts';
import type { Log } from '../log/types.ts';

/** Rosters are told seldom: their last word is looked for this long before the span, and then from the beginning on. */
const ROSTER_MS = 25 * 3_600_000;
/** Without telemetry nothing says how long a step is; Neat collects every five minutes. */
export const STEP_MS = 300_000;

/** The interval most batches of the span tell; STEP_MS where there is none. */
const stepOf = (events: readonly LogEvent[]): number => {
  const counts = new Map<number, number>();
  for (const e of events) {
    if (e.type !== 'telemetry.sampled' || e.data.metric !== 'cpu' || e.data.intervalMs <= 0) continue;
    counts.set(e.data.intervalMs, (counts.get(e.data.intervalMs) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  return most?.[0] ?? STEP_MS;
};

const telemetryFrom = (log: Log, timeline: Timeline, fromMs: number, upTo: Cut): readonly LogEvent[] => {
  const found: LogEvent[] = [];
  for (const event of log.inEventTime(timeline, { after: { at: instant(fromMs - 1), seq: null }, upTo })) {
    if (event.type === 'telemetry.sampled' || event.type === 'telemetry.roster_set') found.push(event);
  }
  return found;
};

/** True when every batch of the span comes after the roster it is for. */
const namesAll = (events: readonly LogEvent[], fromMs: number): boolean => {
  const named = new Set<string>();
  for (const event of events) {
    if (event.type === 'telemetry.roster_set') named.add(event.entity);
    else if (event.at >= fromMs && !named.has(event.entity)) return false;
  }
  return true;
};

/** CPU of every VM sampled in the `lengthMs` before a cut; `stepMs` null takes the telemetry's own interval. */
export const cpuHistory = (
  log: Log,
  timeline: Timeline,
  upTo: Cut,
  { lengthMs, stepMs }: { readonly lengthMs: number; readonly stepMs: number | null },
): CpuSeries => {
  const fromMs = upTo.at - lengthMs;
  const near = telemetryFrom(log, timeline, fromMs - ROSTER_MS, upTo);
  const begin = log.span(timeline)?.from ?? upTo.at;
  const events = namesAll(near, fromMs) ? near : telemetryFrom(log, timeline, begin, upTo);
  const step = stepMs ?? stepOf(events);
  // Steps end at the last sample, so that the newest one is whole: a branch has none after its fork.
  const toMs = events.findLast((e) => e.type === 'telemetry.sampled' && e.data.metric === 'cpu')?.at ?? upTo.at;
  const steps = Math.max(1, Math.ceil((toMs - Math.max(fromMs, begin)) / step));
  const span: Span = { fromMs: toMs - steps * step + 1, toMs, stepMs: step };
  return cpuSeries(events, new Map(), span);
};
