// A plan held against what happened: each step beside the migration on record, and how far the whole went off.
import type { ClusterState, MigrationState } from '../readout/state.ts';
import type { Plan, PlannedMove } from './plan.ts';

/** What became of a step. `elsewhere`: it moved, but to another host; `again`: it failed at first and then arrived. */
export const STEP_OUTCOMES = ['as planned', 'again', 'elsewhere', 'failed', 'under way', 'not run'] as const;
export type StepOutcome = (typeof STEP_OUTCOMES)[number];

export type StepScore = {
  /** From 1, as in the runbook. */
  readonly step: number;
  readonly vm: string;
  readonly name: string;
  readonly outcome: StepOutcome;
  readonly source: string;
  readonly dest: { readonly planned: string; readonly actual: string | null };
  /** Milliseconds from the first start; null where it is not on record. */
  readonly startMs: { readonly planned: number; readonly actual: number | null };
  readonly durationMs: { readonly planned: number; readonly actual: number | null };
  /** (planned − actual) / actual. */
  readonly durationError: number | null;
  readonly downtimeMs: { readonly planned: number; readonly actual: number | null };
  /** On the wire; `isWhole` false where the log has only the last progress before the end: at least so much. */
  readonly bytes: { readonly planned: number; readonly actual: number | null; readonly isWhole: boolean };
  /** (planned − actual) / actual, where the whole is on record. */
  readonly bytesError: number | null;
  /** Migrations on record for the step. */
  readonly attempts: readonly string[];
};

export type PlanScore = {
  readonly steps: readonly StepScore[];
  readonly outcomes: Readonly<Record<StepOutcome, number>>;
  readonly durationErrorMedian: number | null;
  readonly durationErrorP90: number | null;
  readonly downtimeErrorMedianMs: number | null;
  readonly bytesErrorMedian: number | null;
  readonly makespanMs: { readonly planned: number; readonly actual: number | null };
  /** Signed, (actual − planned) / planned: positive where it took longer. Null while a step is open. */
  readonly etaDeviation: number | null;
  /** Migrations of the plan's VMs, or out of or into the hosts it empties, that no step accounts for. */
  readonly unplanned: readonly { readonly id: string; readonly vm: string; readonly dest: string | null }[];
};

const ENDED_WELL: ReadonlySet<string> = new Set(['completed', 'confirmed', 'finished', 'done']);
const ms = (iso: string): number => Date.parse(iso);
const KINDS: Readonly<Record<PlannedMove['kind'], readonly string[]>> = {
  live: ['live-migration'],
  cold: ['migration', 'resize'],
  stop: [],
};

/** The migrations of a step: from its source on, until one ends well. */
const attemptsOf = (move: PlannedMove, open: MigrationState[]): readonly MigrationState[] => {
  const taken: MigrationState[] = [];
  for (const m of open.filter((o) => o.vm === move.vm && KINDS[move.kind].includes(o.type))) {
    if (m.source !== null && m.source !== move.source) break;
    taken.push(m);
    if (ENDED_WELL.has(m.status)) break;
  }
  for (const m of taken) open.splice(open.indexOf(m), 1);
  return taken;
};

const outcomeOf = (move: PlannedMove, attempts: readonly MigrationState[]): StepOutcome => {
  const last = attempts.at(-1);
  if (last === undefined) return 'not run';
  if (last.endedAt === null) return 'under way';
  if (!ENDED_WELL.has(last.status)) return 'failed';
  if (last.dest !== null && last.dest !== move.dest) return 'elsewhere';
  return attempts.length > 1 ? 'again' : 'as planned';
};

const percentile = (values: readonly number[], p: number): number | null =>
  values.toSorted((a, b) => a - b)[Math.round(p * (values.length - 1))] ?? null;

const stopScore = (move: PlannedMove, step: number, state: ClusterState): StepScore => {
  const vm = state.vms.find((v) => v.id === move.vm);
  const outcome = vm === undefined || vm.vmState !== 'stopped' ? 'not run' : 'as planned';
  return scored(move, step, outcome, [], null);
};

const scored = (
  move: PlannedMove,
  step: number,
  outcome: StepOutcome,
  attempts: readonly MigrationState[],
  origin: number | null,
): StepScore => {
  const last = attempts.at(-1);
  const isDone = outcome === 'as planned' || outcome === 'again' || outcome === 'elsewhere';
  const actual = last === undefined || last.endedAt === null || !isDone ? null : ms(last.endedAt) - ms(last.startedAt);
  const planned = move.endMs - move.startMs;
  const whole = isDone ? (last?.bytes ?? null) : null;
  return {
    step,
    vm: move.vm,
    name: move.name,
    outcome,
    source: move.source,
    dest: { planned: move.dest, actual: last?.dest ?? null },
    startMs: {
      planned: move.startMs,
      actual: attempts[0] === undefined || origin === null ? null : ms(attempts[0].startedAt) - origin,
    },
    durationMs: { planned, actual },
    durationError: actual === null || actual <= 0 ? null : (planned - actual) / actual,
    downtimeMs: { planned: move.downtimeMs, actual: isDone ? (last?.downtimeMs ?? null) : null },
    bytes: {
      planned: move.bytes,
      actual: whole ?? (isDone ? (last?.processedBytes ?? null) : null),
      isWhole: whole !== null,
    },
    bytesError: whole === null || whole <= 0 ? null : (move.bytes - whole) / whole,
    attempts: attempts.map((a) => a.id),
  };
};

/**
 * Scores a plan by the migrations that a later state of the log holds. Those that began before `madeAt` (an ISO instant, of
 * the state planned on) are not the plan's.
 */
export const scorePlan = (plan: Plan, madeAt: string, state: ClusterState): PlanScore => {
  const since = state.migrations
    .filter((m) => ms(m.startedAt) >= ms(madeAt) && m.type !== 'evacuation')
    .toSorted((a, b) => ms(a.startedAt) - ms(b.startedAt));
  const open = [...since];
  const found = plan.moves.map((move) => (move.kind === 'stop' ? [] : attemptsOf(move, open)));
  const starts = found.flatMap((list) => list.map((m) => ms(m.startedAt)));
  const origin = starts.length === 0 ? null : Math.min(...starts);
  const steps = plan.moves.map((move, i) =>
    move.kind === 'stop'
      ? stopScore(move, i + 1, state)
      : scored(move, i + 1, outcomeOf(move, found[i]!), found[i]!, origin),
  );
  const outcomes = Object.fromEntries(
    STEP_OUTCOMES.map((o) => [o, steps.filter((s) => s.outcome === o).length]),
  ) as Record<StepOutcome, number>;
  const errors = steps.flatMap((s) => (s.durationError === null ? [] : [Math.abs(s.durationError)]));
  const downtimes = steps.flatMap((s) =>
    s.downtimeMs.actual === null ? [] : [Math.abs(s.downtimeMs.planned - s.downtimeMs.actual)],
  );
  const vms = new Set(plan.moves.map((m) => m.vm));
  const isOurs = (m: MigrationState): boolean =>
    vms.has(m.vm) || plan.drained.some((host) => host === m.source || host === m.dest);
  const ends = found.flatMap((list) => list.flatMap((m) => (m.endedAt === null ? [] : [ms(m.endedAt)])));
  const isOver = outcomes['not run'] === 0 && outcomes['under way'] === 0;
  const actual = isOver && origin !== null && ends.length > 0 ? Math.max(...ends) - origin : null;
  return {
    steps,
    outcomes,
    durationErrorMedian: percentile(errors, 0.5),
    durationErrorP90: percentile(errors, 0.9),
    downtimeErrorMedianMs: percentile(downtimes, 0.5),
    bytesErrorMedian: percentile(
      steps.flatMap((s) => (s.bytesError === null ? [] : [Math.abs(s.bytesError)])),
      0.5,
    ),
    makespanMs: { planned: plan.makespanMs, actual },
    etaDeviation: actual === null || plan.makespanMs <= 0 ? null : (actual - plan.makespanMs) / plan.makespanMs,
    unplanned: open.filter(isOurs).map(({ id, vm, dest }) => ({ id, vm, dest })),
  };
};
