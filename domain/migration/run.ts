// The state of one simulated migration, and how it begins: mutable, so that a thousand of them can share links cheaply.
import type { Order, Move, MoveOutcome, WritePattern } from './qemu.ts';
import { EXTRA_RAM_BYTES, FIRMWARE_PAGES, LOW_ZERO_PAGES, PAGE_BYTES } from './qemu.ts';
import { writeClasses } from './guest-writes.ts';
import type { Machine } from './machine.ts';

/** mirror: disk; ram: pre-copy; flush: guest stopped, rest sent; post-copy: guest runs at the destination. */
export type Phase = 'mirror' | 'ram' | 'flush' | 'post-copy' | 'ended';

/** What happened between two bitmap syncs. Bytes of guest memory, milliseconds from the start of the move. */
export type Round = {
  readonly startMs: number;
  readonly endMs: number;
  /** Dirty when the round began and when it ended; QEMU counts zero pages in full. */
  readonly pendingStartBytes: number;
  readonly pendingEndBytes: number;
  /** What pending had to fall below. */
  readonly thresholdBytes: number;
  /** Bytes on the wire. */
  readonly sentBytes: number;
  readonly throttlePct: number;
  /** 1, or how many equal rounds this entry stands for. */
  readonly repeats: number;
};

/** What decides how the next rounds go, as it was right after a sync; and the totals, to repeat what followed. */
export type RoundStart = {
  /** Negative where nothing is kept. */
  nowMs: number;
  pending: number;
  phaseMs: number;
  bandwidthBytesPerMs: number;
  throttlePct: number;
  sentBytes: number;
  syncs: number;
};

export type Run = {
  readonly move: Move;
  readonly machine: Machine;
  readonly pattern: WritePattern;
  phase: Phase;
  outcome: MoveOutcome | null;
  nowMs: number;
  startMs: number;
  ramStartMs: number;
  nextOrder: number;
  // Limits that orders may change.
  downtimeLimitMs: number;
  capBytesPerMs: number;
  postCopyAsked: boolean;
  // Dirty pages by kind; the two classes of the working set apart.
  hot0: number;
  hot1: number;
  cold: number;
  zero: number;
  readonly pages0: number;
  readonly pages1: number;
  readonly share0: number;
  readonly share1: number;
  /** First pass: address order, working set before the rest; later the rest lies ahead of the cursor. */
  bulk: boolean;
  /** Whether the last sync found the whole working set dirty. */
  allDirty: boolean;
  /** Pages written unthrottled, and now. */
  readonly fullWritesPerMs: number;
  writesPerMs: number;
  throttlePct: number;
  /** Writes since the last sync, up to writesCountedMs. */
  writes: number;
  writesCountedMs: number;
  // QEMU's bandwidth window.
  windowStartMs: number;
  windowBytes: number;
  budgetBytes: number;
  iterateEndMs: number;
  bandwidthBytesPerMs: number;
  // Auto-converge.
  evaluatedMs: number;
  /** When the throttle last took a step. */
  throttledMs: number;
  newDirtyPages: number;
  sentAtEvaluation: number;
  highCount: number;
  // Block mirror: bytes to copy in this pass, when the pass began, bytes copied so far.
  diskLeft: number;
  diskHoles: number;
  diskPassMs: number;
  diskBulk: boolean;
  diskSent: number;
  // Totals.
  sentBytes: number;
  flushBytes: number;
  flushLeft: number;
  flushHoldMs: number;
  stoppedMs: number;
  resumedMs: number;
  switchMs: number;
  syncs: number;
  // The round being run.
  roundStartMs: number;
  roundPending: number;
  roundSent: number;
  /** Null when nobody asked for rounds. */
  rounds: Round[] | null;
  // Earlier starts of rounds, to notice that nothing changes any more; the second is kept ever longer.
  readonly before: RoundStart;
  readonly kept: RoundStart;
  sinceKept: number;
  keepAfter: number;
};

const noRound = (): RoundStart => ({
  nowMs: -1,
  pending: 0,
  phaseMs: 0,
  bandwidthBytesPerMs: 0,
  throttlePct: 0,
  sentBytes: 0,
  syncs: 0,
});

/** Pages QEMU counts as RAM to send. */
const totalPages = (ramBytes: number): number => (ramBytes + EXTRA_RAM_BYTES) / PAGE_BYTES;

/** A move about to start; `keepRounds` records every round for drawing. */
export const begin = (move: Move, machine: Machine, keepRounds: boolean): Run => {
  const [a, b] = writeClasses(move.pattern, move.workingSetBytes);
  const total = totalPages(move.ramBytes);
  const normal = Math.min(total, FIRMWARE_PAGES + move.touchedBytes / PAGE_BYTES);
  const inSet = Math.min(normal, a.pages + b.pages);
  const scale = a.pages + b.pages > 0 ? inSet / (a.pages + b.pages) : 0;
  const zero = Math.max(0, total - normal - LOW_ZERO_PAGES);
  const disk = move.disk;
  // Auto-converge is modelled for the guest it acts on: one that writes as fast as its processor lets it.
  const fullWritesPerMs = (move.dirtyPagesPerS / 1000) * (move.autoConverge === null ? 1 : machine.guestShare);
  const holes = disk === null || disk.targetDiscards ? 0 : disk.bytes * (1 - disk.fill);
  return {
    move,
    machine,
    pattern: move.pattern,
    phase: disk === null ? 'ram' : 'mirror',
    outcome: null,
    nowMs: 0,
    startMs: 0,
    ramStartMs: 0,
    nextOrder: 0,
    downtimeLimitMs: move.downtimeLimitMs,
    capBytesPerMs: move.bandwidthBytesPerS === null ? Infinity : move.bandwidthBytesPerS / 1000,
    postCopyAsked: false,
    hot0: a.pages * scale,
    hot1: b.pages * scale,
    cold: normal - inSet,
    zero,
    pages0: a.pages * scale,
    pages1: b.pages * scale,
    share0: a.share,
    share1: b.share,
    bulk: true,
    allDirty: true,
    fullWritesPerMs,
    writesPerMs: fullWritesPerMs,
    throttlePct: 0,
    writes: 0,
    writesCountedMs: 0,
    windowStartMs: 0,
    windowBytes: 0,
    budgetBytes: 0,
    iterateEndMs: 0,
    bandwidthBytesPerMs: 0,
    evaluatedMs: 0,
    throttledMs: 0,
    newDirtyPages: 0,
    sentAtEvaluation: 0,
    highCount: 0,
    diskLeft: disk === null ? 0 : disk.bytes * disk.fill,
    diskHoles: holes,
    diskPassMs: 0,
    diskBulk: true,
    diskSent: 0,
    sentBytes: 0,
    flushBytes: 0,
    flushLeft: 0,
    flushHoldMs: 0,
    stoppedMs: -1,
    resumedMs: -1,
    switchMs: -1,
    syncs: 0,
    roundStartMs: 0,
    roundPending: 0,
    roundSent: 0,
    rounds: keepRounds ? [] : null,
    before: noRound(),
    kept: noRound(),
    sinceKept: 0,
    keepAfter: 1,
  };
};

/** When the next order is due; Infinity when none is left. */
export const nextOrderMs = (run: Run): number => {
  const order: Order | undefined = run.move.orders[run.nextOrder];
  return order === undefined ? Infinity : run.startMs + order.atMs;
};

export const pendingPages = (run: Run): number => run.hot0 + run.hot1 + run.cold + run.zero;
