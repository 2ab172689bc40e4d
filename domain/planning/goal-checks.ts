// The checker's side of each goal: does the plan get where it says? Counted from the state at the end, without the planner's search.
import type { World } from '../drill/world.ts';
import type { ClusterState } from '../readout/state.ts';
import { refusal } from '../scheduling/filters.ts';
import { added, type Amounts, capacity, RESOURCES } from '../scheduling/inventory.ts';
import { claimCells, type NumaRoom } from '../scheduling/numa.ts';
import { brokenAtRest, type Positions } from './constraint-checks.ts';
import type { Goal } from './goal.ts';
import type { PlanOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { roomRequest } from './room-request.ts';

/** Who is where and what is allocated, at rest. */
export type Rest = {
  readonly at: Positions;
  readonly used: ReadonlyMap<string, Amounts>;
  /** NUMA cells of hosts that VMs came to. */
  readonly cells: ReadonlyMap<string, NumaRoom>;
};

export type GoalQuestion = {
  readonly state: ClusterState;
  readonly world: World;
  readonly plan: Plan;
  readonly options: PlanOptions;
  readonly before: Rest;
  readonly end: Rest;
};

type MakeRoom = Extract<Goal, { readonly kind: 'make-room' }>;

const open = ({ world }: GoalQuestion, name: string): boolean => {
  const host = world.hosts.get(name);
  return host !== undefined && host.up !== false && host.enabled !== false;
};

/** How often the flavor can be put beside what is on a host, one at a time as the scheduler would; not counted beyond what is wanted. */
const timesItFits = ({ flavor, count }: MakeRoom, q: GoalQuestion, name: string): number => {
  const host = q.world.hosts.get(name)!;
  const request = roomRequest(q.state, flavor);
  const asking = RESOURCES.filter((r) => request.asked[r] > 0);
  if (asking.length === 0 || asking.some((r) => host.inventories[r] === null)) return 0;
  let candidate = { ...host, used: q.end.used.get(name)!, numa: q.end.cells.get(name) ?? host.numa };
  for (let n = 0; n < count; n++) {
    if (refusal(candidate, request, q.world.release.filters) !== null) return n;
    const { numa } = candidate;
    candidate = {
      ...candidate,
      used: added(candidate.used, request.asked),
      numa: numa && request.numa && claimCells(numa, request.numa),
    };
  }
  return count;
};

const roomWrong = (goal: MakeRoom, q: GoalQuestion): readonly string[] => {
  const drained = new Set(q.plan.drained);
  const hosts = (goal.hosts ?? [...q.world.hosts.keys()]).filter((name) => open(q, name) && !drained.has(name));
  const fits = hosts.reduce((sum, name) => sum + timesItFits(goal, q, name), 0);
  return fits >= goal.count ? [] : [`${goal.flavor.name} fits ${fits} times in the end, ${goal.count} were wanted`];
};

/** Server groups and capacities that do not hold at rest. */
const brokenGroups = ({ state, world }: GoalQuestion, rest: Rest): readonly string[] => {
  const wrong: string[] = [];
  for (const group of state.serverGroups) {
    const hosts = group.members.flatMap((m) => [...(rest.at.get(m) ?? [])]);
    if (group.policy === 'affinity' && new Set(hosts).size > 1) wrong.push(`affinity group ${group.name} is spread`);
    if (group.policy !== 'anti-affinity') continue;
    for (const [host, there] of Map.groupBy(hosts, (h) => h))
      if (there.length > group.maxServerPerHost) wrong.push(`${host} has ${there.length} of ${group.name}`);
  }
  for (const [name, used] of rest.used)
    for (const r of RESOURCES) {
      const inventory = world.hosts.get(name)?.inventories[r] ?? null;
      if (inventory !== null && used[r] > capacity(inventory)) wrong.push(`${name} holds more ${r} than its capacity`);
    }
  return wrong;
};

const brokenIn = (q: GoalQuestion, rest: Rest): readonly string[] => [
  ...brokenGroups(q, rest),
  ...brokenAtRest(q.options.constraints, rest.at),
];

const repairWrong = (q: GoalQuestion): readonly string[] => {
  const left = brokenIn(q, q.end).map((words) => `still does not hold in the end: ${words}`);
  const needless = q.plan.goals.length === 1 && q.plan.moves.length > 0 && brokenIn(q, q.before).length === 0;
  return needless ? [...left, 'the plan moves VMs though nothing is violated'] : left;
};

/** Standard deviation of the mean share of vCPU and RAM allocated, over hosts that take VMs. */
const unevennessOf = (q: GoalQuestion, rest: Rest): number => {
  const loads = [...rest.used].flatMap(([name, used]) => {
    if (!open(q, name)) return [];
    const shares = (['VCPU', 'MEMORY_MB'] as const).flatMap((r) => {
      const inventory = q.world.hosts.get(name)?.inventories[r] ?? null;
      return inventory === null || capacity(inventory) <= 0 ? [] : [used[r] / capacity(inventory)];
    });
    return shares.length === 0 ? [] : [shares.reduce((a, b) => a + b, 0) / shares.length];
  });
  const mean = loads.reduce((a, b) => a + b, 0) / Math.max(1, loads.length);
  return Math.sqrt(loads.reduce((sum, l) => sum + (l - mean) ** 2, 0) / Math.max(1, loads.length));
};

const balanceWrong = (goal: Extract<Goal, { readonly kind: 'rebalance' }>, q: GoalQuestion): readonly string[] => {
  const vms = new Set(q.plan.moves.map((m) => m.vm));
  if (vms.size === 0 || q.plan.goals.length > 1) return []; // after another goal the start is not on record
  const [before, end] = [unevennessOf(q, q.before), unevennessOf(q, q.end)];
  const wrong =
    before - end >= goal.margin * before * vms.size * 0.999
      ? []
      : ['the load of hosts does not become more even by the margin for each move'];
  return vms.size > goal.mostMoves ? [...wrong, `${vms.size} VMs move, at most ${goal.mostMoves} were allowed`] : wrong;
};

/** What of its goals a plan does not reach though it says it does. */
export const goalsMissed = (q: GoalQuestion): readonly string[] =>
  q.plan.goals.flatMap((goal): readonly string[] => {
    switch (goal.kind) {
      case 'make-room':
        return q.plan.feasible ? roomWrong(goal, q) : [];
      case 'repair':
        return q.plan.feasible ? repairWrong(q) : [];
      case 'rebalance':
        return balanceWrong(goal, q);
      case 'drain':
      case 'move':
        return []; // the checker looks at every host that has to be empty, whatever the plan says of itself
    }
  });
