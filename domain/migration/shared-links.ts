// Many migrations at once: each runs as QEMU would, at the rate its share of the links gives it; queues start them one by one.
import { lineFor, sendingRate, UNKNOWN, type Machine } from './machine.ts';
import { assert } from '../base/result.ts';
import { FairRates, type Flow } from './max-min.ts';
import { UNLIMITED_BPS, type Move } from './qemu.ts';
import { advance, postCopyRate, start } from './advance.ts';
import { begin, type Run } from './run.ts';
import { windowBudgetBytes } from './pace.ts';
import { mirrorLimit } from './mirror-copy.ts';
import { resultOf, type MoveResult } from './simulate.ts';

export type SharedMove = {
  readonly move: Move;
  /** Links crossed, as indices into `capacities`. */
  readonly links: readonly number[];
  /** When it is asked for; it starts then or when its queue lets it. */
  readonly readyMs: number;
  /** Moves of one queue (a source host) run at most `perQueue` at a time, in the order given; null waits for nobody. */
  readonly queue: string | null;
  /** Moves, as indices, that have to end first, however they end. */
  readonly after?: readonly number[];
  /** From being let in to the first byte, while no link is used: Nova prepares the destination. */
  readonly prepareMs?: number;
};

export type SharedLinks = {
  /** Bytes a second. */
  readonly capacities: readonly number[];
  /** Other traffic: it takes its fair share up to its demand. */
  readonly background: readonly Flow[];
  /** Nova's max_concurrent_live_migrations, by default 1. */
  readonly perQueue: number;
  /** Moves under way at once over all queues; no limit unless given. */
  readonly atOnce?: number;
  readonly machine?: Machine;
};

/** Milliseconds on the common clock; an endless move ends where it was found to be endless. */
export type SharedResult = MoveResult & { readonly startMs: number; readonly endMs: number };

/** Bytes/ms of a path that has nothing to give: so little that only an order ends what waits there. */
const STALLED = 1e-3;

/** A burst rate that changed by less than this share is the same: it moves milliseconds only. */
const SAME_RATE = 0.02;

type Active = {
  readonly index: number;
  run: Run;
  /** The run at its next change of demand, if the rate stays. */
  ahead: Run;
  /** Negative until it is worked out. */
  lineBytesPerMs: number;
  readonly links: readonly number[];
  /** What the narrowest of its links carries. */
  readonly pathPerMs: number;
  demand: number;
};

const UNLIMITED_PER_MS = UNLIMITED_BPS / 1000;

/** The most a move can be given: what its path is said to carry, if more than a link nobody named. */
const ceiling = (pathPerMs: number): number =>
  pathPerMs === Infinity ? UNLIMITED_PER_MS : Math.max(UNLIMITED_PER_MS, pathPerMs);

/**
 * What a run asks of its links (bytes/ms) when it has a path of `pathPerMs` to itself. Its machine's own time for each byte
 * is lost only there: beside others, who send meanwhile, the link stays full.
 */
const demandOf = (run: Run, pathPerMs: number): number => {
  const most = Math.min(ceiling(pathPerMs), pathPerMs);
  if (run.phase === 'flush') return most;
  const alone = sendingRate(most, run.machine);
  if (run.phase === 'mirror') return Math.min(alone, mirrorLimit(run));
  if (run.phase === 'post-copy') return postCopyRate(run, alone);
  if (run.capBytesPerMs === Infinity) return alone;
  const capped = windowBudgetBytes(run.capBytesPerMs, run.move.wire) / 100;
  return run.capBytesPerMs < alone ? Math.min(most, capped) : alone;
};

const lookAhead = (run: Run, line: number): Run => {
  const ahead: Run = { ...run, rounds: null, before: { ...run.before }, kept: { ...run.kept } };
  advance(ahead, line, Infinity);
  return ahead;
};

/** When the active move next changes what it demands; an endless one never does while its rate stays. */
const changeMs = (a: Active): number => (a.ahead.outcome === 'endless' ? Infinity : a.ahead.nowMs);

/**
 * Simulates all moves to their ends. Rates are max-min fair and change only when a move starts, changes phase or ends, so
 * the cost is per such change, not per millisecond. Results in the order of `moves`; null for a move whose queue is held for
 * ever by an endless one.
 */
export const simulateShared = (moves: readonly SharedMove[], links: SharedLinks): readonly (SharedResult | null)[] => {
  assert(links.perQueue >= 1, 'a queue that lets nobody run');
  const machine = links.machine ?? UNKNOWN;
  const perMs = links.capacities.map((bps) => bps / 1000);
  const fair = new FairRates<Flow | Active>(perMs);
  for (const f of links.background) fair.add({ links: f.links, demand: f.demand / 1000 });
  const results: (SharedResult | null)[] = moves.map(() => null);
  const waiting = moves.map((_, i) => i).toSorted((a, b) => moves[a]!.readyMs - moves[b]!.readyMs || a - b);
  const latestReadyMs = moves.reduce((latest, m) => Math.max(latest, m.readyMs), 0);
  const running = new Map<string, number>();
  /** How many moves each still waits for, and who waits for it. */
  const heldBy = Int32Array.from(moves, (m) => m.after?.length ?? 0);
  const holding: number[][] = moves.map(() => []);
  for (const [i, { after = [] }] of moves.entries()) for (const before of after) holding[before]!.push(i);
  let active: Active[] = [];
  let preparing: { readonly index: number; readonly fromMs: number }[] = [];
  let nowMs = 0;

  const launch = (index: number): void => {
    const run = begin(moves[index]!.move, machine, false);
    start(run, nowMs);
    const path = moves[index]!.links;
    const pathPerMs = path.reduce((least, l) => Math.min(least, perMs[l]!), Infinity);
    const a: Active = {
      index,
      run,
      ahead: run,
      lineBytesPerMs: -1,
      links: path,
      pathPerMs,
      demand: demandOf(run, pathPerMs),
    };
    active.push(a);
    fair.add(a);
  };

  const admit = (): void => {
    let kept = 0;
    for (const index of waiting) {
      const { queue, readyMs, prepareMs = 0 } = moves[index]!;
      const busy = queue === null ? 0 : (running.get(queue) ?? 0);
      const isFull = active.length + preparing.length >= (links.atOnce ?? Infinity);
      if (readyMs > nowMs || isFull || heldBy[index]! > 0 || (queue !== null && busy >= links.perQueue)) {
        waiting[kept++] = index;
        continue;
      }
      if (queue !== null) running.set(queue, busy + 1);
      if (prepareMs > 0) preparing.push({ index, fromMs: nowMs + prepareMs });
      else launch(index);
    }
    waiting.length = kept;
  };

  const finish = (a: Active): void => {
    results[a.index] = { ...resultOf(a.run), startMs: a.run.startMs, endMs: a.run.nowMs };
    for (const later of holding[a.index]!) heldBy[later]! -= 1;
    const queue = moves[a.index]!.queue;
    if (queue !== null) running.set(queue, (running.get(queue) ?? 1) - 1);
  };

  const share = (): void => {
    for (const a of fair.settle()) {
      if (!('run' in a)) continue; // other traffic
      const rate = fair.rate(a);
      // A move held back by its own limit sends its windows in bursts at the speed the path has left.
      const bursts = a.run.phase === 'ram' && a.run.capBytesPerMs < Infinity && rate >= a.demand;
      const spare = bursts ? a.links.reduce((least, l) => Math.min(least, fair.left(l)), Infinity) : 0;
      const sent = a.run.phase === 'flush' || bursts ? rate + spare : lineFor(rate, machine);
      const line = Math.max(STALLED, Math.min(ceiling(a.pathPerMs), sent));
      const known = a.lineBytesPerMs > 0;
      if (known && spare > 0 && Math.abs(line - a.lineBytesPerMs) <= SAME_RATE * a.lineBytesPerMs) continue;
      if (line === a.lineBytesPerMs) continue;
      if (known) advance(a.run, a.lineBytesPerMs, nowMs);
      a.lineBytesPerMs = line;
      a.ahead = lookAhead(a.run, line);
    }
  };

  admit();
  while (active.length > 0 || waiting.length > 0 || preparing.length > 0) {
    share();
    const nextPrepared = preparing.reduce((t, p) => Math.min(t, p.fromMs), Infinity);
    const nextReady =
      latestReadyMs <= nowMs
        ? nextPrepared
        : waiting.reduce((t, i) => (moves[i]!.readyMs > nowMs ? Math.min(t, moves[i]!.readyMs) : t), nextPrepared);
    const next = active.reduce((t, a) => Math.min(t, changeMs(a)), nextReady);
    if (next === Infinity) {
      for (const a of active) {
        a.run = a.ahead;
        finish(a);
      }
      break;
    }
    nowMs = next;
    let hasEnded = false;
    for (const a of active) {
      if (changeMs(a) > nowMs) continue;
      a.run = a.ahead;
      a.lineBytesPerMs = -1;
      if (a.run.phase === 'ended') {
        hasEnded = true;
        finish(a);
        fair.remove(a);
      } else {
        a.demand = demandOf(a.run, a.pathPerMs);
        fair.touch(a);
      }
    }
    if (hasEnded) active = active.filter((a) => a.run.phase !== 'ended');
    if (nextPrepared <= nowMs) {
      const due = preparing.filter((p) => p.fromMs <= nowMs);
      preparing = preparing.filter((p) => p.fromMs > nowMs);
      for (const p of due) launch(p.index);
    }
    // Nobody is let in by time alone unless somebody is yet to be asked for.
    if (hasEnded || latestReadyMs >= nowMs) admit();
  }
  return results;
};
