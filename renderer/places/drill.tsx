// Drill: choose hosts to fail on the map, run it, and read lane by lane what follows.
import { useMemo } from 'preact/hooks';
import type { DrillReport } from '../../domain/contract/contract.ts';
import { useDesk } from '../session/desk.ts';
import { runDrill } from '../session/run-drill.ts';
import { useLatest } from '../session/use-latest.ts';
import { clock, count, plural } from '../../domain/readout/words.ts';
import { ClusterMap } from '../surfaces/cluster-map.tsx';
import { Glyph } from '../surfaces/glyph.tsx';
import { Lanes } from '../surfaces/lanes.tsx';
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
        disabled={desk.faults.value.length === 0 || desk.log.value?.readOnly === true}
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

const Faults = () => {
  const desk = useDesk();
  const faults = desk.faults.value;
  if (faults.length === 0) return <p>Choose the hosts that fail: click them on the map.</p>;
  return (
    <>
      {faults.slice(0, 3).map((host) => (
        <button
          type="button"
          key={host}
          class="badge bad"
          onClick={() => desk.toggleFault(host)}
          aria-label={`Do not fail ${host}`}
          title="Take it out"
        >
          <Glyph name="fault" size={11} />
          {host}
          <Glyph name="error" size={8} />
        </button>
      ))}
      {faults.length > 3 && <span class="badge bad">and {faults.length - 3} more</span>}
    </>
  );
};

const Plan = () => {
  const desk = useDesk();
  const picture = desk.picture.value;
  const failing = new Set(desk.faults.value);
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
      {picture !== null && (
        <ClusterMap
          picture={picture}
          measure={desk.measure.value}
          groupBy={desk.groupBy.value}
          selected={desk.selection.value}
          faults={desk.faults.value}
          label={`Hosts to fail, ${failing.size} chosen`}
          onPick={(entity) => {
            const host = entity.startsWith('host:')
              ? entity.slice(5)
              : picture.hosts.find((h) => h.vms.some((v) => `vm:${v.id}` === entity))?.name;
            if (host !== undefined) desk.toggleFault(host);
          }}
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
  const touched = useMemo(() => new Set(report.vms.map((v) => `vm:${v.vm}`)), [report]);
  const again = (): void => {
    desk.faults.value = report.summary.failed;
    desk.switchTo(info?.parent ?? 'main');
    desk.goTo(info?.forkedAt ?? { at: faultAt, seq: null });
  };
  return (
    <>
      <div class="top" data-testid="drill-report">
        <h1>Drill</h1>
        <Verdict report={report} />
        <span class="spring" />
        <button type="button" class="btn small" onClick={again}>
          Change the drill
        </button>
        <button
          type="button"
          class="btn small"
          onClick={() => {
            desk.against.value = null;
            desk.place.value = 'compare';
            if (info?.to) desk.goTo({ at: info.to, seq: null });
          }}
        >
          Compare with {info?.parent ?? 'main'}
        </button>
      </div>
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
          <OutcomeTable vms={report.vms} />
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
