// The plan for the window's timeline and instant, asked again when either changes.
import type { PlanReport } from '../../domain/consolidation/live/report.ts';
import { useDesk } from './desk.ts';
import { planSettings } from './run-consolidate.ts';
import { type Answer, useLatest } from './use-latest.ts';

export const usePlan = (): Answer<PlanReport> => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const ready = desk.log.value !== null;
  return useLatest(
    'consolidate.plan',
    ready
      ? {
          timeline,
          at: desk.player.settled.value,
          settings: planSettings(desk.consolidation.keepN1.value),
          branch: null,
        }
      : null,
    timeline,
  );
};
