// Drill: choose hosts to fail on the map, run it, and read lane by lane what follows.
import { useMemo, useState } from 'preact/hooks';
import type { DrillReport } from '../../domain/contract/contract.ts';
import { racksFromList } from '../../domain/drill/faults/failure-domains.ts';
import type { Picture } from '../../domain/readout/picture-types.ts';
import { Segments } from '../panels/segments.tsx';
import { type Desk, useDesk } from '../session/desk.ts';
import { hostsHit, toggleDomain, torStep, withRacksOf } from '../session/drill-picks.ts';
import { type Pick, PICKS } from '../session/drill-plan.ts';
import { runDrill, saveDrill } from '../session/run-drill.ts';
import { useLatest } from '../session/use-latest.ts';
import { clock, count, plural } from '../../domain/readout/words.ts';
import { ClusterMap } from '../surfaces/cluster-map.tsx';
import { Glyph } from '../surfaces/glyph.tsx';
import { Lanes } from '../surfaces/lanes.tsx';
import { BesideRecord } from './down-times.tsx';
import { OutcomeTable } from './outcome-table.tsx';
import { SweepCard } from './sweep.tsx';

const RunControls = () => {
  const desk = useDesk();
  const running = desk.plan.running.value;
  if (running === null) {
    return (
      <button
        type="button"
        class="btn small primary"
        disabled={
          (desk.faults.value.length === 0 && desk.plan.steps.value.every((step) => step.trim() === '')) ||
          desk.log.value?.readOnly === true
        }
        onClick={() => void runDrill(desk)}
        data-testid="run-drill"
      >
        Run drill
      </button>
    );
  }
  const { progress } = running;
  const total = progress?.total ?? null;
  return (
    <>
      <p class="late">
        {progress === null
          ? 'Starting.'
          : `${progress.says}: ${count(progress.done)}${total === null ? '' : ` of ${count(total)}`}`}
      </p>
      <button type="button" class="btn small" onClick={() => running.stop.abort()}>
        Cancel
      </button>
    </>
  );
};

const FAULTS_NAMED = 3;

const FaultBadge = ({ name, onRemove }: { readonly name: string; readonly onRemove: () => void }) => (
  <button type="button" class="badge bad" onClick={onRemove} aria-label={`Do not fail ${name}`} title="Take it out">
    <Glyph name="fault" size={11} />
    {name}
    <Glyph name="error" size={8} />
  </button>
);

const Faults = () => {
  const desk = useDesk();
  const { plan } = desk;
  const chosen = [
    ...desk.faults.value.map((host) => ({ name: host, remove: () => desk.toggleFault(host) })),
    ...plan.steps.value
      .filter((step) => step.trim() !== '')
      .map((step) => ({ name: step, remove: () => plan.toggleStep(step) })),
  ];
  if (chosen.length === 0) return <p>Choose what fails: click it on the map.</p>;
  return (
    <>
      {chosen.slice(0, FAULTS_NAMED).map(({ name, remove }) => (
        <FaultBadge key={name} name={name} onRemove={remove} />
      ))}
      {chosen.length > FAULTS_NAMED && (
        <button
          type="button"
          class="badge bad"
          title="Take all out"
          onClick={() => {
            desk.faults.value = [];
            plan.steps.value = [];
          }}
        >
          and {chosen.length - FAULTS_NAMED} more
        </button>
      )}
    </>
  );
};

const PICK_NAMES: Readonly<Record<Pick, string>> = { host: 'Host', rack: 'Rack', az: 'Zone', tor: 'Switch' };

/** Racks from a list of `host,rack` in place of the log's, for racks and switches that fail as one. */
const RacksFile = () => {
  const { plan } = useDesk();
  const { racks } = plan;
  if (racks.value !== null) {
    return (
      <button type="button" class="badge neu" title="Back to the log's racks" onClick={() => (racks.value = null)}>
        racks of {racks.value.from}
        <Glyph name="error" size={8} />
      </button>
    );
  }
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const list = racksFromList(await file.text());
    plan.failure.value = list.ok ? null : { code: 'bad_input', sentence: list.error };
    if (list.ok) racks.value = { from: file.name, of: list.value };
  };
  return (
    <label class="btn small file" title="A list of lines host,rack: what fails together, where the log does not say">
      Racks from a file
      <input
        type="file"
        data-testid="racks-file"
        onChange={(e) => {
          void read(e.currentTarget.files?.[0]);
          e.currentTarget.value = '';
        }}
      />
    </label>
  );
};

/** What a click picks, and what is not on the map: pools and Cinder backends. */
const PickBar = ({ picture }: { readonly picture: Picture }) => {
  const desk = useDesk();
  const { plan } = desk;
  const backends = [...new Set(desk.states.value.value?.volumes.flatMap((v) => v.backend ?? []))].sort();
  const others = [
    ...picture.pools.map((p) => ({ name: `pool ${p.name}`, step: `stop pool ${p.name}` })),
    ...backends.map((b) => ({ name: `backend ${b}`, step: `stop backend ${b}` })),
  ];
  return (
    <div class="pick-bar" data-testid="picks">
      <span>A click fails its</span>
      <Segments
        label="What a click on the map picks"
        value={plan.picks.value}
        choices={PICKS.map((pick) => [pick, PICK_NAMES[pick]] as const)}
        onChoose={(pick) => (plan.picks.value = pick)}
      />
      <RacksFile />
      {others.length > 0 && (
        <select
          aria-label="Also stop a pool or backend"
          value=""
          onChange={(e) => e.currentTarget.value !== '' && plan.toggleStep(e.currentTarget.value)}
        >
          <option value="">also stop…</option>
          {others.map(({ name, step }) => (
            <option key={step} value={step}>
              {plan.steps.value.includes(step) ? `not ${name}` : name}
            </option>
          ))}
        </select>
      )}
    </div>
  );
};

/** Takes a click on the map as the plan's next fault. */
const pickOnMap = (desk: Desk, picture: Picture, entity: string): void => {
  const host = picture.hosts.find((h) => `host:${h.name}` === entity || h.vms.some((v) => `vm:${v.id}` === entity));
  if (host === undefined) return;
  const pick = desk.plan.picks.peek();
  if (pick === 'host') return desk.toggleFault(host.name);
  if (pick === 'tor') return host.rack === null ? undefined : desk.plan.toggleStep(torStep(host.rack));
  desk.faults.value = toggleDomain(picture.hosts, desk.faults.peek(), host, pick);
};

const Plan = () => {
  const desk = useDesk();
  const racks = desk.plan.racks.value?.of ?? null;
  const shown = desk.picture.value;
  const picture = useMemo(() => shown && withRacksOf(shown, racks), [shown, racks]);
  const hit = picture === null ? [] : hostsHit(picture, desk.faults.value, desk.plan.steps.value);
  const failing = new Set(hit);
  const vms = picture?.hosts.filter((h) => failing.has(h.name)).reduce((n, h) => n + h.vms.length, 0) ?? 0;
  const failure = desk.plan.failure.value;
  return (
    <>
      <div class="top">
        <h1>Drill</h1>
        <Faults />
        {failing.size > 0 && (
          <p>
            {plural(vms, 'VM')} on {failing.size === 1 ? 'it' : 'them'}
          </p>
        )}
        <span class="spring" />
        <RunControls />
      </div>
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      {picture !== null && <PickBar picture={picture} />}
      {picture !== null && (
        <ClusterMap
          picture={picture}
          measure={desk.measure.value}
          groupBy={desk.plan.picks.value === 'az' ? 'az' : desk.groupBy.value}
          selected={desk.selection.value}
          faults={hit}
          label={`Hosts to fail, ${failing.size} chosen`}
          onPick={(entity) => pickOnMap(desk, picture, entity)}
        />
      )}
      <SweepCard />
    </>
  );
};

const Verdict = ({ report }: { readonly report: DrillReport }) => {
  const s = report.summary;
  const bad = s.stranded + s.lost + s.error;
  return (
    <>
      {bad > 0 && (
        <span class="badge bad">
          <Glyph name="clock" />
          {plural(bad, 'VM')} not back
        </span>
      )}
      {s.unreachable > 0 && (
        <span class="badge bad">
          <Glyph name="clock" />
          {plural(s.unreachable, 'VM')} not reached
        </span>
      )}
      {s.rebuilt > 0 && (
        <span class="badge wrn">
          <Glyph name="rebuild" />
          {plural(s.rebuilt, 'VM')} rebuilt, data lost
        </span>
      )}
      <span class="badge neu">
        <Glyph name="check" />
        {count(s.recovered)} of {plural(report.vms.length, 'VM')} recovered
      </span>
    </>
  );
};

const Report = ({ report }: { readonly report: DrillReport }) => {
  const desk = useDesk();
  const info = desk.timelineInfo.value;
  const timeline = desk.timeline.value;
  const faultAt = Date.parse(report.summary.at);
  const after = useLatest(
    'view.picture',
    info?.to === null || info === null ? null : { timeline, at: { at: info.to, seq: null } },
    timeline,
  );
  const [kept, setKept] = useState<string | null>(null);
  const [below, setBelow] = useState<'outcomes' | 'record'>('outcomes');
  const touched = useMemo(() => new Set(report.vms.map((v) => `vm:${v.vm}`)), [report]);
  const again = (): void => {
    desk.faults.value = report.asked.fail;
    desk.plan.steps.value = report.asked.script?.split('\n') ?? [];
    desk.plan.settings.value = report.settings;
    desk.plan.takePremises(report.asked.assume);
    desk.switchTo(info?.parent ?? 'main');
    desk.goTo(info?.forkedAt ?? { at: faultAt, seq: null });
  };
  return (
    <>
      <div class="top" data-testid="drill-report">
        <h1>Drill</h1>
        <Verdict report={report} />
        <span class="spring" />
        <span class="acts">
          <button type="button" class="btn small" onClick={again} aria-label="Change the drill">
            Change<span class="longer"> the drill</span>
          </button>
          <button
            type="button"
            class="btn small"
            onClick={() => void saveDrill(desk, report).then(setKept)}
            aria-label="Save as scenario"
            title="Save as scenario: a folder beside the log with the cluster, the question and the answer, a test of its own"
          >
            Save<span class="longer"> as scenario</span>
          </button>
          <button
            type="button"
            class="btn small"
            onClick={() => {
              desk.against.value = null;
              desk.place.value = 'compare';
              if (info?.to) desk.goTo({ at: info.to, seq: null });
            }}
            aria-label={`Compare with ${info?.parent ?? 'main'}`}
          >
            Compare<span class="longer"> with {info?.parent ?? 'main'}</span>
          </button>
        </span>
      </div>
      {kept !== null && (
        <p class="notice" data-testid="kept">
          {kept}
        </p>
      )}
      <div class="drill-grid">
        <div class="card">
          <h2>
            Recovery lanes
            <small>
              {report.summary.failed.length > 2
                ? plural(report.summary.failed.length, 'host')
                : report.summary.failed.join(' and ')}{' '}
              {report.summary.failed.length > 1 ? 'fail' : 'fails'} at {clock(faultAt)}Z
            </small>
          </h2>
          {report.vms.length === 0 ? (
            <p class="empty pad">No VM was on a failing host, so none had to recover.</p>
          ) : (
            <Lanes
              vms={report.vms}
              selected={desk.selection.value}
              cursorMs={desk.player.at.value.at - faultAt}
              onPick={(e) => desk.select(e)}
            />
          )}
        </div>
        <div class={`card ${after.pending ? 'late-bar' : ''}`}>
          <h2>
            Where they land <small>{info?.to ? `at the end of the branch, ${clock(info.to)}Z` : ''}</small>
          </h2>
          <div class="pad fill">
            {after.failure !== null && <p class="failure">{after.failure.sentence}</p>}
            {after.value !== null && (
              <ClusterMap
                picture={after.value}
                measure={desk.measure.value}
                groupBy={desk.groupBy.value}
                selected={desk.selection.value}
                faults={[]}
                changed={touched}
                extras={false}
                label="The cluster when the drill has settled"
                onPick={(e) => desk.select(e)}
              />
            )}
          </div>
        </div>
        <div class="card wide">
          {report.recorded.length > 0 && (
            <h2>
              <Segments
                label="Outcomes, or the record beside them"
                class="small"
                value={below}
                choices={[
                  ['outcomes', 'Outcomes'],
                  ['record', 'Beside the record'],
                ]}
                onChoose={setBelow}
              />
              {below === 'record' && (
                <small>min:s until in place again, in {info?.parent ?? 'main'} and in this drill</small>
              )}
            </h2>
          )}
          {below === 'record' && report.recorded.length > 0 ? (
            <BesideRecord report={report} />
          ) : (
            <OutcomeTable vms={report.vms} />
          )}
        </div>
      </div>
    </>
  );
};

export const DrillPlace = () => {
  const desk = useDesk();
  const report = desk.drill.value;
  return report === null ? <Plan /> : <Report report={report} />;
};
