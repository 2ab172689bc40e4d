// What a control tick decides: relieve overloaded hosts, then empty every host that can be emptied.
import { powerAt } from '../power.ts';
import type { Detector } from './detectors.ts';
import { type Draft, draftOf, put, rewind, take } from './draft.ts';
import { HOST_TYPES, type HostType } from './machines.ts';
import type { Selection } from './selection.ts';
import type { World } from './world.ts';

export type Move = { readonly vm: number; readonly target: number };

/** One tick's planning: the world as it is, the draft it is tried on, and the policy's two answers. */
type Planning = {
  readonly w: World;
  readonly draft: Draft;
  readonly detector: Detector;
  readonly selection: Selection;
  readonly tick: number;
  /** Per host: MIPS used at the start of the tick, and the least watts any further MIPS can cost on average. */
  readonly usedMips: Float64Array;
  readonly leastWattsPerMips: Float64Array;
  readonly totalMips: Float64Array;
};

const NO_HOST = -1;

/** By kind of host. */
const PE_MIPS = Float64Array.from(HOST_TYPES, (type) => type.peMips);
const POWER = HOST_TYPES.map((type) => type.power);

/** Watts by which a bound must exceed the best, so that rounding never hides a host that ties with it. */
const SLACK_W = 1e-6;

/** The gentlest way up the power curve from a utilization: the least mean slope to any tenth above it, in watts per MIPS. */
const gentlestSlope = (type: HostType, utilization: number): number => {
  const here = powerAt(type.power, utilization);
  let least = Number.POSITIVE_INFINITY;
  for (let tenth = Math.floor(utilization * 10) + 1; tenth <= 10; tenth++) {
    const rise = tenth / 10 - utilization;
    if (rise > 0) least = Math.min(least, (type.power[tenth]! - here) / (rise * type.totalMips));
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least;
};

/**
 * Power-aware best fit: the suitable host whose watts grow least and that the VM would not overload; the lowest id wins
 * ties. Two shortcuts change no result: all empty hosts of a type cost the same, so only the first of each is looked at;
 * and targets come with the gentlest slope first, so that once a slope alone makes the VM dearer than on the best so
 * far, all that follow may be left out.
 *
 * @param targets in the order of `gentlestFirst`
 */
const findHost = (p: Planning, vm: number, targets: readonly number[], excluded: Uint8Array): number => {
  const { w, draft, usedMips, leastWattsPerMips, totalMips } = p;
  const { given, free } = draft;
  const { ramIgnored, idlePowerFree } = w.quirks;
  const demand = w.demand[vm]!;
  const ramMB = w.vmRamMB[vm]!;
  let best = NO_HOST;
  let bestWatts = Number.MAX_VALUE;
  let limit = Number.MAX_VALUE;
  let emptySeen = 0;
  for (let i = 0; i < targets.length; i++) {
    const host = targets[i]!;
    const slope = leastWattsPerMips[host]!;
    if (slope * demand > limit) break;
    const onHost = given[host]!;
    if (excluded[host] === 1 || free[host]! < demand) continue;
    if (slope * (onHost - usedMips[host]! + demand) > limit) continue;
    const kind = w.hostKind[host]!;
    if (PE_MIPS[kind]! < demand) continue;
    if (!ramIgnored && draft.ramMB[host]! + ramMB > w.hostType[host]!.ramMB) continue;
    const isEmpty = onHost === 0 && w.utilization[host] === 0 && draft.lists[host]!.length === 0;
    if (isEmpty) {
      if ((emptySeen & (1 << kind)) !== 0) continue;
      emptySeen |= 1 << kind;
    }
    // The reference is the watts at the start of the tick, whatever was planned onto the host since.
    const reference = isEmpty && !idlePowerFree ? 0 : w.watts[host]!;
    const watts = powerAt(POWER[kind]!, Math.min(1, (onHost + demand) / totalMips[host]!)) - reference;
    if (watts > bestWatts || (watts === bestWatts && host > best)) continue;
    if (onHost !== 0 && p.detector.overloadedWith(host, vm)) continue;
    best = host;
    bestWatts = watts;
    limit = watts + SLACK_W;
  }
  return best;
};

/** All hosts by their gentlest slope, the lowest id first among equals. */
const gentlestFirst = (p: Planning): readonly number[] =>
  [...p.w.lists.keys()].sort((a, b) => p.leastWattsPerMips[a]! - p.leastWattsPerMips[b]! || a - b);

const byDemandDescending = (w: World, vms: readonly number[]): number[] =>
  vms.toSorted((a, b) => w.demand[b]! - w.demand[a]!);

const relieveOverloaded = (p: Planning, overloaded: readonly number[], excluded: Uint8Array): Move[] => {
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
  const targets = gentlestFirst(p);
  const moves: Move[] = [];
  for (const vm of byDemandDescending(p.w, leaving)) {
    const target = findHost(p, vm, targets, excluded);
    if (target === NO_HOST) continue; // it stays where it was
    put(p.draft, p.w, target, vm);
    moves.push({ vm, target });
  }
  return moves;
};

/** All VMs of a host elsewhere, or none. */
const emptyHost = (p: Planning, source: number, targets: readonly number[], excluded: Uint8Array): Move[] => {
  const mark = p.draft.undo.length;
  const moves: Move[] = [];
  for (const vm of byDemandDescending(p.w, p.draft.lists[source]!)) {
    const target = findHost(p, vm, targets, excluded);
    if (target === NO_HOST) {
      rewind(p.draft, mark);
      return [];
    }
    put(p.draft, p.w, target, vm);
    moves.push({ vm, target });
  }
  return moves;
};

/** The list of targets is rewritten once a sixteenth of it is excluded. */
const STALE_SHARE = 16;

/** Tries to empty every host that is in use and not full, the least used first; the lowest id first among equals. */
const emptyUnderloaded = (p: Planning, excludedTargets: Uint8Array, excludedSources: Uint8Array): Move[] => {
  const { utilization } = p.w;
  const sources = [...p.w.lists.keys()]
    .filter((host) => utilization[host]! > 0 && utilization[host]! < 1 && p.draft.lists[host]!.length > 0)
    .sort((a, b) => utilization[a]! - utilization[b]! || a - b);
  let targets = gentlestFirst(p).filter((host) => excludedTargets[host] === 0);
  let stale = 0;
  const moves: Move[] = [];
  for (const source of sources) {
    if (excludedSources[source] === 1) continue;
    excludedTargets[source] = 1;
    if (++stale * STALE_SHARE > targets.length) {
      targets = targets.filter((host) => excludedTargets[host] === 0);
      stale = 0;
    }
    const emptied = emptyHost(p, source, targets, excludedTargets);
    for (const move of emptied) excludedSources[move.target] = 1;
    moves.push(...emptied);
  }
  return moves;
};

/** The moves of tick k, in the order they are to be started. */
export const planTick = (w: World, detector: Detector, selection: Selection, tick: number): readonly Move[] => {
  const p: Planning = {
    w,
    draft: draftOf(w),
    detector,
    selection,
    tick,
    usedMips: Float64Array.from(w.utilization, (u, host) => u * w.hostType[host]!.totalMips),
    totalMips: Float64Array.from(w.hostType, (type) => type.totalMips),
    leastWattsPerMips: Float64Array.from(w.utilization, (u, host) => gentlestSlope(w.hostType[host]!, u)),
  };
  detector.begin(p.draft, tick);
  const overloaded: number[] = [];
  const excluded = new Uint8Array(w.lists.length);
  for (let host = 0; host < w.lists.length; host++) {
    if (w.lists[host]!.length > 0 && detector.overloaded(host)) {
      overloaded.push(host);
      excluded[host] = 1;
    }
  }
  const relief = relieveOverloaded(p, overloaded, excluded.slice());
  for (let host = 0; host < w.lists.length; host++) if (w.utilization[host] === 0) excluded[host] = 1;
  const sources = excluded.slice();
  if (!w.quirks.freshTargetsEmptied) for (const move of relief) sources[move.target] = 1;
  return [...relief, ...emptyUnderloaded(p, excluded, sources)];
};
