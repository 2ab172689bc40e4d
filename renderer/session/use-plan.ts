// The plan on show: that of the branch it was written onto, else one for the window's timeline and instant.
import type { PlanReport } from '../../domain/consolidation/live/report.ts';
import { useDesk } from './desk.ts';
import { planSettings } from './run-consolidate.ts';
import { type Answer, useLatest } from './use-latest.ts';

export const usePlan = (): Answer<PlanReport> => {
  const desk = useDesk();
  const timeline = desk.timeline.value;
  const applied = desk.consolidation.applied.value.get(timeline) ?? null;
  const asks = desk.log.value !== null && applied === null;
  const at = desk.player.settled.value;
  const settings = planSettings(desk.consolidation.keepN1.value);
  const asked = useLatest('consolidate.plan', asks ? { timeline, at, settings, branch: null } : null, timeline);
  return applied === null ? asked : { value: applied, failure: null, pending: false };
};
