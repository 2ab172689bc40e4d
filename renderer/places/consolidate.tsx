// Consolidate: policies side by side over a day, the front nobody beats, and a plan for this instant host by host.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { toBase64 } from '../../domain/base/base64.ts';
import type { ConsolidationReport } from '../../domain/consolidation/experiment-report.ts';
import { TALK_ASSUMED } from '../../domain/consolidation/network/talk.ts';
import { Chart } from '../charts/chart.tsx';
import { courseOption, paretoAxis, paretoOption } from '../charts/policies.ts';
import { Segments } from '../panels/segments.tsx';
import type { CourseMeasure } from '../session/consolidate-view.ts';
import { useDesk } from '../session/desk.ts';
import { questionOf, runPolicies } from '../session/run-consolidate.ts';
import { usePlan } from '../session/use-plan.ts';
import { count, day, plural } from '../../domain/readout/words.ts';
import { PlanReview } from './plan-review.tsx';
import { PolicyTable } from './policy-table.tsx';

const MEASURES: readonly (readonly [CourseMeasure, string])[] = [
  ['hostsOn', 'Active hosts'],
  ['energyKwh', 'Energy'],
  ['slatah', 'SLATAH'],
  ['migrations', 'Migrations'],
  ['networkCores', 'Network CPU'],
];
const SPAN: Readonly<Record<CourseMeasure, string>> = {
  hostsOn: 'every 5 minutes',
  energyKwh: 'from the beginning of the day',
  slatah: 'from the beginning of the day',
  migrations: 'from the beginning of the day',
  networkCores: 'cores, for assumed traffic',
};
const DAY_MS = 86_400_000;
const CHART_HEIGHT = 220;

/** The policy told about until one is chosen: the cheapest that no other beats. */
export const chosenPolicy = (report: ConsolidationReport, chosen: string | null): string =>
  report.rows.find((r) => r.policy === chosen)?.policy ??
  report.rows.filter((r) => r.onFront).toSorted((a, b) => a.energyKwh - b.energyKwh)[0]?.policy ??
  '';

const TRACES = /\.csv(\.gz)?$/i;

/** Traces dropped here are compared, not imported: the drop is taken before the window's own. */
const useDrop = (take: (file: File | undefined) => Promise<void>): void => {
  useEffect(() => {
    const drop = (e: DragEvent): void => {
      const [file] = e.dataTransfer?.files ?? [];
      if (file === undefined || e.dataTransfer?.files.length !== 1 || !TRACES.test(file.name)) return;
      e.preventDefault();
      e.stopImmediatePropagation();
      // The window took the drag for an import: it learns that it has left.
      window.dispatchEvent(new DragEvent('dragleave'));
      void take(file);
    };
    window.addEventListener('drop', drop, { capture: true });
    return () => window.removeEventListener('drop', drop, { capture: true });
  }, []);
};

const TraceFile = () => {
  const view = useDesk().consolidation;
  const input = useRef<HTMLInputElement>(null);
  const file = view.file.value;
  const take = async (chosen: File | undefined): Promise<void> => {
    if (chosen === undefined) return;
    view.file.value = { name: chosen.name, base64: toBase64(new Uint8Array(await chosen.arrayBuffer())) };
  };
  useDrop(take);
  return (
    <>
      <div class="seg" role="radiogroup" aria-label="Whose CPU traces">
        <button
          type="button"
          role="radio"
          aria-checked={file === null}
          class={file === null ? 'on' : ''}
          onClick={() => (view.file.value = null)}
        >
          Record
        </button>
        <button
          type="button"
          role="radio"
          aria-checked={file !== null}
          class={file === null ? '' : 'on'}
          title="A day of traces as CSV, plain or gzipped, such as a PlanetLab day"
          onClick={() => input.current?.click()}
        >
          {file?.name ?? 'File…'}
        </button>
      </div>
      <input
        ref={input}
        type="file"
        hidden
        accept=".csv,.gz"
        aria-label="A file of CPU traces"
        data-testid="trace-file"
        onChange={(e) => {
          void take(e.currentTarget.files?.[0]);
          e.currentTarget.value = '';
        }}
      />
    </>
  );
};

const RunState = () => {
  const desk = useDesk();
  const view = desk.consolidation;
  const running = view.running.value;
  if (running === null) {
    const isNew = view.ran.value?.question !== questionOf(desk);
    return (
      <button
        type="button"
        class={`btn small ${isNew ? 'primary' : ''}`}
        onClick={() => void runPolicies(desk)}
        data-testid="run-policies"
      >
        {isNew ? 'Run policies' : 'Run again'}
      </button>
    );
  }
  const { progress } = running;
  return (
    <>
      <p class="late" data-testid="run-progress" title={progress === null ? undefined : `${progress.says} is running`}>
        {progress === null ? 'Reading traces.' : `${progress.done} of ${progress.total ?? '?'} done`}
      </p>
      <progress max={progress?.total ?? 1} value={progress?.done ?? 0} aria-label="Policies done" />
      <button type="button" class="btn small" onClick={() => running.stop.abort()} data-testid="cancel-policies">
        Cancel
      </button>
    </>
  );
};

const Charts = ({ report, chosen }: { readonly report: ConsolidationReport; readonly chosen: string }) => {
  const desk = useDesk();
  const { measure } = desk.consolidation;
  const { fromMs } = report.workload;
  const now = desk.player.settled.value.at;
  const cursorMs = fromMs !== null && now >= fromMs && now < fromMs + DAY_MS ? now - fromMs : null;
  const course = useMemo(
    () => courseOption(report, measure.value, chosen, cursorMs),
    [report, measure.value, chosen, cursorMs],
  );
  const pareto = useMemo(() => paretoOption(report, chosen), [report, chosen]);
  const words = MEASURES.find(([id]) => id === measure.value)?.[1] ?? '';
  return (
    <>
      <div class="card">
        <h2>
          <Segments
            label="What is drawn over the day"
            value={measure.value}
            choices={MEASURES}
            onChoose={(m) => (measure.value = m)}
          />
          <small class="span" title={measure.value === 'networkCores' ? TALK_ASSUMED : undefined}>
            {SPAN[measure.value]}
          </small>
        </h2>
        <Chart label={`${words} of each policy over the day`} height={CHART_HEIGHT} option={course} />
      </div>
      <div class="card">
        <h2>
          Energy against {paretoAxis(report.rows) === 'slav' ? 'SLA violation' : 'CPU not given'}
          <small class="span">lower left is better</small>
        </h2>
        <Chart label="Energy against SLA violation, one mark a policy" height={CHART_HEIGHT} option={pareto} />
      </div>
    </>
  );
};

const Policies = () => {
  const desk = useDesk();
  const view = desk.consolidation;
  const report = view.ran.value?.report ?? null;
  if (report === null) {
    return (
      <div class="card grow">
        <p class="empty pad-all">
          {view.running.value === null
            ? 'No policy has run on these traces yet. Run policies to compare them.'
            : 'The policies are running on the traces, shared out among threads.'}
        </p>
      </div>
    );
  }
  const chosen = chosenPolicy(report, view.policy.value);
  return (
    <div class="consolidate-grid">
      <div class={`card wide ${view.running.value === null ? '' : 'late-bar'}`}>
        <div class="scroll">
          <PolicyTable report={report} chosen={chosen} onChoose={(policy) => (view.policy.value = policy)} />
        </div>
        {report.boundKwh !== null && (
          <p class="pad muted small-print">
            No placement could use less than {report.boundKwh.toFixed(1)} kWh: RAM and CPU packed without loss onto the
            hosts that give most for a watt, interval by interval.
          </p>
        )}
      </div>
      <Charts report={report} chosen={chosen} />
    </div>
  );
};

const Subtitle = () => {
  const desk = useDesk();
  const view = desk.consolidation;
  const report = view.ran.value?.report ?? null;
  if (view.tab.value === 'plan')
    return (
      <p class="figures">
        <span>This cluster at this instant: Neat's four questions, host by host.</span>
      </p>
    );
  if (report === null)
    return (
      <p class="figures">
        <span>{day(desk.player.settled.value.at)}</span>
        <span>the record's own CPU telemetry</span>
      </p>
    );
  const { name, vms } = report.workload;
  return (
    <p
      class="figures"
      title="Traces are the record's; machines are CloudSim's: 800 hosts of two kinds, four kinds of VM"
    >
      <span>{name}</span>
      <span>{plural(vms, 'VM')}</span>
      <span>CloudSim's {count(report.hosts)} hosts</span>
      <span>{report.rows.length === 1 ? 'one policy' : `${report.rows.length} policies`}</span>
    </p>
  );
};

export const ConsolidatePlace = () => {
  const desk = useDesk();
  const view = desk.consolidation;
  const plan = usePlan();
  const question = questionOf(desk);
  const isRun = view.ran.value?.question === question;
  // The first look, and every choice of other traces or rules, runs by itself; a stop or a failure waits for a click.
  const asked = useRef<string | null>(null);
  useEffect(() => {
    if (isRun || asked.current === question || desk.log.value === null) return;
    view.running.peek()?.stop.abort();
    if (view.running.peek() !== null) return;
    asked.current = question;
    void runPolicies(desk);
  }, [question, isRun, desk.log.value, view.running.value]);
  const tab = view.tab.value;
  return (
    <>
      <div class="top">
        <h1>Consolidate</h1>
        <Segments
          label="What is shown"
          value={tab}
          choices={[
            ['policies', 'Policies'],
            ['plan', 'Plan'],
          ]}
          onChoose={(t) => (view.tab.value = t)}
        />
        {view.running.value === null ? <Subtitle /> : <span class="spring" />}
        {tab === 'policies' && (
          <>
            <Segments
              label="Whose rules"
              value={view.experiment.value}
              choices={[
                ['honest', 'Honest'],
                ['cloudsim', 'CloudSim'],
              ]}
              onChoose={(e) => (view.experiment.value = e)}
            />
            <TraceFile />
            <RunState />
          </>
        )}
      </div>
      {tab === 'policies' && view.failure.value !== null && <p class="notice bad">{view.failure.value.sentence}</p>}
      {tab === 'policies' && <Policies />}
      {tab === 'plan' && plan.failure !== null && <p class="notice bad">{plan.failure.sentence}</p>}
      {tab === 'plan' && plan.value !== null && <PlanReview plan={plan.value} />}
      {tab === 'plan' && plan.value === null && plan.failure === null && (
        <p class="late">Asking Neat's four questions.</p>
      )}
    </>
  );
};
