// One migration alone on its link: from a described move to what it would take.
import type { Move, MoveOutcome } from './qemu.ts';
import { UNLIMITED_BPS } from './qemu.ts';
import { UNKNOWN, type Machine } from './machine.ts';
import { begin, type Round, type Run } from './run.ts';
import { advance, start } from './advance.ts';

export type MoveResult = {
  readonly outcome: MoveOutcome;
  /** From the order to migrate to the end, mirror included. */
  readonly totalMs: number;
  readonly mirrorMs: number;
  readonly ramMs: number;
  /** Guest not running: from stop (or pause) to resume; 0 if it never stopped. */
  readonly downtimeMs: number;
  /** Bytes on the wire. */
  readonly ramBytes: number;
  readonly diskBytes: number;
  /** Of ramBytes, what was sent after the guest stopped at the source. */
  readonly flushBytes: number;
  /** How long the guest ran at the destination with memory still missing. */
  readonly postCopyMs: number;
  readonly syncs: number;
  readonly throttlePct: number;
  /** Empty unless asked for. */
  readonly rounds: readonly Round[];
};

/** What a run that has ended amounts to. */
export const resultOf = (run: Run): MoveResult => {
  const startedMs = run.startMs;
  const inRam = run.ramStartMs > 0 || run.move.disk === null;
  const ramStartMs = run.move.disk === null ? startedMs : run.ramStartMs;
  const writesMeanwhile =
    inRam && run.move.disk !== null ? run.move.disk.writeBytesPerS * ((run.nowMs - ramStartMs) / 1000) : 0;
  const stopped = run.stoppedMs < 0 ? 0 : (run.resumedMs < 0 ? run.nowMs : run.resumedMs) - run.stoppedMs;
  return {
    outcome: run.outcome ?? 'endless',
    totalMs: run.nowMs - startedMs,
    mirrorMs: inRam ? ramStartMs - startedMs : run.nowMs - startedMs,
    ramMs: inRam ? run.nowMs - ramStartMs : 0,
    downtimeMs: stopped,
    ramBytes: run.sentBytes,
    diskBytes: run.diskSent + writesMeanwhile,
    flushBytes: run.flushBytes,
    postCopyMs: run.switchMs < 0 ? 0 : run.nowMs - run.switchMs,
    syncs: run.syncs,
    throttlePct: run.throttlePct,
    rounds: run.rounds ?? [],
  };
};

export type SimulateOptions = {
  /** Bytes a second of the link the traffic crosses; null where nothing is known to limit it. */
  readonly linkBytesPerS: number | null;
  readonly machine?: Machine;
  readonly keepRounds?: boolean;
};

/** Simulates one move that has its link to itself. Pure; a fraction of a millisecond even where the move takes hours. */
export const simulate = (move: Move, options: SimulateOptions): MoveResult => {
  const machine = options.machine ?? UNKNOWN;
  const run = begin(move, machine, options.keepRounds ?? false);
  const line = options.linkBytesPerS === null ? UNLIMITED_BPS / 1000 : options.linkBytesPerS / 1000;
  start(run, 0);
  while (run.phase !== 'ended') advance(run, line, Infinity);
  return resultOf(run);
};
