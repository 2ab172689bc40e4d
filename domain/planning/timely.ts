// Rules about time that the best order found does not keep: told with the time it takes, instead of a plan that breaks them.
import { type Constraint, explain } from './constraints.ts';
import { seconds } from '../readout/words.ts';
import type { Conflict, Plan, PlannedMove } from './plan.ts';

/** When the rule would hold, ms; null where it does. */
const missedBy = (rule: Constraint, moves: readonly PlannedMove[]): number | null => {
  if (rule.kind !== 'deadline' && rule.kind !== 'noDelay') return null;
  const mine = moves.filter((m) => rule.vms.includes(m.vm));
  if (rule.kind === 'deadline') {
    const end = mine.reduce((most, m) => Math.max(most, m.endMs), 0);
    return end > rule.atMs ? end : null;
  }
  const start = mine.reduce((most, m) => Math.max(most, m.startMs), 0);
  return start > 0 ? start : null;
};

const conflictOf = (rule: Constraint, atMs: number, moves: readonly PlannedMove[]): Conflict => {
  const vms = 'vms' in rule ? rule.vms : [];
  const mine = moves.filter((m) => vms.includes(m.vm));
  const longest = mine.reduce((most, m) => Math.max(most, m.endMs - m.startMs), 0);
  const isProven = rule.kind === 'deadline' && longest > rule.atMs;
  return {
    vms: mine.map((m) => m.name),
    because: [`does not hold: ${explain(rule)}`],
    relaxation:
      rule.kind === 'deadline' ? `a deadline of ${seconds(atMs)}` : `letting them start after ${seconds(atMs)}`,
    proof: isProven
      ? `the longest of them takes ${seconds(longest)} as planned, whatever goes first`
      : 'the best order found does not keep it; that none does is not proven',
  };
};

/** The plan, infeasible with the reason where a rule about time does not hold. */
export const timely = (plan: Plan, rules: readonly Constraint[]): Plan => {
  for (const rule of rules) {
    const atMs = missedBy(rule, plan.moves);
    if (atMs === null) continue;
    const conflict = plan.report.conflict ?? conflictOf(rule, atMs, plan.moves);
    return { ...plan, feasible: false, report: { ...plan.report, conflict } };
  }
  return plan;
};
