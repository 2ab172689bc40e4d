// Rows read from what is kept: each with the keyframes between which it is the same, so that going back and forth reads few anew.
import type { Cells } from '../base/column.ts';
import { ROW_KINDS, type RowKind } from '../cluster/cluster.ts';

/** A row of a table as one number: the table above 32 bits of row. */
export const rowKey = (kind: RowKind, row: number): number => ROW_KINDS.indexOf(kind) * 2 ** 32 + row;

/** Cells that hold from one keyframe up to before another; null: the row never was written there. */
type Known = { readonly from: number; readonly until: number; readonly cells: Cells | null };

/** Rows in memory: of a cluster of 20,000 VMs all that a picture looks at, twice. */
const MOST = 100_000;

/** The rows of one timeline used lately, one version each. What was not used while so many others were goes. */
export class KeptRows {
  readonly #most: number;
  #young = new Map<number, Known>();
  #old = new Map<number, Known>();
  /** Up to this keyframe it is known that no row changed but as it was learnt. */
  #through = -1;

  constructor(most = MOST) {
    this.#most = most;
  }

  at(key: number, number: number): Cells | null | undefined {
    let known = this.#young.get(key);
    if (known === undefined) {
      known = this.#old.get(key);
      if (known !== undefined) this.#add(key, known);
    }
    return known !== undefined && known.from <= number && number < known.until ? known.cells : undefined;
  }

  #add(key: number, known: Known): void {
    if (this.#young.size >= this.#most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, known);
  }

  learn(key: number, from: number, next: number | null, cells: Cells | null): void {
    this.#add(key, { from, until: next ?? Infinity, cells });
  }

  /** A row as a keyframe that was just left has it. */
  keep(key: number, from: number, cells: Cells): void {
    this.#add(key, { from, until: Infinity, cells });
  }

  /** A keyframe was left, and its rows are kept here. */
  grown(number: number): void {
    this.#through = Math.max(this.#through, number);
  }

  /** Keyframes up to this one exist: what is past the ones known may have changed any row. */
  seen(newest: number): void {
    if (newest <= this.#through) return;
    this.clear();
    this.#through = newest;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#through = -1;
  }
}
