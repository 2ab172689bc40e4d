// Rolling maintenance: one host after another emptied, worked on and given back, each on the state the last one left.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { type Checked, checkPlan } from './checker.ts';
import { planDrain } from './drain.ts';
import type { PlanOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { afterPlan } from './reverse.ts';

export type Window = {
  readonly host: string;
  readonly plan: Plan;
  readonly checker: Checked;
  /** From the start of the first window; the work on the host begins when its plan has ended. */
  readonly startMs: number;
  readonly endMs: number;
};

export type Rolling = {
  /** True when every host could be emptied in its turn. */
  readonly feasible: boolean;
  /** In order; the last one may be the one that failed. */
  readonly windows: readonly Window[];
  readonly totalMs: number;
  /** VMs that move more than once over all windows, by id: what a smarter order would save. */
  readonly movedAgain: readonly string[];
};

/**
 * Plans the windows in the order given, `workMs` of work in each; stops at the first host that cannot be emptied.
 * Errors: a host that is not there.
 */
export const planRolling = (
  state: ClusterState,
  around: Surroundings,
  hosts: readonly string[],
  options: PlanOptions,
  workMs: number,
): Result<Rolling, string> => {
  if (new Set(hosts).size < hosts.length) return err('A host is named twice.');
  const windows: Window[] = [];
  const moves = new Map<string, number>();
  let now = state;
  let startMs = 0;
  for (const host of hosts) {
    const plan = planDrain({ state: now, around, hosts: [host], options });
    if (!plan.ok) return plan;
    const checker = checkPlan(now, plan.value, options);
    const endMs = startMs + plan.value.makespanMs + workMs;
    windows.push({ host, plan: plan.value, checker, startMs, endMs });
    if (!plan.value.feasible || !checker.ok) break;
    for (const { vm } of plan.value.moves) moves.set(vm, (moves.get(vm) ?? 0) + 1);
    now = afterPlan(now, plan.value);
    startMs = endMs;
  }
  const last = windows.at(-1);
  const feasible = windows.length === hosts.length && windows.every((w) => w.plan.feasible && w.checker.ok);
  const movedAgain = [...moves].filter(([, n]) => n > 1).map(([vm]) => vm);
  return ok({ feasible, windows, totalMs: last?.endMs ?? 0, movedAgain });
};
