// Calls about moving VMs: who can go where, how one move goes, and plans.
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { At } from '../../domain/contract/contract.ts';
import { planCpu } from '../../domain/planning/host-cpu.ts';
import { liveBytesPerS } from '../../domain/planning/jobs.ts';
import { linkLoads } from '../../domain/planning/link-load.ts';
import { blockerMatrix } from '../../domain/planning/matrix.ts';
import { predictMove } from '../../domain/planning/move-prediction.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';
import { withKnownClocks, withKnownNics } from '../../domain/planning/resolve.ts';
import { runbook } from '../../domain/planning/runbook.ts';
import type { ClusterState } from '../../domain/readout/state.ts';
import { type Surroundings, surroundingsOf } from '../../domain/scheduling/blockers-hardware.ts';
import type { Answer } from '../work/watcher.ts';
import type { Handlers } from './call.ts';
import { type Engine, placeOf } from './engine.ts';

type PlanningCalls = Pick<Handlers, 'plan.check' | 'plan.predict' | 'plan.make'>;

const told = <T>(result: Result<T, string>): Answer<T> =>
  result.ok ? result : err({ code: 'bad_input', sentence: result.error });

export const planningCalls = (engine: Engine): PlanningCalls => {
  const seenAt = (timeline: string, at: At | null): Answer<{ state: ClusterState; around: Surroundings }> => {
    const place = placeOf(engine, { timeline, at });
    if (!place.ok) return place;
    const { histories } = engine;
    const state = histories.stateAt(place.value.timeline, place.value.cut);
    return ok({ state, around: surroundingsOf(histories.seek(place.value.timeline, place.value.cut).cluster) });
  };
  return {
    'plan.check': ({ timeline, at, nicBitsPerS, ...question }) => {
      const seen = seenAt(timeline, at);
      if (!seen.ok) return seen;
      const link = liveBytesPerS({ ...PLAN_DEFAULTS, nicBitsPerS });
      return told(blockerMatrix(seen.value.state, seen.value.around, question, link));
    },
    'plan.predict': ({ timeline, at, vm, settings }) => {
      const seen = seenAt(timeline, at);
      if (!seen.ok) return seen;
      const options = withKnownClocks(
        seen.value.around,
        withKnownNics(seen.value.state, { ...PLAN_DEFAULTS, ...settings }),
      );
      return told(predictMove(seen.value.state, seen.value.around, vm, options));
    },
    'plan.make': async ({ settings, ...asked }, watcher) => {
      const { log, runJob, changedByJob } = engine;
      if (asked.branch !== null && log.readOnly) {
        const sentence = `${log.path} is open for reading only. Copy it to where you may write.`;
        return err({ code: 'read_only', sentence });
      }
      const order = { ...asked, options: { ...PLAN_DEFAULTS, ...settings } };
      const report = await runJob('plan', { logPath: log.path, order }, watcher);
      if (asked.branch !== null) changedByJob();
      if (!report.ok) return report;
      const { value } = report;
      return ok({
        ...value,
        runbook: runbook(value, value.at),
        loads: linkLoads(value.moves, PLAN_DEFAULTS.prepareMs),
        cpu: planCpu(value.moves, value.options),
      });
    },
  };
};
