// A plan held against what happened: every move scored, and the whole summed up.
import type { Band } from './forecast.ts';
import type { MoveOutcome } from './qemu.ts';

export type PlannedMove = {
  readonly id: string;
  readonly outcome: MoveOutcome;
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly bytes: number;
  readonly totalBand: Band;
};

/** What a log tells of an executed move; null what it does not tell (Nova's notifications never tell downtime). */
export type ActualMove = {
  readonly id: string;
  readonly outcome: MoveOutcome;
  readonly totalMs: number | null;
  readonly downtimeMs: number | null;
  readonly bytes: number | null;
};

export type MoveScore = {
  readonly id: string;
  readonly outcomeRight: boolean;
  /** Signed, as a share of the actual; null where one side is unknown or the move did not complete. */
  readonly totalError: number | null;
  readonly bytesError: number | null;
  readonly downtimeErrorMs: number | null;
  readonly inBand: boolean | null;
};

export type PlanScore = {
  readonly moves: readonly MoveScore[];
  /** Planned but not found in the log, and the other way round. */
  readonly notExecuted: readonly string[];
  readonly notPlanned: readonly string[];
  readonly outcomesRight: number;
  readonly totalErrorMedian: number | null;
  readonly totalErrorP90: number | null;
  readonly inBandShare: number | null;
};

const share = (planned: number, actual: number | null): number | null =>
  actual === null || actual <= 0 ? null : (planned - actual) / actual;

const scoreMove = (planned: PlannedMove, actual: ActualMove): MoveScore => {
  const both = planned.outcome === 'completed' && actual.outcome === 'completed';
  const { totalMs } = actual;
  return {
    id: planned.id,
    outcomeRight: planned.outcome === actual.outcome,
    totalError: both ? share(planned.totalMs, totalMs) : null,
    bytesError: both ? share(planned.bytes, actual.bytes) : null,
    downtimeErrorMs: both && actual.downtimeMs !== null ? planned.downtimeMs - actual.downtimeMs : null,
    inBand: both && totalMs !== null ? totalMs >= planned.totalBand.p10 && totalMs <= planned.totalBand.p90 : null,
  };
};

const percentile = (values: readonly number[], p: number): number | null =>
  values.toSorted((a, b) => a - b)[Math.round(p * (values.length - 1))] ?? null;

/** Scores each move by its id; errors are given for moves that completed in plan and fact. */
export const scorePlan = (planned: readonly PlannedMove[], actual: readonly ActualMove[]): PlanScore => {
  const done = new Map(actual.map((a) => [a.id, a]));
  const wanted = new Set(planned.map((p) => p.id));
  const moves = planned.flatMap((p) => {
    const found = done.get(p.id);
    return found === undefined ? [] : [scoreMove(p, found)];
  });
  const errors = moves
    .map((m) => m.totalError)
    .filter((e) => e !== null)
    .map(Math.abs);
  const banded = moves.map((m) => m.inBand).filter((b) => b !== null);
  return {
    moves,
    notExecuted: planned.filter((p) => !done.has(p.id)).map((p) => p.id),
    notPlanned: actual.filter((a) => !wanted.has(a.id)).map((a) => a.id),
    outcomesRight: moves.filter((m) => m.outcomeRight).length,
    totalErrorMedian: percentile(errors, 0.5),
    totalErrorP90: percentile(errors, 0.9),
    inBandShare: banded.length === 0 ? null : banded.filter(Boolean).length / banded.length,
  };
};
