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

/** When a move sends, and its mean rate then. */
export const sendingOf = (
  { startMs, endMs, bytes }: PlannedMove,
  prepareMs: number,
): { readonly fromMs: number; readonly endMs: number; readonly bytesPerS: number } => {
  const fromMs = Math.min(startMs + prepareMs, endMs);
  return { fromMs, endMs, bytesPerS: endMs > fromMs ? (bytes / (endMs - fromMs)) * MS_PER_S : 0 };
};

/** Amounts of spans of time added up: from each instant (ms) to the next; the last is 0. */
export const stepsOf = (
  spans: readonly { readonly fromMs: number; readonly endMs: number; readonly amount: number }[],
): readonly (readonly [ms: number, amount: number])[] => {
  const changes = spans.flatMap(({ fromMs, endMs, amount }) =>
    amount > 0 ? [[fromMs, amount] as const, [endMs, -amount] as const] : [],
  );
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
      const steps = stepsOf(
        its.map((m) => {
          const { fromMs, endMs, bytesPerS } = sendingOf(m, prepareMs);
          return { fromMs, endMs, amount: bytesPerS };
        }),
      );
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
