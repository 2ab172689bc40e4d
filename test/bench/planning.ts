// How near to the best possible plans are, and how fast they are made: each instance beside the best plan of fixed parallelism.
import { shelfOf } from '../../domain/drill/sweep/shelf.ts';
import { checkPlan } from '../../domain/planning/checker.ts';
import { networkOf } from '../../domain/planning/network.ts';
import { costOf, type Prices } from '../../domain/planning/jobs.ts';
import type { Plan, PlannedMove } from '../../domain/planning/plan.ts';
import { fixedParallelismMs } from '../../domain/planning/timing.ts';
import { type Case, type Instance, planningInstances } from './planning-instances.ts';

export type PlanningRow = {
  readonly name: string;
  readonly moves: number;
  readonly overBound: number;
  /** Share by which the plan is shorter than the best plan of fixed parallelism. */
  readonly shorter: number;
  /** Share by which the lower bound is: what no plan can exceed. */
  readonly possible: number;
  /** The peer in words. */
  readonly peer: string;
  /** Processor time. */
  readonly planMs: number;
  readonly accepted: boolean;
};

const OVER_BOUND = 1.1;
const SHORTER = 0.2;
/** Planning 1,000 moves over 1,000 hosts. */
const PLAN_MS = 2000;

const PARALLELISMS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128, Infinity] as const;

/** For each move the earlier ones it needs whatever the links: its VM's own, and those that leave the host it goes to. */
const roomNeeds = (moves: readonly PlannedMove[]): readonly (readonly number[])[] => {
  const before: Set<number>[] = [];
  for (const m of moves) before.push(new Set(m.after.flatMap((j) => [j, ...before[j]!])));
  return moves.map((m, i) => [...before[i]!].filter((j) => moves[j]!.vm === m.vm || moves[j]!.source === m.dest));
};

/**
 * Lists people go through, VMs as a listing has them: host after host (with what a host's moves make room for), or one of each
 * host in turn.
 */
const lists = (
  moves: readonly PlannedMove[],
  needs: readonly (readonly number[])[],
  rows: ReadonlyMap<string, number>,
): readonly number[][] => {
  const group: number[] = [];
  for (const [i, m] of moves.entries()) {
    const first = needs[i]!.map((j) => group[j]!).sort((a, b) => a - b)[0];
    group.push(first ?? moves.findIndex((other) => other.source === m.source));
  }
  const names = new Map([...new Set(moves.map((m) => m.source))].sort().map((name, at) => [name, at]));
  const at = (i: number): number => names.get(moves[group[i]!]!.source)!;
  const row = (i: number): number => rows.get(moves[i]!.vm)!;
  const hostAfterHost = moves.map((_, i) => i).sort((a, b) => at(a) - at(b) || row(a) - row(b) || a - b);
  const turns = new Map<number, number>();
  const turn = hostAfterHost.map((i) => {
    const n = turns.get(at(i)) ?? 0;
    turns.set(at(i), n + 1);
    return { i, n };
  });
  return [hostAfterHost, turn.sort((a, b) => a.n - b.n).map(({ i }) => i)];
};

type Fixed = { readonly ms: number; readonly peer: string };

/**
 * Makespans of the same moves to the same destinations as people run them, without regard to links: `k` at a time over the
 * whole cluster, or `k` at a time from each host, going through either list. A move that has to wait for room, or whose source
 * is busy with as many as Nova lets it, leaves its turn to the next.
 */
const peersOf = (i: Case, plan: Plan): readonly Fixed[] => {
  const shelf = shelfOf(i.state);
  const paths = networkOf(i.state, i.options);
  const rows = new Map(shelf.vms.map((vm, row) => [vm.id, row]));
  const host = new Map(shelf.hosts.map((name, row) => [name, row]));
  const prices: Prices = new Map();
  const needs = roomNeeds(plan.moves);
  return lists(plan.moves, needs, rows).flatMap((list) => {
    const place = new Map(list.map((move, at) => [move, at]));
    const legs = list.map((n) => {
      const m = plan.moves[n]!;
      const row = rows.get(m.vm)!;
      const vm = shelf.vms[row]!;
      const cost = costOf(vm, 'live', i.options, i.around.dirtyPagesPerS.get(vm.id) ?? null, prices);
      const source = host.get(m.source)!;
      const job = { ...cost, row, vm, source, kind: 'live' as const };
      return { job, source, dest: host.get(m.dest)!, because: '', after: needs[n]!.map((j) => place.get(j)!) };
    });
    return PARALLELISMS.flatMap((k) => {
      const whole = fixedParallelismMs(shelf, paths, legs, i.options, k);
      const each =
        k >= i.options.perHost ? whole : fixedParallelismMs(shelf, paths, legs, { ...i.options, perHost: k }, Infinity);
      return [
        { ms: whole, peer: k === Infinity ? 'all at once' : `${k} at a time` },
        { ms: each, peer: `${k} from each host` },
      ];
    });
  });
};

/** The one peer that is best over all cases together. */
const bestOf = (cases: readonly (readonly Fixed[])[]): Fixed => {
  const sums = cases[0]!.map(({ peer }, p) => ({ peer, ms: cases.reduce((sum, peers) => sum + peers[p]!.ms, 0) }));
  return sums.reduce((a, b) => (b.ms < a.ms ? b : a));
};

const rowOf = ({ name, cases }: Instance): PlanningRow => {
  const before = process.cpuUsage();
  const plans = cases.map((c) => c.plan());
  const { user, system } = process.cpuUsage(before);
  const sum = (of: (plan: Plan) => number): number => plans.reduce((total, plan) => total + of(plan), 0);
  const makespanMs = sum((p) => p.makespanMs);
  const boundMs = sum((p) => p.lowerBoundMs);
  const fixed = bestOf(cases.map((c, i) => peersOf(c, plans[i]!)));
  return {
    name,
    moves: sum((p) => p.moves.length),
    overBound: makespanMs / boundMs,
    shorter: 1 - makespanMs / fixed.ms,
    possible: 1 - boundMs / fixed.ms,
    peer: fixed.peer,
    planMs: (user + system) / 1000,
    accepted: plans.every((plan, i) => plan.feasible && checkPlan(cases[i]!.state, plan, cases[i]!.options).ok),
  };
};

export const planningBench = (): readonly PlanningRow[] => planningInstances().map(rowOf);

const median = (values: readonly number[]): number => {
  const s = values.toSorted((a, b) => a - b);
  return (s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2;
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const met = (yes: boolean): string => (yes ? 'met' : 'MISSED');

/** The rows as lines, each goal with what came of it. */
export const planningText = (rows: readonly PlanningRow[]): string => {
  const lines = rows.map((p) => {
    const beside =
      p.possible < SHORTER
        ? `${percent(p.shorter)} shorter than ${p.peer}; no plan can be more than ${percent(p.possible)}`
        : `${percent(p.shorter)} shorter than ${p.peer} ${met(p.shorter >= SHORTER)}`;
    return `  ${p.name.padEnd(44)} ${String(p.moves).padStart(5)} moves  ${p.overBound.toFixed(3)} x bound  ${beside}  planned in ${Math.round(p.planMs)} ms${p.accepted ? '' : '  REFUSED'}`;
  });
  const open = rows.filter((p) => p.possible >= SHORTER);
  const over = median(rows.map((p) => p.overBound));
  const largest = rows.reduce((a, b) => (b.moves > a.moves ? b : a));
  lines.push(
    `  median ${over.toFixed(3)} x bound <= ${OVER_BOUND} ${met(over <= OVER_BOUND)}; ${open.filter((p) => p.shorter >= SHORTER).length} of the ${open.length} instances on which any plan can be ${percent(SHORTER)} shorter are; the largest planned in ${Math.round(largest.planMs)} ms <= ${PLAN_MS} ${met(largest.planMs <= PLAN_MS)}`,
  );
  return `${lines.join('\n')}\n`;
};
