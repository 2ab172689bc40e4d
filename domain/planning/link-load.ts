// What a plan puts on each link over time: the mean rate of every move between its preparation and its end, added up.
import type { PlannedMove } from './plan.ts';

export type LinkLoad = {
  readonly host: string;
  readonly direction: 'out' | 'in';
  readonly bytes: number;
  /** Bytes a second from each instant (ms from the start) to the next; the last is 0. */
  readonly steps: readonly (readonly [ms: number, bytesPerS: number])[];
  readonly peakBytesPerS: number;
};

const MS_PER_S = 1000;

const loadOf = (moves: readonly PlannedMove[], prepareMs: number): LinkLoad['steps'] => {
  const changes = moves.flatMap((m) => {
    const from = Math.min(m.startMs + prepareMs, m.endMs);
    const rate = m.endMs > from ? (m.bytes / (m.endMs - from)) * MS_PER_S : 0;
    return rate > 0 ? [[from, rate] as const, [m.endMs, -rate] as const] : [];
  });
  changes.sort((a, b) => a[0] - b[0]);
  const steps: [number, number][] = [];
  let rate = 0;
  for (const [ms, by] of changes) {
    rate = Math.max(0, rate + by);
    const last = steps.at(-1);
    if (last !== undefined && last[0] === ms) last[1] = rate;
    else steps.push([ms, rate]);
  }
  const last = steps.at(-1);
  if (last !== undefined) last[1] = 0; // nothing is left after the last move: what remains is rounding
  return steps;
};

/** The adapters a plan uses, most bytes first. */
export const linkLoads = (moves: readonly PlannedMove[], prepareMs: number): readonly LinkLoad[] => {
  const sending = moves.filter((m) => m.bytes > 0);
  const ends = [
    ...[...Map.groupBy(sending, (m) => m.source)].map(([host, its]) => ({ host, its, direction: 'out' as const })),
    ...[...Map.groupBy(sending, (m) => m.dest)].map(([host, its]) => ({ host, its, direction: 'in' as const })),
  ];
  return ends
    .map(({ host, its, direction }) => {
      const steps = loadOf(its, prepareMs);
      return {
        host,
        direction,
        bytes: its.reduce((sum, m) => sum + m.bytes, 0),
        steps,
        peakBytesPerS: steps.reduce((most, [, rate]) => Math.max(most, rate), 0),
      };
    })
    .sort((a, b) => b.bytes - a.bytes || (a.direction === 'out' ? -1 : 1));
};
