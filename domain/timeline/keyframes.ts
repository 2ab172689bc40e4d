// Keyframes in memory: a few whole states, and between them only what was written since the frame before.
import type { Instant } from '../base/brand.ts';
import { type Cluster, clusterBytes, forkCluster } from '../cluster/cluster.ts';
import { applyClusterPatch, type ClusterPatch, shareRows } from '../cluster/patch.ts';
import { type Cut, isBefore, type Position } from './order.ts';

type Frame = {
  readonly position: Position;
  /** Events folded into it: its place in event-time order. */
  readonly ordinal: number;
  /** What was written since the frame before it in the list; null where that one is not its predecessor. */
  patch: ClusterPatch | null;
  /** The whole state; null where the patches since the nearest whole one before it are enough. */
  whole: Cluster | null;
  usedAt: number;
};

/** A cell in a patch: its row, its value, and a share of what the value refers to (heap of a warmed log, over its writes). */
const BYTES_A_WRITE = 96;

/** A state in memory, made for the caller: nobody else writes to it. */
export type Materialised = { readonly cluster: Cluster; readonly position: Position };

export class Keyframes {
  readonly #budget: number;
  readonly #wholeEvery: number;
  /** Sorted by ordinal. Each has a patch or a whole state, or both. */
  #frames: Frame[] = [];
  #bytes = 0;
  #clock = 0;

  constructor(budget: number, wholeEvery: number) {
    this.#budget = budget;
    this.#wholeEvery = wholeEvery;
  }

  get usage(): { readonly keyframes: number; readonly bytes: number } {
    return { keyframes: this.#frames.length, bytes: this.#bytes };
  }

  #lowerBound(isBelow: (f: Frame) => boolean): number {
    let low = 0;
    let high = this.#frames.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBelow(this.#frames[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexOf(ordinal: number): number {
    return this.#lowerBound((f) => f.ordinal < ordinal);
  }

  /** Ordinal of the nearest frame at or before a cut; 0 when there is none. */
  nearest(cut: Cut): number {
    for (let i = this.#lowerBound((f) => f.position.at <= cut.at) - 1; i >= 0; i--) {
      if (isBefore(this.#frames[i]!.position, cut)) return this.#frames[i]!.ordinal;
    }
    return 0;
  }

  has(ordinal: number): boolean {
    return this.#frames[this.#indexOf(ordinal)]?.ordinal === ordinal;
  }

  /** Ordinal of the first frame after one; Infinity when it is the last. */
  following(ordinal: number): number {
    return this.#frames[this.#indexOf(ordinal + 1)]?.ordinal ?? Infinity;
  }

  /** The state of the frame with this ordinal: the nearest whole one forked, the patches since written onto it. */
  materialise(ordinal: number): Materialised | null {
    const i = this.#indexOf(ordinal);
    const frame = this.#frames[i];
    if (frame === undefined || frame.ordinal !== ordinal) return null;
    let from = i;
    while (this.#frames[from]!.whole === null) from--;
    const root = this.#frames[from]!;
    root.usedAt = ++this.#clock;
    const cluster = forkCluster(root.whole!);
    for (let k = from + 1; k <= i; k++) applyClusterPatch(cluster, this.#frames[k]!.patch!);
    return { cluster, position: frame.position };
  }

  /** The whole state that the frame at i is made from. */
  #rootOf(i: number): Cluster {
    let from = i;
    while (this.#frames[from]!.whole === null) from--;
    return this.#frames[from]!.whole!;
  }

  /** Cells written since the last whole state at or before index i. */
  #writesSinceWhole(i: number): number {
    let writes = 0;
    for (let k = i; k >= 0 && this.#frames[k]!.whole === null; k--) writes += this.#frames[k]!.patch!.writes;
    return writes;
  }

  #wholeBytes(i: number): number {
    const whole = this.#frames[i]!.whole;
    if (whole === null) return 0;
    let before = i - 1;
    while (before >= 0 && this.#frames[before]!.whole === null) before--;
    return clusterBytes(whole, before < 0 ? null : this.#frames[before]!.whole);
  }

  #recount(): void {
    this.#bytes = 0;
    for (const [i, frame] of this.#frames.entries()) {
      this.#bytes += this.#wholeBytes(i) + (frame.patch?.writes ?? 0) * BYTES_A_WRITE;
    }
  }

  /**
   * Adds a state. `patch` leads to it from the frame with ordinal `after`; where that is not the frame before it here,
   * or the patches have grown long, the whole state is kept (forked: the caller may go on writing to it).
   */
  add(cluster: Cluster, position: Position, patch: ClusterPatch | null, after: number): void {
    const ordinal = cluster.counts.folded;
    const i = this.#indexOf(ordinal);
    if (this.#frames[i]?.ordinal === ordinal) return;
    const linked = patch !== null && this.#frames[i - 1]?.ordinal === after && shareRows(this.#rootOf(i - 1), cluster);
    const isLong = linked && this.#writesSinceWhole(i - 1) + patch.writes > this.#wholeEvery;
    const frame: Frame = {
      position,
      ordinal,
      patch: linked ? patch : null,
      whole: linked && !isLong ? null : forkCluster(cluster),
      usedAt: ++this.#clock,
    };
    this.#frames.splice(i, 0, frame);
    this.#unlink(i + 1);
    this.#bytes += this.#wholeBytes(i) + (frame.patch?.writes ?? 0) * BYTES_A_WRITE;
    while (this.#bytes > this.#budget && this.#frames.length > 1) this.#evict(frame);
  }

  /** The frame at i has lost its predecessor: those that need it to be made go, up to the next whole one. */
  #unlink(i: number): void {
    let end = i;
    while (end < this.#frames.length && this.#frames[end]!.whole === null) end++;
    const next = this.#frames[end];
    if (next !== undefined && (end > i || next.patch !== null)) next.patch = null;
    if (end > i) this.#frames.splice(i, end - i);
  }

  dropFrom(at: Instant): void {
    this.#frames = this.#frames.filter((f) => f.position.at < at);
    this.#recount();
  }

  /**
   * Of the whole states that patches could replace, the one whose loss leaves the shortest way goes first; when there is
   * none left, the least recently used whole state goes, with all that is made from it.
   */
  #evict(added: Frame): void {
    const frames = this.#frames;
    let victim = -1;
    let shortest = MOST_WRITES;
    let since = 0;
    for (const [i, frame] of frames.entries()) {
      since += frame.patch?.writes ?? 0;
      if (frame.whole === null) continue;
      if (frame.patch !== null && frame !== added && since < shortest) {
        shortest = since;
        victim = i;
      }
      since = 0;
    }
    if (victim >= 0) frames[victim]!.whole = null;
    else this.#evictRun(added);
    this.#recount();
  }

  #evictRun(added: Frame): void {
    const frames = this.#frames;
    let oldest = -1;
    let end = frames.length;
    let oldestEnd = end;
    for (let i = frames.length - 1; i >= 0; i--) {
      if (frames[i]!.whole === null) continue;
      const holds = frames.indexOf(added) >= i && frames.indexOf(added) < end;
      if (!holds && (oldest < 0 || frames[i]!.usedAt < frames[oldest]!.usedAt)) {
        oldest = i;
        oldestEnd = end;
      }
      end = i;
    }
    if (oldest < 0) {
      // Only the run of the newest frame is left, and it is too large: begin again.
      frames.length = 0;
      return;
    }
    const next = frames[oldestEnd];
    if (next !== undefined) next.patch = null;
    frames.splice(oldest, oldestEnd - oldest);
  }
}

/** Longer ways than this (some 20 ms) are not worth the memory they save. */
const MOST_WRITES = 400_000;
