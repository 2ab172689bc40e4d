// Runs the planned drill and follows the branch it makes.
import type { Desk } from './desk.ts';

const NAMED = 3; // a branch named after forty hosts would not be read

/** `drill: compute-1`, `drill: compute-1, compute-2`, `drill: 7 hosts`. */
export const drillName = (hosts: readonly string[]): string =>
  `drill: ${hosts.length <= NAMED ? hosts.join(', ') : `${hosts.length} hosts`}`;

/** Runs the planned drill from the window's branch and instant; on success the window follows its branch. */
export const runDrill = async (desk: Desk): Promise<void> => {
  const { plan } = desk;
  const fail = desk.faults.peek();
  if (fail.length === 0 || plan.running.peek() !== null) return;
  const stop = new AbortController();
  plan.failure.value = null;
  plan.running.value = { progress: null, stop };
  const branch = desk.freeName(drillName(fail));
  const answer = await desk.client.call(
    'drill.run',
    { timeline: desk.timeline.peek(), at: desk.player.at.peek(), fail, branch, settings: plan.settings.peek() },
    { signal: stop.signal, progress: (progress) => (plan.running.value = { progress, stop }) },
  );
  plan.running.value = null;
  if (!answer.ok) {
    plan.failure.value = answer.error;
    return;
  }
  const made = answer.value.branch ?? branch;
  desk.drills.keep(desk.log.peek()?.path ?? '', made, answer.value);
  await desk.refreshLog();
  desk.switchTo(made);
  desk.select(null);
};
