// Migrate: choose a goal or a VM to move, see who can go where and why not, and the plan on one time axis.
import { useEffect, useMemo } from 'preact/hooks';
import type { PlanAnswer } from '../../domain/contract/contract.ts';
import { payloadBytesPerS } from '../../domain/migration/encapsulation.ts';
import type { SoughtGoal } from '../../domain/planning/goal.ts';
import type { MatrixQuestion } from '../../domain/planning/matrix.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';
import { Segments } from '../panels/segments.tsx';
import { useDesk } from '../session/desk.ts';
import type { GoalKind, MigrateShows } from '../session/migrate-view.ts';
import { useLatest } from '../session/use-latest.ts';
import { duration, plural } from '../../domain/readout/words.ts';
import { ClusterMap } from '../surfaces/cluster-map.tsx';
import { Glyph } from '../surfaces/glyph.tsx';
import { PlanBoard } from '../surfaces/plan-board.tsx';
import { GoalDetail, GoalKindChoice } from './goal-choice.tsx';
import { MoveRecord } from './move-record.tsx';
import { PlanReport } from './plan-report.tsx';
import { PlanSummary } from './plan-summary.tsx';

const GBIT = 1e9;

/** The answer, then the work it takes, which the strip below the title tells too. */
const verdictOf = (plan: PlanAnswer): readonly string[] => {
  const stays = plan.blocked.length;
  const work =
    plan.moves.length === 0
      ? 'nothing has to move'
      : `${plural(plan.moves.length, 'move')} in ${duration(plan.makespanMs)}`;
  const refused = plan.checker.ok ? '' : ', refused by the checker';
  if (plan.drained.length > 0)
    return [stays === 0 ? 'can be drained' : `${plural(stays, 'VM')} cannot leave`, work + refused];
  return [...(plan.feasible ? [] : ['not to be had in full']), work + refused];
};

const Verdict = ({ plan, pending }: { readonly plan: PlanAnswer | null; readonly pending: boolean }) => {
  if (plan === null) return <p class="figures">{pending ? 'Planning.' : ''}</p>;
  const said = verdictOf(plan);
  return (
    <p class="figures" data-testid="plan-verdict" title={[said.join(': '), ...plan.report.notes].join('. ')}>
      {said.map((part) => (
        <span key={part}>{part}</span>
      ))}
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
  if (matrix.vms.length === 0) return <p class="empty">No VM has to move at this instant.</p>;
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

/** Whose rows the board shows: those on hosts to empty, or whoever a plan moves or cannot move; else the VM looked at. */
const rowsOf = (goal: SoughtGoal | null, plan: PlanAnswer | null, lone: string | null): MatrixQuestion | null => {
  if (goal === null) return lone === null ? null : { vms: [lone], hosts: [] };
  if (goal.kind === 'drain') return { vms: [], hosts: goal.hosts };
  if (plan === null) return null;
  return { vms: [...new Set([...plan.moves, ...plan.blocked].map((m) => m.vm))], hosts: [] };
};

/** A goal with its words to ask for what is missing. */
const askFor = (kind: GoalKind, lone: string | null): string => {
  if (kind === 'make-room') return 'Choose the flavor, and how often it has to fit.';
  return lone === null ? 'Choose the hosts to empty: click them on the map.' : 'Where can this VM go?';
};

export const MigratePlace = () => {
  const desk = useDesk();
  const { migrate } = desk;
  const settings = migrate.settings.value;
  const timeline = desk.timeline.value;
  const selection = desk.selection.value;
  const goal = migrate.wanted(desk.states.value.value?.flavors ?? []);
  const isDrain = migrate.goal.value === 'drain';
  const lone = goal === null && isDrain && selection?.startsWith('vm:') === true ? selection.slice(3) : null;
  const isAsking = goal !== null || lone !== null;
  const isStill = !desk.player.playing.value;
  const at = desk.player.settled.value;
  const subject = `${timeline}/${JSON.stringify(goal)}/${lone ?? ''}`;
  const plan = useLatest(
    'plan.make',
    goal !== null && isStill ? { timeline, at, goals: [goal], settings, branch: null } : null,
    subject,
  );
  const rows = rowsOf(goal, plan.value, lone);
  const matrix = useLatest(
    'plan.check',
    rows !== null && isStill ? { timeline, at, nicBitsPerS: settings.nicBitsPerS, ...rows } : null,
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
  const shows = goal !== null || migrate.shows.value === 'record' ? migrate.shows.value : 'plan';
  return (
    <>
      <div class="top">
        <h1>Migrate</h1>
        <GoalKindChoice />
        <GoalDetail />
        {goal === null ? (
          <p class="figures">
            <span>{askFor(migrate.goal.value, lone)}</span>
          </p>
        ) : (
          <Verdict plan={plan.value} pending={plan.pending} />
        )}
        <Segments
          label="What the stage shows"
          value={shows}
          choices={CHOICES.filter(([id]) => goal !== null || id === 'plan' || id === 'record')}
          onChoose={(id) => {
            migrate.shows.value = id;
          }}
        />
      </div>
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      {!isStill && isAsking && <p class="notice">Plans are made when time stands still.</p>}
      {shows === 'record' ? (
        <MoveRecord />
      ) : !isAsking ? (
        <Choose />
      ) : (
        <>
          {plan.value !== null && goal !== null && <PlanSummary plan={plan.value} />}
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
