// A life cycle drawn: the spine of states, visited ones with their instants, the current one lit, exits beside or below.
import { useState } from 'preact/hooks';
import type { MachinePicture } from '../../domain/readout/picture-types.ts';
import { clock, plural } from '../../domain/readout/words.ts';

type MachineState = MachinePicture['states'][number];

const MOST_UNVISITED = 4; // a VM's life has eleven states; more than these next ones would bury the current one

/** Visited states, the current one, and what can follow it in one step; all of them when `all`. */
const shownStates = (machine: MachinePicture, all: boolean): readonly MachineState[] => {
  const spine = machine.states.filter((s) => s.lane === 0).toSorted((a, b) => a.order - b.order);
  const unvisited = spine.filter((s) => s.at === null && !s.current);
  if (all || unvisited.length <= MOST_UNVISITED) return spine;
  const current = machine.states.find((s) => s.current)?.id;
  const next = new Set(machine.transitions.filter((t) => t.from === current).map((t) => t.to));
  return spine.filter((s) => s.at !== null || s.current || next.has(s.id));
};

/** The exits one step away from a state that were not taken. */
const exitsFrom = (machine: MachinePicture, id: string): string => {
  const exits = new Set(machine.states.filter((s) => s.lane === 1 && s.at === null && !s.current).map((s) => s.id));
  const reached = machine.transitions.filter((t) => t.from === id && exits.has(t.to)).map((t) => t.to);
  return [...new Set(reached)].join(', ');
};

const classOf = (s: MachineState): string =>
  `${s.current ? 'now' : s.at === null ? 'next' : 'past'}${s.lane === 1 ? ' exit' : ''}`;

export const Machine = ({ machine }: { readonly machine: MachinePicture }) => {
  const [all, setAll] = useState(false);
  const spine = shownStates(machine, all);
  const taken = machine.states.filter((s) => s.lane === 1 && (s.current || s.at !== null));
  const hidden = machine.states.filter((s) => s.lane === 0).length - spine.length;
  const visited = machine.states.filter((s) => s.at !== null || s.current).length;
  const [title, note] = machine.title.split(/[:,] (.*)/, 2);
  return (
    <section data-testid="machine">
      <h3>
        {title}
        <small>
          {visited} of {machine.states.length} states observed
        </small>
      </h3>
      {note !== undefined && <p class="note">{note}</p>}
      <ol class="machine">
        {[...spine, ...taken].map((s) => (
          <li key={s.id} class={classOf(s)} aria-current={s.current ? 'step' : undefined}>
            <i />
            <b>{s.id}</b>
            <em title={exitsFrom(machine, s.id)}>{s.current ? exitsFrom(machine, s.id) : ''}</em>
            <time>{s.at === null ? '' : clock(s.at)}</time>
          </li>
        ))}
      </ol>
      {(hidden > 0 || all) && (
        <button type="button" class="link" onClick={() => setAll(!all)}>
          {all
            ? 'Only what was visited and can follow'
            : `${plural(hidden, 'more state')} that cannot follow from here`}
        </button>
      )}
    </section>
  );
};
