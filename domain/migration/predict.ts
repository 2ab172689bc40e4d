// `understudy predict`: a described migration in, its duration, downtime, bytes and rounds out, with the model named.
import { AUTO_CONVERGE_DEFAULTS, wireFormat, type DiskCopy, type Move, type MoveOutcome, type Order } from './qemu.ts';
import { forecast, INPUT_UNCERTAINTY, type Band, type InputUncertainty } from './forecast.ts';
import { CONTENDED, QUIET, UNKNOWN, type Machine } from './machine.ts';
import type { PredictInput } from './predict-input.ts';
import type { Round } from './run.ts';

/** Named in every prediction; its errors on measured migrations are printed by the conformance part `qemu`. */
const MODEL = 'qemu-precopy-windows-1';

/** Disk writes of a guest about which no more is said fall into this much of its disk (the measured load's region). */
const WRITE_REGION_BYTES = 32 * 1_048_576;

export type Prediction = {
  readonly id: string;
  readonly outcome: MoveOutcome;
  /** From the order to migrate to its end, disk mirror included. */
  readonly totalMs: number;
  readonly downtimeMs: number;
  /** On the wire. */
  readonly ramBytes: number;
  readonly diskBytes: number;
  /** Pending against threshold between bitmap syncs, in order. */
  readonly rounds: readonly Round[];
  readonly model: typeof MODEL;
  readonly mirrorMs: number;
  readonly throttlePct: number;
  readonly band: { readonly totalMs: Band; readonly downtimeMs: Band; readonly bytes: Band };
  /** Share of the circumstances within the inputs' uncertainty that end as `outcome` says. */
  readonly outcomeShare: number;
  /** Standard deviations of the inputs, as shares, that the band stands for. */
  readonly uncertainty: InputUncertainty;
};

export type PredictOptions = {
  readonly machine?: Machine;
  readonly uncertainty?: InputUncertainty;
  /** False leaves `rounds` empty. */
  readonly keepRounds?: boolean;
};

const diskOf = (input: PredictInput): DiskCopy | null =>
  input.mode === 'block'
    ? {
        bytes: input.diskBytes,
        fill: input.diskFill,
        writeBytesPerS: input.diskWriteBps,
        readBytesPerS: input.diskReadBps,
        writeRegionBytes: Math.min(input.diskBytes, input.diskWriteRegionBytes ?? WRITE_REGION_BYTES),
        targetDiscards: input.targetDiscards,
        writeBlocking: false,
      }
    : null;

const ordersOf = (input: PredictInput): readonly Order[] => {
  const orders: Order[] = [];
  if (input.postCopyAfterS !== null) orders.push({ atMs: input.postCopyAfterS * 1000, do: 'post-copy' });
  if (input.timeoutS !== null) orders.push({ atMs: input.timeoutS * 1000, do: 'stop', as: 'timeout' });
  return orders.toSorted((a, b) => a.atMs - b.atMs);
};

/** The move a checked input describes. */
export const moveOfInput = (input: PredictInput): Move => ({
  ramBytes: input.ramBytes,
  touchedBytes: input.touchedBytes,
  workingSetBytes: input.workingSetBytes,
  dirtyPagesPerS: input.dirtyPagesPerS,
  pattern: input.pattern,
  bandwidthBytesPerS: input.maxBandwidthBps,
  postCopyBytesPerS: input.maxPostcopyBandwidthBps,
  downtimeLimitMs: input.downtimeLimitMs,
  switchoverBytesPerS: null,
  postCopyAfterFirstPass: input.mode === 'postcopy' && input.postCopyAfterS === null,
  autoConverge: input.autoConverge
    ? { ...AUTO_CONVERGE_DEFAULTS, initialPct: input.throttleInitialPct, incrementPct: input.throttleIncrementPct }
    : null,
  wire: wireFormat(input.qemuVersion, input.multifd),
  disk: diskOf(input),
  sharedStorage: input.mode === 'shared',
  orders: ordersOf(input),
});

/** How the hosts keep time, as far as the input tells. */
const machineOf = (input: PredictInput): Machine => {
  if (input.hostsBusy === null) return UNKNOWN;
  return input.hostsBusy ? CONTENDED : QUIET;
};

/** Predicts one migration that has its link to itself. Deterministic. */
export const predict = (input: PredictInput, options: PredictOptions = {}): Prediction => {
  const uncertainty = options.uncertainty ?? INPUT_UNCERTAINTY;
  const got = forecast(moveOfInput(input), {
    linkBytesPerS: input.linkBps,
    machine: options.machine ?? machineOf(input),
    uncertainty,
    keepRounds: options.keepRounds ?? true,
  });
  return {
    id: input.id,
    outcome: got.outcome,
    totalMs: got.totalMs,
    downtimeMs: got.downtimeMs,
    ramBytes: got.ramBytes,
    diskBytes: got.diskBytes,
    rounds: got.rounds,
    model: MODEL,
    mirrorMs: got.mirrorMs,
    throttlePct: got.throttlePct,
    band: { totalMs: got.totalBand, downtimeMs: got.downtimeBand, bytes: got.bytesBand },
    outcomeShare: got.outcomeShare,
    uncertainty,
  };
};
