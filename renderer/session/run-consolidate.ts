// Runs the policies on the chosen day, and writes a plan onto a branch that the window then follows.
import { COMPARED } from '../../domain/consolidation/experiment.ts';
import { LIVE_DEFAULTS, type LiveSettings } from '../../domain/consolidation/live/settings.ts';
import { recordOf } from '../../domain/contract/branches.ts';
import type { Desk } from './desk.ts';
import { clock, day } from '../../domain/readout/words.ts';

/** Telemetry is of the record: a what-if has none of its own. */
const recordName = (desk: Desk): string => {
  const info = desk.timelineInfo.value;
  return info === null ? desk.timeline.value : recordOf(info, desk.log.value?.timelines ?? []).name;
};

/** What a run would be about now: two equal questions have equal answers. */
export const questionOf = (desk: Desk): string => {
  const { file, experiment } = desk.consolidation;
  const named = file.value === null ? null : `${file.value.name} ${file.value.base64.length}`;
  const traces = named ?? `${recordName(desk)} ${day(desk.player.settled.value.at)}`;
  return `${experiment.value} ${traces}`;
};

export const runPolicies = async (desk: Desk): Promise<void> => {
  const view = desk.consolidation;
  if (view.running.peek() !== null) return;
  const stop = new AbortController();
  const question = questionOf(desk);
  const file = view.file.peek();
  const experiment = view.experiment.peek();
  view.failure.value = null;
  view.running.value = { progress: null, stop };
  const answer = await desk.client.call(
    'consolidate.experiment',
    {
      experiment,
      policies: COMPARED[experiment],
      workload:
        file === null
          ? { kind: 'recorded', timeline: recordName(desk), at: desk.player.settled.peek().at }
          : { kind: 'file', ...file },
    },
    { signal: stop.signal, progress: (progress) => (view.running.value = { progress, stop }) },
  );
  view.running.value = null;
  if (answer.ok) view.ran.value = { question, report: answer.value };
  else view.failure.value = answer.error;
};

/** The plan's settings as they stand in the window. */
export const planSettings = (keepN1: boolean): Partial<LiveSettings> => ({
  keepN1,
  overload: LIVE_DEFAULTS.overload,
});

/** Writes the plan of this instant onto a branch of its own; on success the window follows it to its end. */
export const applyPlan = async (desk: Desk): Promise<void> => {
  const view = desk.consolidation;
  if (view.applying.peek() !== null) return;
  const stop = new AbortController();
  const at = desk.player.settled.peek();
  const branch = desk.freeName(`consolidate: ${clock(at.at).slice(0, 5)}`);
  view.applyFailure.value = null;
  view.applying.value = { progress: null, stop };
  const answer = await desk.client.call(
    'consolidate.plan',
    { timeline: desk.timeline.peek(), at, settings: planSettings(view.keepN1.peek()), branch },
    { signal: stop.signal, progress: (progress) => (view.applying.value = { progress, stop }) },
  );
  view.applying.value = null;
  if (!answer.ok) {
    view.applyFailure.value = answer.error;
    return;
  }
  view.applied.value = new Map(view.applied.peek()).set(branch, answer.value);
  await desk.refreshLog();
  desk.switchTo(branch);
  const to = desk.timelineInfo.peek()?.to ?? null;
  if (to !== null) desk.goTo({ at: to, seq: null });
};
