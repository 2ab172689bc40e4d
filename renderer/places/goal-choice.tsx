// What a plan is for: the kind of goal, and what that kind needs to be told.
import { plural } from '../../domain/readout/words.ts';
import { useDesk } from '../session/desk.ts';
import type { GoalKind } from '../session/migrate-view.ts';
import { Glyph } from '../surfaces/glyph.tsx';

const HOSTS_NAMED = 3;
const MOST_FIT = 100_000;

const KINDS: readonly (readonly [GoalKind, string])[] = [
  ['drain', 'Drain'],
  ['make-room', 'Make room'],
  ['repair', 'Repair'],
  ['rebalance', 'Rebalance'],
];

/** Which kind of plan is sought. */
export const GoalKindChoice = () => {
  const { migrate } = useDesk();
  return (
    <select
      class="goal-kind"
      aria-label="What the plan is for"
      value={migrate.goal.value}
      onChange={(e) => {
        const chosen = KINDS.find(([id]) => id === e.currentTarget.value);
        if (chosen !== undefined) migrate.goal.value = chosen[0];
      }}
    >
      {KINDS.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
};

const Hosts = () => {
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

const Room = () => {
  const { migrate, states } = useDesk();
  const { flavor, count } = migrate.room.value;
  const sized = (states.value.value?.flavors ?? []).filter((f) => f.vcpus !== null && f.ramMiB !== null);
  return (
    <>
      <span class="ink-2">for</span>
      <input
        class="goal-count"
        type="number"
        aria-label="How many have to fit"
        min={1}
        max={MOST_FIT}
        value={count}
        onChange={(e) => {
          const written = e.currentTarget.valueAsNumber;
          if (Number.isInteger(written) && written >= 1 && written <= MOST_FIT)
            migrate.room.value = { flavor, count: written };
          else e.currentTarget.value = String(count);
        }}
      />
      <select
        class="flavor"
        aria-label="Flavor to make room for"
        value={flavor ?? ''}
        onChange={(e) => {
          migrate.room.value = { flavor: e.currentTarget.value === '' ? null : e.currentTarget.value, count };
        }}
      >
        <option value="">Choose a flavor</option>
        {sized.map((f) => (
          <option key={f.name} value={f.name}>
            {f.name}
          </option>
        ))}
      </select>
    </>
  );
};

/** What the chosen kind of goal needs to be told; nothing for a repair or a rebalancing. */
export const GoalDetail = () => {
  const { migrate } = useDesk();
  if (migrate.goal.value === 'drain') return <Hosts />;
  return migrate.goal.value === 'make-room' ? <Room /> : null;
};
