// Beside a drill: before it, its clocks and who is at stake; after it, the verdict, the reasons and the recovery curve.
import { useMemo, useState } from 'preact/hooks';
import type { DrillReport } from '../../domain/contract/contract.ts';
import { recoveryOption, type RecoveryLine } from '../charts/recovery.ts';
import { Chart } from '../charts/chart.tsx';
import { useDesk } from '../session/desk.ts';
import { hostsHit, withRacksOf } from '../session/drill-picks.ts';
import { brief, duration, moment, plural } from '../../domain/readout/words.ts';
import { AddVm } from './add-vm.tsx';
import { ClockForm, clockFacts } from './drill-clocks.tsx';
import { type Fact, Facts } from './facts.tsx';

const REASONS_SHOWN = 8;
const OTHERS_DRAWN = 3;
const GROUPS_SHOWN = 6;
const MIN_MS = 60_000;

const AtStake = () => {
  const desk = useDesk();
  const shown = desk.picture.value;
  const picture = shown && withRacksOf(shown, desk.plan.racks.value?.of ?? null);
  const failing = new Set(picture === null ? [] : hostsHit(picture, desk.faults.value, desk.plan.steps.value));
  const vms = picture?.hosts.filter((h) => failing.has(h.name)).flatMap((h) => h.vms) ?? [];
  const of = (storage: string | null): number => vms.filter((v) => v.storage === storage).length;
  if (failing.size === 0) {
    return (
      <section>
        <p class="ink-2">
          A drill fails hosts at this instant on a branch of its own, and plays what Nova would do: detection, fencing,
          evacuation VM by VM. The record stays as it is.
        </p>
      </section>
    );
  }
  return (
    <section>
      <h3>At stake</h3>
      <Facts
        facts={[
          ['VMs on failing hosts', String(vms.length)],
          ['on shared storage or volumes', String(of('shared') + of('volume'))],
          ['on local disk, re-created empty', String(of('local'))],
          ...(of(null) > 0 ? [['storage unknown', String(of(null))] as const] : []),
        ]}
      />
    </section>
  );
};

/** What else happens, as a script of steps; the engine says what it does not understand when the drill is run. */
const Steps = () => {
  const { plan } = useDesk();
  return (
    <section>
      <h3>What else happens, and when</h3>
      <textarea
        class="script"
        aria-label="Fault script, a step a line"
        rows={3}
        spellcheck={false}
        placeholder={'at +5m return compute-7\nslow nic compute-2 to 10%'}
        value={plan.steps.value.join('\n')}
        onInput={(e) => (plan.steps.value = e.currentTarget.value === '' ? [] : e.currentTarget.value.split('\n'))}
      />
    </section>
  );
};

const Plan = () => {
  const desk = useDesk();
  const at = desk.player.at.value;
  return (
    <>
      <section>
        <div class="title">
          <h2>What if they failed</h2>
        </div>
        <p class="ink-2">
          At {moment(at.at)}, from {desk.timeline.value}.
        </p>
      </section>
      <AtStake />
      <Steps />
      <ClockForm />
      <AddVm />
    </>
  );
};

/** A NoValidHost names three hosts and counts the rest: the nearest one is enough beside a list of VMs. */
const firstReason = (cause: string): string => {
  const [first = cause, ...more] = cause.split('; ');
  return more.length === 0 ? first : `${first}; …`;
};

const NotBack = ({ report }: { readonly report: DrillReport }) => {
  const desk = useDesk();
  const bad = report.vms.filter((v) => v.downMs === null);
  if (bad.length === 0) return null;
  return (
    <section data-testid="not-back">
      <h3>
        Why {bad.length === 1 ? 'one does' : `${bad.length} do`} not come back
        {bad.length > REASONS_SHOWN && <small>first {REASONS_SHOWN}</small>}
      </h3>
      <table class="rows reasons">
        <tbody>
          {bad.slice(0, REASONS_SHOWN).map((v) => (
            <tr key={v.vm}>
              <td>
                <button type="button" class="link strong" onClick={() => desk.select(`vm:${v.vm}`)}>
                  {v.name}
                </button>
                <div class="muted">{v.outcome}</div>
              </td>
              <td class="ink-2" title={v.cause}>
                {firstReason(v.cause)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

/** Tags and server groups, the one longest without anybody serving first. */
const Together = ({ report }: { readonly report: DrillReport }) => {
  if (report.groups.length === 0) return null;
  const none = (ms: number | null): string => (ms === null ? 'for good' : ms === 0 ? 'never' : brief(ms));
  return (
    <section data-testid="together">
      <h3>
        Who serves together
        {report.groups.length > GROUPS_SHOWN && (
          <small>
            worst {GROUPS_SHOWN} of {report.groups.length}
          </small>
        )}
      </h3>
      <table class="rows reasons">
        <thead>
          <tr>
            <th>tag or group</th>
            <th class="right">hit</th>
            <th class="right">longest</th>
            <th class="right">nobody</th>
          </tr>
        </thead>
        <tbody>
          {report.groups.slice(0, GROUPS_SHOWN).map((g) => (
            <tr key={`${g.by} ${g.name}`}>
              <td title={g.by}>{g.name}</td>
              <td class="right">
                {g.hit} of {g.vms}
              </td>
              <td class="right">{g.notBack > 0 ? `${g.notBack} not back` : none(g.downMsMax)}</td>
              <td class={`right ${g.allDownMs === null ? 'critical-ink' : ''}`}>{none(g.allDownMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
};

const Curve = ({ report }: { readonly report: DrillReport }) => {
  const desk = useDesk();
  const others = desk.drills.othersLike(desk.log.value?.path ?? '', desk.timeline.value, report).slice(0, OTHERS_DRAWN);
  const key = others.map(([name]) => name).join('\n');
  const lines = useMemo<readonly RecoveryLine[]>(
    () => [
      { name: desk.timeline.peek(), outcome: report, here: true },
      ...others.map(([name, outcome]) => ({ name, outcome, here: false })),
    ],
    [report, key],
  );
  const cursorMin = (desk.player.settled.value.at - Date.parse(report.summary.at)) / 60_000;
  const [goalMin, setGoalMin] = useState<number | null>(null);
  const option = useMemo(() => recoveryOption(lines, cursorMin, goalMin), [lines, cursorMin, goalMin]);
  const back = report.vms.filter((v) => v.downMs !== null).length;
  const within = (min: number): number =>
    report.vms.filter((v) => v.downMs !== null && v.downMs <= min * MIN_MS).length;
  return (
    <section>
      <h3>
        Recovered VMs over time
        {others.length > 0 && <small>dashed: {others.map(([name]) => name).join(', ')}</small>}
      </h3>
      <Chart label={`${back} of ${report.vms.length} VMs back over time`} height={150} option={option} />
      <label class="field goal">
        <span data-testid="within-goal">
          {goalMin === null ? 'recovery goal' : `${within(goalMin)} of ${report.vms.length} within the goal`}
        </span>
        <input
          type="number"
          min="0"
          step="any"
          aria-label="Recovery goal in minutes"
          onInput={(e) => {
            const n = e.currentTarget.valueAsNumber;
            setGoalMin(Number.isFinite(n) && n > 0 ? n : null);
          }}
        />
        <em>min</em>
      </label>
    </section>
  );
};

/** What the cluster was taken to be, where that is not as the log has it. */
const premiseFacts = (assume: DrillReport['asked']['assume']): readonly Fact[] => [
  ...(assume?.release ? [['rules of Nova', assume.release] as const] : []),
  ...(assume?.racks ? [['racks', `${new Set(Object.values(assume.racks)).size} of a list`] as const] : []),
];

const Report = ({ report }: { readonly report: DrillReport }) => {
  const s = report.summary;
  const back = report.vms.some((v) => v.downMs !== null);
  return (
    <>
      <section>
        <div class="title">
          <h2>{s.failed.length === 1 ? `${s.failed[0]} fails` : `${plural(s.failed.length, 'host')} fail`}</h2>
        </div>
        <p class="ink-2 verdict" data-testid="verdict">
          {s.verdict}
        </p>
      </section>
      {back && <Curve report={report} />}
      <Together report={report} />
      <NotBack report={report} />
      <section>
        <h3>
          Clocks of this drill <small>options, or assumed</small>
        </h3>
        <Facts facts={[...premiseFacts(report.asked.assume), ...clockFacts(report.settings)]} />
      </section>
      <section>
        <Facts
          facts={[
            ['down, median', s.downMsMedian === null ? '–' : duration(s.downMsMedian)],
            ['down, longest', s.downMsMax === null ? '–' : duration(s.downMsMax)],
            ...(report.network.ports === 0
              ? []
              : [
                  ['ports bound anew', String(report.network.ports)] as const,
                  ['FDB messages, received', `${report.network.fdbMessages}, ${report.network.deliveries}`] as const,
                ]),
            [
              'last one reached again',
              report.network.reachedMsMax === null ? '–' : duration(report.network.reachedMsMax),
            ],
            ['events on the branch', String(s.events)],
          ]}
        />
      </section>
    </>
  );
};

export const DrillInspector = () => {
  const report = useDesk().drill.value;
  return report === null ? <Plan /> : <Report report={report} />;
};
