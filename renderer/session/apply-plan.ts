// Writes the plan on show onto a branch, which the window then follows.
import type { Plan } from '../../domain/planning/plan.ts';
import type { Desk } from './desk.ts';

const NAMED = 3; // a branch named after forty hosts would not be read

/** `drain: compute-07`, `drain: 7 hosts`, `room: 3 × m1.large`. */
export const planName = ({ goals: [goal] }: Pick<Plan, 'goals'>): string => {
  if (goal?.kind === 'drain')
    return `drain: ${goal.hosts.length <= NAMED ? goal.hosts.join(', ') : `${goal.hosts.length} hosts`}`;
  if (goal?.kind === 'make-room') return `room: ${goal.count} × ${goal.flavor.name}`;
  return goal?.kind ?? 'plan';
};

/** Writes the plan on show onto a branch of its own, from the instant it was made for; the window follows the branch. */
export const applyPlan = async (desk: Desk): Promise<void> => {
  const { migrate } = desk;
  const plan = migrate.plan.peek();
  if (plan === null || migrate.isApplying.peek()) return;
  migrate.isApplying.value = true;
  migrate.failure.value = null;
  const branch = desk.freeName(planName(plan));
  const answer = await desk.client.call('plan.make', {
    timeline: desk.timeline.peek(),
    at: { at: Date.parse(plan.at), seq: null },
    goals: plan.goals.filter((g) => g.kind !== 'move'),
    settings: migrate.settings.peek(),
    branch,
  });
  migrate.isApplying.value = false;
  if (!answer.ok) {
    migrate.failure.value = answer.error;
    return;
  }
  await desk.refreshLog();
  desk.switchTo(branch);
};
