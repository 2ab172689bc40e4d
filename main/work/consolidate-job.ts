// A consolidation plan from question to answer: state frozen at an instant, planned, and kept on a branch where one is wanted.
import { createHash } from 'node:crypto';
import { err, ok } from '../../domain/base/result.ts';
import { planFacts, scheduledFacts } from '../../domain/consolidation/live/facts.ts';
import { planConsolidation } from '../../domain/consolidation/live/plan.ts';
import type { PlanReport } from '../../domain/consolidation/live/report.ts';
import { LIVE_DEFAULTS, type LiveSettings } from '../../domain/consolidation/live/settings.ts';
import type { At } from '../../domain/contract/contract.ts';
import { factsOf } from '../../domain/planning/facts.ts';
import { surroundingsOf } from '../../domain/scheduling/blockers-hardware.ts';
import type { Log } from '../log/types.ts';
import { cpuHistory } from './cpu-history.ts';
import { cutAt } from './cut.ts';
import { historiesOf } from './histories.ts';
import { keepOnBranch } from './keep-branch.ts';
import type { Answer, Watcher } from './watcher.ts';

export type ConsolidateOrder = {
  readonly timeline: string;
  readonly at: At | null;
  readonly settings: Partial<LiveSettings>;
  /** Null: the plan is told and nothing is written. */
  readonly branch: string | null;
};

/** Detectors look at the newest samples; a day holds more of them than any asks for. */
const HISTORY_MS = 24 * 3_600_000;

/** Plans. Nothing is written unless all of it is, and never a plan that its own check refuses. */
export const runConsolidateJob = (log: Log, asked: ConsolidateOrder, watcher: Watcher): Answer<PlanReport> => {
  const timeline = log.timeline(asked.timeline);
  if (!timeline.ok) return timeline;
  const cut = cutAt(log, timeline.value, asked.at);
  if (!cut.ok) return cut;
  if (asked.branch !== null && log.timeline(asked.branch).ok) {
    const sentence = `There is already a timeline named ${asked.branch}. Choose another name for the branch.`;
    return err({ code: 'name_taken', sentence });
  }
  watcher.progress({ done: 0, total: 3, says: 'looking at the cluster' });
  const histories = historiesOf(log);
  const state = histories.stateAt(timeline.value, cut.value);
  const around = surroundingsOf(histories.seek(timeline.value, cut.value).cluster);
  watcher.progress({ done: 1, total: 3, says: 'reading CPU histories' });
  const cpu = cpuHistory(log, timeline.value, cut.value, { lengthMs: HISTORY_MS, stepMs: null });
  watcher.progress({ done: 2, total: 3, says: 'judging hosts' });
  const plan = planConsolidation({ state, cpu, settings: { ...LIVE_DEFAULTS, ...asked.settings }, around });
  if (!plan.ok) return err({ code: 'bad_input', sentence: plan.error });
  const { report, schedule } = plan.value;
  const { moves, asleep, violations } = report;
  if (asked.branch === null || moves.length === 0) return ok(report);
  const [violation] = violations;
  if (violation !== undefined)
    return err({
      code: 'bad_plan',
      sentence: `The plan does not hold at move ${violation.order}: ${violation.detail}.`,
    });
  const name = createHash('sha256')
    .update(JSON.stringify([cut.value, moves]))
    .digest('hex')
    .slice(0, 12);
  const facts =
    schedule === null
      ? planFacts(moves, asleep, cut.value.at, name)
      : scheduledFacts(factsOf(schedule, cut.value.at, name, state), asleep);
  const source = { id: `run:consolidate:${name}`, name: `consolidation ${name}`, format: 'plan' };
  const kept = keepOnBranch(log, { parent: timeline.value, cut: cut.value, branch: asked.branch }, source, facts);
  return kept.ok ? ok({ ...report, branch: asked.branch }) : kept;
};
