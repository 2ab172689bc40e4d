// Calls about consolidation: policies side by side on a day of traces, and a plan for the cluster at an instant.
import { gunzipSync } from 'node:zlib';
import { instant } from '../../domain/base/brand.ts';
import { err, ok } from '../../domain/base/result.ts';
import { COMPARED, trialFault } from '../../domain/consolidation/experiment.ts';
import {
  type ConsolidationReport,
  reportOf,
  type WorkloadChoice,
} from '../../domain/consolidation/experiment-report.ts';
import { workloadOf } from '../../domain/consolidation/live/telemetry.ts';
import { parseWorkload, type Workload, workloadFaultText } from '../../domain/consolidation/workload.ts';
import { cpuHistory, STEP_MS } from '../work/cpu-history.ts';
import { runTrials } from '../work/trials.ts';
import type { Answer } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import type { Engine } from './engine.ts';

type ConsolidateCalls = Pick<Handlers, 'consolidate.experiment' | 'consolidate.plan'>;

type Day = { readonly workload: Workload; readonly about: ConsolidationReport['workload'] };

const bad = (sentence: string): Answer<never> => err({ code: 'bad_input', sentence });

const DAY_MS = 86_400_000;
const GZIP = [0x1f, 0x8b];
const MOST_BYTES = 256 * 2 ** 20; // a day of 50,000 VMs, unpacked

const fileDay = (name: string, base64: string): Answer<Day> => {
  const bytes = Buffer.from(base64, 'base64');
  let text: string;
  try {
    const packed = GZIP.every((byte, i) => bytes[i] === byte);
    text = (packed ? gunzipSync(bytes, { maxOutputLength: MOST_BYTES }) : bytes).toString('utf8');
  } catch (cause) {
    return bad(`${name} cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}.`);
  }
  const workload = parseWorkload(text);
  if (!workload.ok) return bad(`${name}, ${workloadFaultText(workload.error)}.`);
  const { vms, steps } = workload.value;
  return ok({ workload: workload.value, about: { name, vms: vms.length, steps, fromMs: null } });
};

/** The log's own telemetry of the day (UTC) that holds an instant, in the experiments' five-minute steps. */
const recordedDay = ({ log }: Engine, timelineName: string, at: number): Answer<Day> => {
  const timeline = log.timeline(timelineName);
  if (!timeline.ok) return timeline;
  const fromMs = Math.floor(at / DAY_MS) * DAY_MS;
  const upTo = { at: instant(fromMs + DAY_MS - 1), seq: null };
  const workload = workloadOf(cpuHistory(log, timeline.value, upTo, { lengthMs: DAY_MS, stepMs: STEP_MS }));
  const day = new Date(fromMs).toISOString().slice(0, 10);
  if (workload.vms.length === 0 || workload.steps < 2)
    return bad(`${timelineName} holds no CPU telemetry of ${day}. Choose another day, or a file of traces.`);
  const about = { name: `${timelineName}, ${day}`, vms: workload.vms.length, steps: workload.steps, fromMs };
  return ok({ workload, about });
};

const dayOf = (engine: Engine, choice: WorkloadChoice): Answer<Day> =>
  choice.kind === 'file' ? fileDay(choice.name, choice.base64) : recordedDay(engine, choice.timeline, choice.at);

export const consolidateCalls = (engine: Engine): ConsolidateCalls => ({
  'consolidate.experiment': async ({ experiment, policies, workload }, watcher) => {
    const names = policies.length > 0 ? policies : COMPARED[experiment];
    const trials = names.map((policy) => ({ experiment, policy, param: null, seed: 'cloudsim' }));
    for (const trial of trials) {
      const fault = trialFault(trial);
      if (fault !== null) return bad(`${fault}.`);
    }
    const day = dayOf(engine, workload);
    if (!day.ok) return day;
    const orders = trials.map((trial) => ({ workload: day.value.workload, trial, says: trial.policy }));
    const outcomes = await runTrials(engine.runJob, orders, watcher);
    return outcomes.ok ? ok(reportOf(experiment, day.value.about, outcomes.value)) : outcomes;
  },
  'consolidate.plan': async (order, watcher) => {
    const { log, runJob, changedByJob } = engine;
    if (order.branch !== null && log.readOnly) {
      const sentence = `${log.path} is open for reading only. Copy it to where you may write.`;
      return err({ code: 'read_only', sentence });
    }
    const plan = await runJob('consolidate', { logPath: log.path, order }, watcher);
    if (order.branch !== null) changedByJob();
    return plan;
  },
});
