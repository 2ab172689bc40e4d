// The report of the question a person is at: of what the place has on show, else of the cluster at this instant.
import type { Failure } from '../../domain/contract/port.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { instant } from '../../domain/base/brand.ts';
import { isoInstant } from '../../domain/base/time.ts';
import { comparisonReport } from '../../domain/report/comparison-report.ts';
import { consolidationPlanReport, policiesReport } from '../../domain/report/consolidation-report.ts';
import type { Document, Provenance } from '../../domain/report/document.ts';
import { drillReport } from '../../domain/report/drill-report.ts';
import { planReport } from '../../domain/report/plan-report.ts';
import { otherSide, type Side, thisSide } from './compare-sides.ts';
import type { Desk } from './desk.ts';
import { planSettings } from './run-consolidate.ts';
import { clock } from '../../domain/readout/words.ts';

type Made = Promise<Result<Document, Failure>>;

const provenanceOf = (desk: Desk, at: number): Provenance => ({
  log: desk.log.peek()?.name ?? null,
  timeline: desk.timeline.peek(),
  at: isoInstant(instant(at)),
  seq: null,
  hash: null,
});

const sideName = ({ timeline, at }: Side): string => `${timeline} at ${clock(at.at)}Z`;

const comparison = async (desk: Desk, provenance: Provenance): Made => {
  const b = thisSide(desk);
  const a = otherSide(desk, b.at);
  const diff = await desk.client.call('view.diff', { a, b });
  return diff.ok ? ok(comparisonReport(diff.value, [sideName(a), sideName(b)], provenance)) : err(diff.error);
};

const consolidation = async (desk: Desk, provenance: Provenance): Made => {
  const view = desk.consolidation;
  const ran = view.ran.peek();
  if (view.tab.peek() === 'policies' && ran !== null) return ok(policiesReport(ran.report, provenance));
  const timeline = desk.timeline.peek();
  const applied = view.applied.peek().get(timeline);
  if (applied !== undefined) return ok(consolidationPlanReport(applied, provenance));
  const settings = planSettings(view.keepN1.peek());
  const at = desk.player.settled.peek();
  const plan = await desk.client.call('consolidate.plan', { timeline, at, settings, branch: null });
  return plan.ok ? ok(consolidationPlanReport(plan.value, provenance)) : err(plan.error);
};

/** Made anew whenever it is asked for; what the place shows already is not asked again. */
export const reportOf = async (desk: Desk): Made => {
  const at = desk.player.settled.peek();
  const provenance = provenanceOf(desk, at.at);
  const place = desk.place.peek();
  const drill = desk.drill.peek();
  const plan = desk.migrate.plan.peek();
  if (place === 'drill' && drill !== null) return ok(drillReport(drill, provenance));
  if (place === 'migrate' && plan !== null) {
    const { timeline, seq, hash, release } = plan.made;
    // Of the state it was made on, wherever the desk has gone since.
    return ok(
      planReport(plan, plan.checker, plan.cpu, { log: provenance.log, timeline, at: plan.at, seq, hash }, release),
    );
  }
  if (place === 'consolidate') return consolidation(desk, provenance);
  if (place === 'compare') return comparison(desk, provenance);
  const answer = await desk.client.call('report.cluster', { timeline: desk.timeline.peek(), at });
  return answer.ok ? ok(answer.value) : err(answer.error);
};
