// Runs the planned drill and follows the branch it makes.
import type { DrillReport } from '../../domain/contract/contract.ts';
import type { Desk } from './desk.ts';

const NAMED = 3; // a branch named after forty hosts would not be read

/** `drill: compute-1`, `drill: compute-1, compute-2`, `drill: 7 hosts`, `drill: tor A1`. */
export const drillName = (hosts: readonly string[], steps: readonly string[]): string => {
  if (hosts.length > NAMED) return `drill: ${hosts.length} hosts`;
  return `drill: ${hosts.length > 0 ? hosts.join(', ') : (steps[0] ?? '').replace(/^fail /, '')}`;
};

/** Runs the planned drill from the window's branch and instant; on success the window follows its branch. */
export const runDrill = async (desk: Desk): Promise<void> => {
  const { plan } = desk;
  const fail = desk.faults.peek();
  const script = plan.script();
  if ((fail.length === 0 && script === null) || plan.running.peek() !== null) return;
  const stop = new AbortController();
  plan.failure.value = null;
  plan.running.value = { progress: null, stop };
  const branch = desk.freeName(drillName(fail, plan.steps.peek()));
  const answer = await desk.client.call(
    'drill.run',
    {
      timeline: desk.timeline.peek(),
      at: desk.player.at.peek(),
      fail,
      ...(script === null ? {} : { script }),
      branch,
      settings: plan.settings.peek(),
      assume: plan.premises(),
    },
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

/** Keeps the drill on show as a scenario folder beside the log; tells where, or why not. */
export const saveDrill = async (desk: Desk, report: DrillReport): Promise<string> => {
  const info = desk.timelineInfo.peek();
  const answer = await desk.client.call('drill.save', {
    timeline: info?.parent ?? desk.timeline.peek(),
    at: info?.forkedAt ?? null,
    fail: report.asked.fail,
    script: report.asked.script,
    settings: report.settings,
    assume: report.asked.assume,
    name: desk.timeline.peek(),
  });
  return answer.ok ? `Kept in ${answer.value.folder}.` : answer.error.sentence;
};
