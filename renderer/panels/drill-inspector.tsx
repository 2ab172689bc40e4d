// Beside a drill: before it, its clocks and who is at stake; after it, the verdict, the reasons and the recovery curve.
import { useMemo } from 'preact/hooks';
import type { DrillReport } from '../../domain/contract/contract.ts';
import { recoveryOption, type RecoveryLine } from '../charts/recovery.ts';
import { Chart } from '../charts/chart.tsx';
import { useDesk } from '../session/desk.ts';
import { duration, moment, plural } from '../../domain/readout/words.ts';
import { AddVm } from './add-vm.tsx';
import { ClockForm, clockFacts } from './drill-clocks.tsx';
import { Facts } from './facts.tsx';

const REASONS_SHOWN = 8;
const OTHERS_DRAWN = 3;

const AtStake = () => {
  const desk = useDesk();
  const failing = new Set(desk.faults.value);
  const vms = desk.picture.value?.hosts.filter((h) => failing.has(h.name)).flatMap((h) => h.vms) ?? [];
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
      <ClockForm />
      <AddVm />
    </>
  );
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
              <td class="ink-2">{v.cause}</td>
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
  const option = useMemo(() => recoveryOption(lines, cursorMin), [lines, cursorMin]);
  const back = report.vms.filter((v) => v.downMs !== null).length;
  return (
    <section>
      <h3>
        Recovered VMs over time
        {others.length > 0 && <small>dashed: {others.map(([name]) => name).join(', ')}</small>}
      </h3>
      <Chart label={`${back} of ${report.vms.length} VMs back over time`} height={150} option={option} />
    </section>
  );
};

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
      <NotBack report={report} />
      {back && <Curve report={report} />}
      <section>
        <h3>
          Clocks of this drill <small>options, or assumed</small>
        </h3>
        <Facts facts={clockFacts(report.settings)} />
      </section>
      <section>
        <Facts
          facts={[
            ['down, median', s.downMsMedian === null ? '–' : duration(s.downMsMedian)],
            ['down, longest', s.downMsMax === null ? '–' : duration(s.downMsMax)],
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
