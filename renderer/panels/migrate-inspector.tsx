// Beside the Migrate place: the limits a plan keeps to, one VM's predicted move, and the runbook.
import type { PlanSettings } from '../../domain/contract/contract.ts';
import { useDesk } from '../session/desk.ts';
import { goalWords } from '../../domain/planning/goal.ts';
import { capital, moment, shortId } from '../../domain/readout/words.ts';
import { Glyph } from '../surfaces/glyph.tsx';
import { MovePrediction } from './move-prediction.tsx';
import { Runbook } from './runbook.tsx';

const GBIT = 1e9;
const NOTES_SHOWN = 4;
const POLICIES: readonly (readonly [PlanSettings['policy'], string])[] = [
  ['live', 'live only'],
  ['cold', 'live, else cold'],
  ['stop', 'live, cold, else stop'],
];

type NumberFieldProps = {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
};

const NumberField = ({ name, unit, value, least, most, onChange }: NumberFieldProps) => (
  <label class="field">
    {name}
    <input
      type="number"
      value={value}
      min={least}
      max={most}
      step="any"
      onChange={(e) => {
        const written = e.currentTarget.valueAsNumber;
        if (written >= least && written <= most) onChange(written);
        else e.currentTarget.value = String(value);
      }}
    />
    <em>{unit}</em>
  </label>
);

const Limits = () => {
  const { migrate } = useDesk();
  const s = migrate.settings.value;
  return (
    <section data-testid="plan-limits">
      <h3>
        Limits of the plan <small>changed here, planned anew</small>
      </h3>
      <div class="fields">
        <label class="field wide">
          a VM may move
          <select
            value={s.policy}
            onChange={(e) => {
              const chosen = POLICIES.find(([id]) => id === e.currentTarget.value);
              if (chosen !== undefined) migrate.change({ policy: chosen[0] });
            }}
          >
            {POLICIES.map(([id, name]) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <NumberField
          name="outgoing at once from a host"
          unit="moves"
          value={s.perHost}
          least={1}
          most={1000}
          onChange={(n) => migrate.change({ perHost: Math.round(n) })}
        />
        <NumberField
          name="adapter of a host"
          unit="Gbit/s"
          value={s.nicBitsPerS / GBIT}
          least={0.01}
          most={1000}
          onChange={(n) => migrate.change({ nicBitsPerS: n * GBIT })}
        />
        <NumberField
          name="write rate where never sampled"
          unit="pg/s"
          value={s.dirtyPagesPerS}
          least={0}
          most={1e9}
          onChange={(n) => migrate.change({ dirtyPagesPerS: n })}
        />
      </div>
    </section>
  );
};

const Intro = () => {
  const desk = useDesk();
  const { migrate } = desk;
  const goal = migrate.wanted(desk.states.value.value?.flavors ?? []);
  const notes = migrate.plan.value?.report.notes ?? [];
  return (
    <section data-testid="goal">
      <div class="title">
        <h2>{goal === null ? 'What should move' : goalWords(goal)}</h2>
      </div>
      {goal !== null && notes.slice(0, NOTES_SHOWN).map((note) => <p key={note}>{capital(note)}.</p>)}
      <p class="ink-2">
        At {moment(desk.player.settled.value.at)}, from {desk.timeline.value}. Planned anew whenever the instant or a
        limit changes. Choose a VM to see how its move would go.
      </p>
    </section>
  );
};

/** What a person has decided for single VMs, with the way back. */
const Decided = () => {
  const { migrate, states } = useDesk();
  const { skip, pins } = migrate.settings.value;
  if (skip.length === 0 && pins.length === 0) return null;
  const vms = new Map((states.value.value?.vms ?? []).map((vm) => [vm.id, vm.name]));
  const nameOf = (vm: string): string => vms.get(vm) ?? shortId(vm);
  return (
    <section data-testid="decided">
      <h3>
        Decided by hand <small>click to take back</small>
      </h3>
      <div class="row wrap chips">
        {pins.map(({ vm, host }) => (
          <button type="button" key={vm} class="badge neu" onClick={() => migrate.pin(vm, null)}>
            {nameOf(vm)} to {host}
            <Glyph name="error" size={8} />
          </button>
        ))}
        {skip.map((vm) => (
          <button type="button" key={vm} class="badge neu" onClick={() => migrate.toggleSkip(vm)}>
            {nameOf(vm)} stays
            <Glyph name="error" size={8} />
          </button>
        ))}
      </div>
    </section>
  );
};

export const MigrateInspector = () => {
  const desk = useDesk();
  const entity = desk.selection.value;
  const vm = entity?.startsWith('vm:') === true ? entity.slice(3) : null;
  return (
    <>
      {vm === null ? <Intro /> : <MovePrediction key={vm} vm={vm} />}
      <Decided />
      <Limits />
      <Runbook />
    </>
  );
};
