// The report of a plan: what was considered, what holds it back, what it takes for granted, and what the checker says.
import type { PlanAnswer } from '../../domain/contract/contract.ts';
import { useDesk } from '../session/desk.ts';
import { capital, count, duration, plural } from '../../domain/readout/words.ts';
import { Facts } from '../panels/facts.tsx';

const List = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) =>
  lines.length === 0 ? null : (
    <section>
      <h3>{title}</h3>
      <ul>
        {lines.map((line) => (
          <li key={line}>{capital(line)}</li>
        ))}
      </ul>
    </section>
  );

const Stays = ({ plan }: { readonly plan: PlanAnswer }) => {
  const desk = useDesk();
  if (plan.blocked.length === 0) return null;
  return (
    <section>
      <h3>{plural(plan.blocked.length, 'VM')} that cannot leave</h3>
      <ul>
        {plan.blocked.map((b) => (
          <li key={b.vm}>
            <button type="button" class="link strong" onClick={() => desk.select(`vm:${b.vm}`)}>
              {b.name}
            </button>{' '}
            {b.reasons.map((r) => `${r.code}: ${r.detail}${r.fix === null ? '' : `. Fix: ${r.fix}`}`).join('; ')}
          </li>
        ))}
      </ul>
    </section>
  );
};

export const PlanReport = ({ plan }: { readonly plan: PlanAnswer }) => {
  const { report, checker } = plan;
  const { conflict, spare } = report;
  const refused = Object.entries(report.refused).toSorted(([, a], [, b]) => b - a);
  const facts = [
    ['considered', `${plural(report.considered.vms, 'VM')}, ${plural(report.considered.destinations, 'destination')}`],
    ['makespan', duration(plan.makespanMs)],
    ['no plan is shorter than', `${duration(plan.lowerBoundMs)}: ${report.lowerBound}`],
    ['destinations refused', refused.map(([code, n]) => `${code} ${count(n)}`).join(', ') || 'none'],
    ['chosen', report.chosen],
    ['checker', `${checker.ok ? 'accepts the plan' : 'refuses the plan'}: ${checker.notes.join('; ')}`],
    ...(spare === null ? [] : [['N+1', spare.note] as const]),
  ] as const;
  return (
    <div class="card grow" data-testid="plan-report">
      <div class="scroll report">
        <section>
          <h3>How it was planned</h3>
          <Facts facts={facts} />
        </section>
        <Stays plan={plan} />
        {conflict !== null && (
          <List
            title="Why they cannot all be placed"
            lines={[
              ...conflict.because,
              conflict.proof,
              ...(conflict.relaxation === null ? [] : [`it would help: ${conflict.relaxation}`]),
            ]}
          />
        )}
        <List title="Plans compared" lines={report.considered.plans} />
        <List title="Assumed, because no log tells" lines={report.assumptions} />
        <List title="Notes" lines={report.notes} />
      </div>
    </div>
  );
};
