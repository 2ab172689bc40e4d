// Beside the policies: what the chosen one gains, what a plan for this instant does, and the way to a branch.
import type { Before, Move, PlanReport, Safety } from '../../domain/consolidation/live/report.ts';
import type { ConsolidationReport, PolicyRow } from '../../domain/consolidation/experiment-report.ts';
import { chosenPolicy } from '../places/consolidate.tsx';
import { useDesk } from '../session/desk.ts';
import { applyPlan } from '../session/run-consolidate.ts';
import { policyWords } from '../session/policy-words.ts';
import { usePlan } from '../session/use-plan.ts';
import { brief, clock, count, duration, plural } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { Facts } from './facts.tsx';

const MOVES_SHOWN = 6;
const REASONS_SHOWN = 4;

const against = (row: PolicyRow, base: PolicyRow): string => {
  const saved = base.energyKwh - row.energyKwh;
  const share = Math.round((Math.abs(saved) / base.energyKwh) * 100);
  return `${Math.abs(saved).toFixed(0)} kWh ${saved >= 0 ? 'less' : 'more'} than ${base.policy}, ${share} %`;
};

const percent = (share: number, digits: number): string => {
  const least = 10 ** -digits;
  if (share === 0) return '0';
  return share * 100 < least ? `< ${least} %` : `${(share * 100).toFixed(digits)} %`;
};

/** What the table of policies has no room for. */
const suffered = (row: PolicyRow): readonly (readonly [string, string])[] => [
  ['hosts above 80 % CPU (AOTF)', percent(row.aotf, 2)],
  ['lacked while moving (PDM)', percent(row.pdm, 4)],
  ['kWh × SLAV (ESV)', row.esv === 0 ? '0' : row.esv.toPrecision(3)],
  ['memory sent', `${count(row.movedGB)} GB`],
  ['a migration takes', row.meanMigrationS === null ? 'none' : duration(row.meanMigrationS * 1000)],
];

const Policy = ({ report }: { readonly report: ConsolidationReport }) => {
  const desk = useDesk();
  const name = chosenPolicy(report, desk.consolidation.policy.value);
  const row = report.rows.find((r) => r.policy === name);
  if (row === undefined) return null;
  const base = report.rows.find((r) => r.policy === 'dvfs' && r !== row);
  return (
    <section data-testid="policy">
      <div class="title">
        <h2>{row.policy}</h2>
        {row.onFront && <span class="badge neu">no other beats it</span>}
      </div>
      <p class="ink-2">
        {policyWords(row.policy)}. {base !== undefined && <b>{against(row, base)}.</b>}{' '}
        {row.overBound !== null && `${(row.overBound * 100).toFixed(1)} % above what no placement can beat. `}
        {plural(row.migrations, 'migration')} in the day.
      </p>
      <Facts facts={suffered(row)} />
    </section>
  );
};

const safety = ({ safe, failures, of }: Safety): string =>
  safe === true ? `kept, each of ${of}` : safe === null ? 'undecided' : `${failures} of ${of} strand VMs`;

const MoveRow = ({ move }: { readonly move: Move }) => {
  const desk = useDesk();
  return (
    <tr>
      <td>
        <button type="button" class="link strong" title={move.name} onClick={() => desk.select(`vm:${move.vm}`)}>
          {move.name}
        </button>
      </td>
      <td class="muted">
        {move.source} → {move.dest}
      </td>
      <td class="right" title={`takes ${duration(move.seconds * 1000)}`}>
        {brief(move.seconds * 1000)}
      </td>
    </tr>
  );
};

const changed = (before: Before, after: Before, of: (b: Before) => string): string => {
  const [now, then] = [of(before), of(after)];
  return now === then ? now : `${now} → ${then}`;
};

const Plan = ({ plan }: { readonly plan: PlanReport }) => {
  const desk = useDesk();
  const { before, after, moves, asleep } = plan;
  return (
    <>
      <section data-testid="plan">
        <h3>
          Plan at {clock(Date.parse(plan.at))}Z
          <small>
            {plural(moves.length, 'move')}, {plural(asleep.length, 'host')} to sleep
          </small>
        </h3>
        <p class="ink-2 verdict">{plan.verdict}</p>
        {moves.length > 0 && (
          <table class="rows plan-moves">
            <tbody>
              {moves.slice(0, MOVES_SHOWN).map((m) => (
                <MoveRow key={m.order} move={m} />
              ))}
            </tbody>
          </table>
        )}
        {moves.length > MOVES_SHOWN && (
          <button type="button" class="link" onClick={() => (desk.consolidation.tab.value = 'plan')}>
            All {count(moves.length)} moves, host by host
          </button>
        )}
      </section>
      <section>
        <h3>
          Before and after <small>emptied hosts asleep</small>
        </h3>
        <Facts
          facts={[
            ['hosts on', changed(before, after, (b) => String(b.hostsOn))],
            ...(moves.length === 0
              ? []
              : [
                  [
                    plan.ordering.by === 'planner' ? 'all moves take' : 'all moves, one at a time',
                    duration(plan.ordering.makespanS * 1000),
                  ] as const,
                ]),
            ['power, assumed', changed(before, after, (b) => `${count(b.watts)} W`)],
            ...(before.crossBitsPerS === 0
              ? []
              : [
                  ['forwarding, cores', changed(before, after, (b) => b.forwardingCores.toFixed(1))] as const,
                  ['between hosts, Gbit/s', changed(before, after, (b) => (b.crossBitsPerS / 1e9).toFixed(1))] as const,
                ]),
            ['host failures before', safety(before.n1)],
            ['host failures after', safety(after.n1)],
            ['after, all hosts awake', safety(plan.awakeN1)],
          ]}
        />
        <label class="check">
          <input
            type="checkbox"
            checked={desk.consolidation.keepN1.value}
            onChange={(e) => (desk.consolidation.keepN1.value = e.currentTarget.checked)}
          />
          Empty no host that N+1 would miss
        </label>
      </section>
    </>
  );
};

const Refused = ({ plan }: { readonly plan: PlanReport }) => {
  const desk = useDesk();
  const kept = plan.hosts.filter((h) => h.fate === 'kept' && h.underload?.answer === true && !/it takes/.test(h.why));
  if (kept.length === 0) return null;
  return (
    <section>
      <h3>
        Considered and refused <small>{kept.length}</small>
      </h3>
      <ul class="refusals">
        {kept.slice(0, REASONS_SHOWN).map((h) => (
          <li key={h.host}>
            <Glyph name="warn" size={11} />
            <span>
              <button type="button" class="link strong" onClick={() => desk.select(`host:${h.host}`)}>
                {h.host}
              </button>{' '}
              {h.why}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};

const Apply = ({ plan }: { readonly plan: PlanReport }) => {
  const desk = useDesk();
  const view = desk.consolidation;
  const applying = view.applying.value;
  const failure = view.applyFailure.value;
  const drillIt = (): void => {
    const [worst] = plan.after.n1.worst;
    if (worst !== undefined) desk.faults.value = [worst.host];
    desk.place.value = 'drill';
  };
  return (
    <section>
      {failure !== null && <p class="failure">{failure.sentence}</p>}
      <div class="row wrap">
        {plan.branch !== null ? (
          <span class="badge chip branch-ink">
            <Glyph name="branch" size={11} />
            on this branch
          </span>
        ) : (
          <button
            type="button"
            class="btn primary"
            disabled={plan.moves.length === 0 || applying !== null || desk.log.value?.readOnly === true}
            onClick={() => void applyPlan(desk)}
            data-testid="apply-plan"
          >
            {applying === null ? 'Apply to branch' : 'Applying'}
          </button>
        )}
        <button type="button" class="btn" onClick={drillIt} data-testid="drill-plan">
          Drill it
        </button>
        {applying !== null && (
          <button type="button" class="btn" onClick={() => applying.stop.abort()}>
            Cancel
          </button>
        )}
      </div>
    </section>
  );
};

const Assumed = ({ plan }: { readonly plan: PlanReport }) => (
  <section>
    <h3>Assumed</h3>
    <ul class="small-print muted">
      {plan.assumptions.map((a) => (
        <li key={a}>{a}</li>
      ))}
    </ul>
  </section>
);

export const ConsolidateInspector = () => {
  const desk = useDesk();
  const report = desk.consolidation.ran.value?.report ?? null;
  const plan = usePlan();
  return (
    <>
      {report !== null && <Policy report={report} />}
      {plan.value === null && plan.pending && (
        <section>
          <p class="muted">Asking Neat's four questions of every host.</p>
        </section>
      )}
      {plan.failure !== null && (
        <section>
          <p class="failure">{plan.failure.sentence}</p>
        </section>
      )}
      {plan.value !== null && (
        <>
          <Plan plan={plan.value} />
          <Apply plan={plan.value} />
          <Refused plan={plan.value} />
          <Assumed plan={plan.value} />
        </>
      )}
    </>
  );
};
