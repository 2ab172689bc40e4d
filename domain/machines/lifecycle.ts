// A life cycle is drawn as an @xstate/fsm machine and run as a table: one array read instead of an interpreter call.
import { createMachine, type StateMachine } from '@xstate/fsm';
import { assert } from '../base/result.ts';

/** In a table: this state does not know this signal, or that state cannot be reached. */
export const REFUSED = 255;

type Machine = StateMachine.Machine<object, { type: string }, { value: string; context: object }>;

/** How a life cycle is written down: states in drawing order, each with the signals it obeys. */
export type Drawing<S extends string, G extends string> = {
  readonly id: string;
  readonly title: string;
  readonly initial: S;
  readonly states: Readonly<Record<S, Readonly<Partial<Record<G, S>>>>>;
  /** States drawn beside the spine: ways out that are not the good end. */
  readonly exits: readonly S[];
};

export type Lifecycle = {
  readonly id: string;
  readonly title: string;
  readonly initial: number;
  readonly states: readonly string[];
  readonly signals: readonly string[];
  readonly exits: readonly string[];
  readonly machine: Machine;
  /** [state × signals + signal] → state, or REFUSED. */
  readonly next: Uint8Array;
  /** [from × states + to] → the signal that leads there in one step, or REFUSED. */
  readonly direct: Uint8Array;
  /** [from × states + to] → the first state on a shortest way there, or REFUSED. */
  readonly hop: Uint8Array;
};

/** Asks the machine once for each pair. A signal no `on` names is a refusal, not a self-transition. */
const compileNext = (machine: Machine, states: readonly string[], signals: readonly string[]): Uint8Array =>
  Uint8Array.from(
    states.flatMap((s) =>
      signals.map((g) =>
        machine.config.states[s]?.on?.[g] === undefined
          ? REFUSED
          : states.indexOf(machine.transition(s, { type: g }).value),
      ),
    ),
  );

/** First hops of shortest paths, by breadth-first search; among equals the earlier signal wins, so ties are stable. */
const compileHops = (next: Uint8Array, states: number, signals: number): Uint8Array => {
  const hop = new Uint8Array(states * states).fill(REFUSED);
  for (let from = 0; from < states; from++) {
    const queue: number[] = [from];
    const first = new Uint8Array(states).fill(REFUSED);
    for (const at of queue) {
      for (let g = 0; g < signals; g++) {
        const to = next[at * signals + g] ?? REFUSED;
        if (to === REFUSED || to === from || first[to] !== REFUSED) continue;
        first[to] = at === from ? to : (first[at] ?? REFUSED);
        queue.push(to);
      }
    }
    hop.set(first, from * states);
  }
  return hop;
};

/** Builds the machine from its drawing and compiles its tables. */
export const lifecycle = <const S extends string, const G extends string>(
  drawing: Drawing<S, G>,
  signals: readonly G[],
): Lifecycle => {
  const states: readonly string[] = Object.keys(drawing.states);
  assert(states.length < REFUSED && signals.length < REFUSED, `${drawing.id} fits a byte table`);
  const on: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>> = drawing.states;
  const machine: Machine = createMachine<object, { type: string }, { value: string; context: object }>({
    id: drawing.id,
    initial: drawing.initial,
    states: Object.fromEntries(states.map((s) => [s, { on: on[s] ?? {} }])),
  });
  const next = compileNext(machine, states, signals);
  const direct = new Uint8Array(states.length ** 2).fill(REFUSED);
  for (let s = 0; s < states.length; s++) {
    for (let g = signals.length - 1; g >= 0; g--) {
      const to = next[s * signals.length + g] ?? REFUSED;
      if (to !== REFUSED) direct[s * states.length + to] = g;
    }
  }
  return {
    id: drawing.id,
    title: drawing.title,
    initial: states.indexOf(drawing.initial),
    states,
    signals,
    exits: drawing.exits,
    machine,
    next,
    direct,
    hop: compileHops(next, states.length, signals.length),
  };
};

/** The state a signal leads to, or REFUSED. */
export const step = (l: Lifecycle, from: number, signal: number): number =>
  l.next[from * l.signals.length + signal] ?? REFUSED;

/** True when one signal leads from a state to another (or to itself). */
export const isDirect = (l: Lifecycle, from: number, to: number): boolean =>
  (l.direct[from * l.states.length + to] ?? REFUSED) !== REFUSED;

/** The states walked through from one to another, last included, by a shortest way; null when there is none. */
export const walk = (l: Lifecycle, from: number, to: number): readonly number[] | null => {
  if (from === to) return [];
  const path: number[] = [];
  let at = from;
  while (at !== to) {
    at = l.hop[at * l.states.length + to] ?? REFUSED;
    if (at === REFUSED) return null;
    path.push(at);
  }
  return path;
};
