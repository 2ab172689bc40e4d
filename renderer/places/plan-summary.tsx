// The plan in one strip: how many move how, who stays, and how long against the shortest any plan could be.
import type { PlanAnswer } from '../../domain/contract/contract.ts';
import { PlanActions } from '../panels/runbook.tsx';
import { duration, percent } from '../../domain/readout/words.ts';

const KINDS = [
  ['live', 'as planned', ''],
  ['cold', 'stopped meanwhile', ''],
  ['stop', 'stopped in place', 'warn-ink'],
] as const;

export const PlanSummary = ({ plan }: { readonly plan: PlanAnswer }) => {
  const moved = (kind: string): number => new Set(plan.moves.filter((m) => m.kind === kind).map((m) => m.vm)).size;
  const stays = plan.blocked.length;
  const share = plan.makespanMs === 0 ? 1 : plan.lowerBoundMs / plan.makespanMs;
  const firstStay = plan.blocked[0];
  return (
    <div class="card plan-summary" data-testid="plan-summary">
      {KINDS.filter(([kind]) => kind !== 'stop' || moved('stop') > 0).map(([kind, says, tone]) => (
        <div key={kind}>
          <p class={tone}>
            <b>{moved(kind)}</b> {kind}
          </p>
          <small>{says}</small>
        </div>
      ))}
      <div>
        <p class={stays > 0 ? 'critical-ink' : ''}>
          <b>{stays}</b> {stays === 1 ? 'stays' : 'stay'}
        </p>
        <small title={firstStay?.reasons[0]?.detail}>
          {firstStay === undefined
            ? plan.drained.length > 0
              ? 'every VM leaves'
              : plan.feasible
                ? 'the goal is reached'
                : 'the goal is not reached'
            : `${firstStay.name}: ${firstStay.reasons[0]?.code ?? 'no reason'}`}
        </small>
      </div>
      <div class="makespan">
        <p>
          <span>Makespan</span> <b>{duration(plan.makespanMs)}</b>
        </p>
        <span class="span-bar" title={plan.report.lowerBound}>
          <i style={{ width: '100%' }} />
          <em style={{ left: `${Math.min(100, share * 100)}%` }} />
        </span>
        <small>
          {share > 0.995
            ? 'no plan could be shorter'
            : `lower bound ${duration(plan.lowerBoundMs)}, ${percent(1 / Math.max(share, 1e-9) - 1)} above it`}
        </small>
      </div>
      <PlanActions />
    </div>
  );
};
