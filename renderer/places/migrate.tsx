// Migrate: choose hosts to empty or a VM to move, see who can go where and why not, and the plan on one time axis.
import { useEffect, useMemo } from 'preact/hooks';
import type { PlanAnswer } from '../../domain/contract/contract.ts';
import { payloadBytesPerS } from '../../domain/migration/encapsulation.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import type { MigrateShows } from '../session/migrate-view.ts';
import { useLatest } from '../session/use-latest.ts';
import { duration, plural } from '../../domain/readout/words.ts';
import { ClusterMap } from '../surfaces/cluster-map.tsx';
import { Glyph } from '../surfaces/glyph.tsx';
import { PlanBoard } from '../surfaces/plan-board.tsx';
import { MoveRecord } from './move-record.tsx';
import { PlanReport } from './plan-report.tsx';
import { PlanSummary } from './plan-summary.tsx';

const HOSTS_NAMED = 3;
const GBIT = 1e9;

const Chosen = () => {
  const { migrate, states } = useDesk();
  const hosts = migrate.hosts.value;
  const others = (states.value.value?.hosts ?? []).filter((h) => !hosts.includes(h.name) && h.vms.length > 0);
  return (
    <>
      {hosts.slice(0, HOSTS_NAMED).map((host) => (
        <button
          type="button"
          key={host}
          class="badge neu"
          onClick={() => migrate.toggleHost(host)}
          aria-label={`Do not drain ${host}`}
          title="Take it out"
        >
          {host}
          <Glyph name="error" size={8} />
        </button>
      ))}
      {hosts.length > HOSTS_NAMED && <span class="badge neu">and {hosts.length - HOSTS_NAMED} more</span>}
      <select
        class="add-host"
        aria-label="Drain another host"
        value=""
        onChange={(e) => {
          if (e.currentTarget.value !== '') migrate.toggleHost(e.currentTarget.value);
          e.currentTarget.value = '';
        }}
      >
        <option value="">{hosts.length === 0 ? 'Choose a host' : 'Add a host'}</option>
        {others.map((h) => (
          <option key={h.name} value={h.name}>
            {h.name}, {plural(h.vms.length, 'VM')}
          </option>
        ))}
      </select>
    </>
  );
};

const Verdict = ({ plan, pending }: { readonly plan: PlanAnswer | null; readonly pending: boolean }) => {
  if (plan === null) return <p>{pending ? 'Planning.' : ''}</p>;
  const stays = plan.blocked.length;
  const text = `${stays === 0 ? 'can be drained' : `${plural(stays, 'VM')} cannot leave`}: ${plural(plan.moves.length, 'move')} in ${duration(plan.makespanMs)}${plan.checker.ok ? '' : ', refused by the checker'}`;
  return (
    <p data-testid="plan-verdict" title={text}>
      {text}
    </p>
  );
};

/** Choosing: the map takes hosts; the record stands below it. */
const Choose = () => {
  const desk = useDesk();
  const picture = desk.picture.value;
  if (picture === null) return null;
  return (
    <ClusterMap
      picture={picture}
      measure={desk.measure.value}
      groupBy={desk.groupBy.value}
      selected={desk.selection.value}
      faults={[]}
      label="Hosts to drain"
      onPick={(entity) => {
        if (entity.startsWith('host:')) desk.migrate.toggleHost(entity.slice(5));
        else desk.select(entity);
      }}
    />
  );
};

const Board = ({ plan, showsTime }: { readonly plan: PlanAnswer | null; readonly showsTime: boolean }) => {
  const desk = useDesk();
  const matrix = desk.migrate.matrix.value;
  const { nicBitsPerS } = desk.migrate.settings.value;
  const capacity = useMemo(
    () => ({
      bytesPerS: payloadBytesPerS(nicBitsPerS, PLAN_DEFAULTS.mtuBytes, 'none'),
      label: `${Number((nicBitsPerS / GBIT).toPrecision(3))} Gbit/s`,
    }),
    [nicBitsPerS],
  );
  if (matrix === null) return null;
  if (matrix.vms.length === 0) return <p class="empty">No VM is there to move at this instant.</p>;
  return (
    <div class="card grow">
      <PlanBoard
        matrix={matrix}
        plan={plan}
        showsTime={showsTime && plan !== null && plan.moves.length > 0}
        loads={plan?.loads ?? []}
        capacity={capacity}
        selected={desk.selection.value}
        onPick={(entity) => desk.select(entity)}
      />
      <p class="board-key">
        <Glyph name="arrow" size={10} tone="motion-ink" /> destination, dashed if cold
        <Glyph name="dot" size={9} /> could take it
        <Glyph name="error" size={8} /> refuses it, <span class="critical-ink">red</span> where the VM itself cannot
        move live
        <Glyph name="unknown" size={9} /> not in the log
      </p>
    </div>
  );
};

const CHOICES: readonly (readonly [MigrateShows, string])[] = [
  ['plan', 'Plan'],
  ['hosts', 'Every host'],
  ['report', 'Report'],
  ['record', 'Record'],
];

export const MigratePlace = () => {
  const desk = useDesk();
  const { migrate } = desk;
  const hosts = migrate.hosts.value;
  const settings = migrate.settings.value;
  const timeline = desk.timeline.value;
  const selection = desk.selection.value;
  const lone = hosts.length === 0 && selection?.startsWith('vm:') === true ? selection.slice(3) : null;
  const isAsking = hosts.length > 0 || lone !== null;
  const at = desk.player.settled.value;
  const subject = `${timeline}/${hosts.join()}/${lone ?? ''}`;
  const matrix = useLatest(
    'plan.check',
    isAsking && !desk.player.playing.value
      ? { timeline, at, nicBitsPerS: settings.nicBitsPerS, vms: lone === null ? [] : [lone], hosts }
      : null,
    subject,
  );
  const plan = useLatest(
    'plan.make',
    hosts.length > 0 && !desk.player.playing.value
      ? { timeline, at, goals: [{ kind: 'drain', hosts }], settings, branch: null }
      : null,
    subject,
  );
  useEffect(() => {
    migrate.matrix.value = matrix.value;
    migrate.plan.value = plan.value;
  }, [migrate, matrix.value, plan.value]);
  useEffect(() => {
    // A host chosen elsewhere is what a person comes here for.
    const chosen = desk.selection.peek();
    if (migrate.hosts.peek().length === 0 && chosen?.startsWith('host:') === true) migrate.toggleHost(chosen.slice(5));
  }, [desk, migrate]);

  const failure = matrix.failure ?? plan.failure ?? migrate.failure.value ?? desk.states.failure.value;
  const shows = hosts.length > 0 || migrate.shows.value === 'record' ? migrate.shows.value : 'plan';
  return (
    <>
      <div class="top">
        <h1>{hosts.length > 0 ? 'Drain' : 'Migrate'}</h1>
        <Chosen />
        {hosts.length > 0 ? (
          <Verdict plan={plan.value} pending={plan.pending} />
        ) : (
          <p>{lone === null ? 'Choose the hosts to empty: click them on the map.' : 'Where can this VM go?'}</p>
        )}
        <span class="spring" />
        <Segments
          label="What the stage shows"
          value={shows}
          choices={CHOICES.filter(([id]) => hosts.length > 0 || id === 'plan' || id === 'record')}
          onChoose={(id) => {
            migrate.shows.value = id;
          }}
        />
      </div>
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      {desk.player.playing.value && isAsking && <p class="notice">Plans are made when time stands still.</p>}
      {shows === 'record' ? (
        <MoveRecord />
      ) : !isAsking ? (
        <Choose />
      ) : (
        <>
          {plan.value !== null && hosts.length > 0 && <PlanSummary plan={plan.value} />}
          {shows === 'report' && plan.value !== null ? (
            <PlanReport plan={plan.value} />
          ) : (
            <Board plan={plan.value} showsTime={shows === 'plan'} />
          )}
        </>
      )}
    </>
  );
};
