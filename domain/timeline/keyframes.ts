// Keyframes: each is a patch on an earlier one, and a few whole states made from them stay in memory.
import type { Instant } from '../base/brand.ts';
import { type Cluster, clusterBytes } from '../cluster/cluster.ts';
import type { ClusterPatch, Sizes } from '../cluster/patch.ts';
import type { Position } from './order.ts';

/** Keyframes of one timeline are counted from 0; `base` is the place of the one it is a patch on, null for the beginning. */
export type Keyframe = {
  readonly number: number;
  readonly position: Position;
  readonly base: Position | null;
  readonly patch: ClusterPatch;
};

/** Patches on the way to a keyframe grow by this factor: seven steps of each size lead anywhere. */
const STEP = 8;

/** Of the first keyframe: more than any number of keyframes has. */
const TOP_LEVEL = 12;

/**
 * How often STEP divides a keyframe's number. It is a patch on the keyframe STEP to this power before it, so that 1,000
 * keyframes are reached by some twenty patches, and each cell is written anew once for each power. The first, which has to tell
 * all of an inventory, is where all of these chains begin.
 */
export const levelOf = (number: number): number => {
  if (number === 0) return TOP_LEVEL;
  let level = 0;
  for (let n = number; n % STEP === 0; n /= STEP) level++;
  return level;
};

/** From this level on the states between are few enough to hold them all: 64 keyframes apart. */
const HELD_LEVEL = 2;

/** True where other ways begin than the one to the next keyframe: its state is worth holding. */
export const isCrossing = (number: number, next: number): boolean =>
  levelOf(number) >= HELD_LEVEL || levelOf(next) < levelOf(number);

/** The state at a keyframe, as the base of a later patch. */
export type Mark = { readonly cluster: Cluster; readonly sizes: Sizes; readonly position: Position | null };

/**
 * A keyframe's state in hand, with what the next keyframes will be patches on: by level, the last one of it. Where the walk
 * came from that state it is in hand too; where this one was made from patches, it can be made at its place.
 */
export type Anchor = Mark & { readonly number: number; readonly marks: readonly (Mark | Position)[] };

/** The marks at a keyframe that was reached from another. */
export const marksAt = (mark: Mark | Position, number: number, before: Anchor['marks']): Anchor['marks'] => {
  const marks = [...before];
  for (let level = levelOf(number); level >= 0; level--) marks[level] = mark;
  return marks;
};

/** Places remembered of states that are not: a person goes back and forth among so many. */
const LATELY = 16;
/** Of the budget: below it there is room for anything. */
const ROOM = 0.95;

type Remembered = { readonly anchor: Anchor; readonly owner: object; readonly at: Instant; readonly bytes: number };

/**
 * The states in memory, of one replayer or of several. When the budget is spent those go first that are quickly made from others, for
 * they are patches on a keyframe close by; among these, what was looked at least recently.
 */
export class States {
  readonly #budget: number;
  /** By level, each in the order of use. */
  readonly #remembered: Set<Remembered>[] = [];
  readonly #byPlace = new WeakMap<object, Map<string, Remembered>>();
  /** Places of states made lately and not remembered. */
  readonly #lately = new Set<string>();
  #bytes = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  get usage(): { readonly states: number; readonly bytes: number } {
    return { states: this.#remembered.reduce((sum, level) => sum + level.size, 0), bytes: this.#bytes };
  }

  #placesOf(owner: object): Map<string, Remembered> {
    const places = this.#byPlace.get(owner) ?? new Map<string, Remembered>();
    this.#byPlace.set(owner, places);
    return places;
  }

  #levelOf({ anchor }: Remembered): Set<Remembered> {
    const level = levelOf(anchor.number);
    while (this.#remembered.length <= level) this.#remembered.push(new Set());
    return this.#remembered[level]!;
  }

  #drop(found: Remembered): void {
    this.#levelOf(found).delete(found);
    this.#placesOf(found.owner).delete(keyOf(found.anchor.position!));
    this.#bytes -= found.bytes;
  }

  at(owner: object, position: Position): Anchor | null {
    const found = this.#placesOf(owner).get(keyOf(position));
    if (found === undefined) return null;
    const level = this.#levelOf(found);
    level.delete(found);
    level.add(found);
    return found.anchor;
  }

  /**
   * Whether the state at a keyframe is worth remembering. Where there is room, any is; else those that many ways lead through, and
   * what is made twice within a few: one dropped before anybody comes again costs the collector more than making it anew.
   */
  wants(number: number, position: Position): boolean {
    if (this.#bytes < this.#budget * ROOM || levelOf(number) >= HELD_LEVEL) return true;
    const key = keyOf(position);
    if (this.#lately.delete(key)) return true;
    this.#lately.add(key);
    for (const oldest of this.#lately) {
      if (this.#lately.size <= LATELY) break;
      this.#lately.delete(oldest);
    }
    return false;
  }

  /** Remembers a state that shares pages with the one it was made from; `text` is what its patch holds in memory. */
  add(owner: object, anchor: Anchor, from: Cluster, text: number): void {
    const { position } = anchor;
    if (position === null || this.#placesOf(owner).has(keyOf(position))) return;
    const added = { anchor, owner, at: position.at, bytes: clusterBytes(anchor.cluster, from) + text };
    this.#levelOf(added).add(added);
    this.#placesOf(owner).set(keyOf(position), added);
    this.#bytes += added.bytes;
    for (const level of this.#remembered) {
      for (const found of level) {
        if (this.#bytes <= this.#budget) return;
        this.#drop(found);
      }
    }
  }

  /** True when a state of the owner's contains the instant. */
  reach(owner: object, from: Instant): boolean {
    for (const found of this.#placesOf(owner).values()) if (found.at >= from) return true;
    return false;
  }

  forget(owner: object): void {
    for (const found of this.#placesOf(owner).values()) this.#drop(found);
  }
}

const keyOf = ({ at, seq }: Position): string => `${at} ${seq}`;
