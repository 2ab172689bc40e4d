// Calls that take long: imports, drills and sweeps, run as jobs with progress and cancellation.
import { dirname, join, resolve } from 'node:path';
import { err, ok } from '../../domain/base/result.ts';
import { drillSettings } from '../../domain/drill/settings.ts';
import type { JobInput, JobName, JobOutput } from '../work/jobs.ts';
import { sweepInShares } from '../work/sweep-shares.ts';
import type { Answer, Watcher } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import type { Engine } from './engine.ts';

/** Where the window keeps scenarios: beside the log. */
const SCENARIOS = 'scenarios';
const LONGEST_FOLDER = 80;

/** `drill: compute-1` as a folder that every system takes: `drill-compute-1`. */
const folderName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gv, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, LONGEST_FOLDER) || 'drill';

type JobCalls = Pick<Handlers, 'intake.import' | 'drill.run' | 'drill.save' | 'drill.sweep' | 'capacity.runway'>;

/** Runs a job on the log, and tells the engine afterwards: even a job that failed may have written its first batches. */
const onLog = async <N extends JobName>(
  { log, runJob, changedByJob }: Engine,
  name: N,
  order: JobInput<N>['order'],
  watcher: Watcher,
): Promise<Answer<JobOutput<N>>> => {
  if (log.readOnly) {
    return err({
      code: 'read_only',
      sentence: `${log.path} is open for reading only. Copy it to where you may write.`,
    });
  }
  const answer = await runJob(name, { logPath: log.path, order }, watcher);
  changedByJob();
  return answer;
};

export const jobCalls = (engine: Engine): JobCalls => ({
  'intake.import': async ({ timeline, files }, watcher) => {
    const modifiedAt = Date.now();
    const dropped = files.map(({ name, base64 }) => ({ name, bytes: Buffer.from(base64, 'base64'), modifiedAt }));
    const order = { timeline, from: { dropped }, dryRun: false, as: null, undatedAt: null };
    return onLog(engine, 'import', order, watcher);
  },
  'drill.run': async ({ settings, script, ...asked }, watcher) => {
    const checked = drillSettings(settings);
    if (!checked.ok) return err({ code: 'bad_input', sentence: checked.error });
    const order = { ...asked, script: script ?? null, settings: checked.value, save: null };
    return onLog(engine, 'drill', order, watcher);
  },
  'drill.save': async ({ settings, script, name, ...asked }, watcher) => {
    const checked = drillSettings(settings);
    if (!checked.ok) return err({ code: 'bad_input', sentence: checked.error });
    const folder = join(dirname(resolve(engine.log.path)), SCENARIOS, folderName(name));
    const order = { ...asked, script, branch: null, settings: checked.value, save: folder };
    const report = await engine.runJob('drill', { logPath: engine.log.path, order }, watcher);
    return report.ok ? ok({ folder }) : report;
  },
  'capacity.runway': (order, watcher) => engine.runJob('runway', { logPath: engine.log.path, order }, watcher),
  'drill.sweep': (asked, watcher) => sweepInShares(engine.runJob, engine.log.path, { ...asked, budget: null }, watcher),
});
