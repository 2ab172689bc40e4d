// What a control tick decides: relieve overloaded hosts, then empty every host that can be emptied.
import type { Detector } from './detector.ts';
import { type Draft, draftOf, put, rewind, take } from './draft.ts';
import type { Selection } from './selection.ts';
import { cheapestHost, NO_HOST } from './cheapest-host.ts';
import { close } from './targets.ts';
import type { World } from './world.ts';

export type Move = { readonly vm: number; readonly target: number };

/** One tick's planning: the world as it is, the draft it is tried on, and the policy's two answers. */
type Planning = {
  readonly w: World;
  readonly draft: Draft;
  readonly detector: Detector;
  readonly selection: Selection;
  readonly tick: number;
};

const byDemandDescending = (w: World, vms: readonly number[]): number[] =>
  vms.toSorted((a, b) => w.demand[b]! - w.demand[a]!);

/** Plans one VM onto the cheapest host that takes it; null if none does. */
const moveOut = ({ w, draft, detector }: Planning, vm: number): Move | null => {
  const target = cheapestHost(draft.targets, w, vm, detector.overloadedWith);
  if (target === NO_HOST) return null;
  put(draft, w, target, vm);
  return { vm, target };
};

const relieveOverloaded = (p: Planning, overloaded: readonly number[]): readonly Move[] => {
  const leaving: number[] = [];
  for (const host of overloaded) {
    const list = p.draft.lists[host]!;
    while (list.length > 0) {
      const vm = p.selection(list, p.tick);
      leaving.push(vm);
      take(p.draft, host, vm);
      if (!p.detector.overloaded(host)) break;
    }
  }
  const moves: Move[] = [];
  for (const vm of byDemandDescending(p.w, leaving)) {
    const move = moveOut(p, vm);
    if (move !== null) moves.push(move); // else it stays where it was
  }
  return moves;
};

/** All VMs of a host elsewhere, or none. */
const emptyHost = (p: Planning, source: number): readonly Move[] => {
  const mark = p.draft.undo.length;
  const moves: Move[] = [];
  for (const vm of byDemandDescending(p.w, p.draft.lists[source]!)) {
    const move = moveOut(p, vm);
    if (move === null) {
      rewind(p.draft, mark);
      return [];
    }
    moves.push(move);
  }
  return moves;
};

/** Hosts in use and not full, the least used first; the lowest id first among equals. */
const leastUsedFirst = (p: Planning, excluded: Uint8Array): readonly number[] => {
  const { utilization } = p.w;
  const sources: number[] = [];
  for (let host = 0; host < excluded.length; host++) {
    const u = utilization[host]!;
    if (excluded[host] === 0 && u > 0 && u < 1 && p.draft.lists[host]!.length > 0) sources.push(host);
  }
  return sources.sort((a, b) => utilization[a]! - utilization[b]! || a - b);
};

/** Tries to empty host after host. One that is given a VM meanwhile is left alone. */
const emptyUnderloaded = (p: Planning, excluded: Uint8Array): readonly Move[] => {
  const moves: Move[] = [];
  for (const source of leastUsedFirst(p, excluded)) {
    if (excluded[source] === 1) continue;
    close(p.draft.targets, source);
    for (const move of emptyHost(p, source)) {
      excluded[move.target] = 1;
      moves.push(move);
    }
  }
  return moves;
};

/** The moves of tick k, in the order they are to be started. */
export const planTick = (w: World, detector: Detector, selection: Selection, tick: number): readonly Move[] => {
  const draft = draftOf(w);
  const p: Planning = { w, draft, detector, selection, tick };
  detector.begin(draft, tick);
  const overloaded: number[] = [];
  const excludedSources = new Uint8Array(w.lists.length);
  for (let host = 0; host < w.lists.length; host++) {
    if (w.lists[host]!.length > 0 && detector.overloaded(host)) {
      overloaded.push(host);
      excludedSources[host] = 1;
      close(draft.targets, host);
    }
  }
  const relief = relieveOverloaded(p, overloaded);
  for (let host = 0; host < w.lists.length; host++) {
    if (w.utilization[host] !== 0) continue;
    excludedSources[host] = 1;
    close(draft.targets, host);
  }
  if (!w.quirks.freshTargetsEmptied) for (const move of relief) excludedSources[move.target] = 1;
  return [...relief, ...emptyUnderloaded(p, excludedSources)];
};
