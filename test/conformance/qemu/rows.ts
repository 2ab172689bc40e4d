// The measured migrations as the engine is asked about them: one row of migrations.jsonl becomes one Move and what was measured.
import { readFileSync } from 'node:fs';
import {
  AUTO_CONVERGE_DEFAULTS,
  type Move,
  type Order,
  type WritePattern,
  wireFormat,
} from '../../../domain/migration/qemu.ts';
import type { ProgressSample } from '../../../domain/migration/estimate.ts';
import { simulate } from '../../../domain/migration/simulate.ts';

export type Row = {
  readonly id: string;
  readonly config?: string;
  readonly group?: string;
  readonly repeat: number;
  readonly mode?: string;
  readonly limited_by?: string;
  readonly outcome: string;
  readonly qemu: string;
  readonly shared_link_bps?: number;
  readonly start_after_s?: number;
  readonly inputs: {
    readonly ram_bytes: number;
    readonly touched_bytes: number;
    readonly working_set_bytes: number;
    readonly dirty_pps: number;
    readonly pattern: string;
    readonly max_bw: number;
    readonly link_bps: number;
    readonly downtime_limit_ms: number;
    readonly caps: readonly string[];
    readonly params: {
      readonly 'max-postcopy-bandwidth'?: number;
      readonly 'avail-switchover-bandwidth'?: number;
      readonly 'cpu-throttle-initial'?: number;
      readonly 'cpu-throttle-increment'?: number;
      readonly 'cpu-throttle-tailslow'?: boolean;
      readonly 'max-cpu-throttle'?: number;
      readonly 'throttle-trigger-threshold'?: number;
    };
    readonly disk_mib: number;
    readonly disk_fill: number;
    readonly disk_write_bps: number;
    readonly disk_write_region_mib: number;
    readonly mirror_discard?: boolean | null;
    readonly mirror_copy_mode?: string;
    readonly timeout_s: number;
  };
  readonly final?: {
    readonly total_time_ms: number;
    readonly downtime_ms: number;
    readonly transferred: number;
  };
  readonly downtime_observed_ms?: number;
  readonly mirror?: { readonly ready_after_s?: number; readonly final_len?: number };
  readonly disk_writes?: { readonly bytes_per_s?: number };
  readonly samples_cols?: readonly string[];
  readonly samples?: readonly (readonly (number | string | null)[])[];
  readonly action?: Action;
  readonly action_at_s?: number | null;
  readonly host?: { readonly busy_fraction: number };
};

type Action = {
  readonly type: string;
  readonly at?: number;
  readonly at_s?: number;
  readonly value?: number;
  readonly during?: string;
  readonly at_postcopy_frac?: number;
  readonly then?: Action;
};

const patternOf = (name: string): WritePattern => (name === 'hotcold' ? '80-20' : (name as WritePattern));

const orderOf = (action: Action, atMs: number): Order | null => {
  switch (action.type) {
    case 'postcopy':
      return { atMs, do: 'post-copy' };
    case 'cancel':
      return { atMs, do: 'stop', as: 'cancel' };
    case 'kill_dst':
      return { atMs, do: 'stop', as: 'destination-killed' };
    case 'kill_src':
      return { atMs, do: 'stop', as: 'source-killed' };
    case 'set_bw':
      return { atMs, do: 'limit-bandwidth', bytesPerS: action.value ?? null };
    case 'set_downtime':
      return { atMs, do: 'limit-downtime', downtimeLimitMs: action.value ?? 0 };
    case 'stop':
      return { atMs, do: 'pause' };
    default:
      return null;
  }
};

/** What was done to the run, at the time it was done (an operator's act is an input, not a prediction). */
const ordersOf = (row: Row): Order[] => {
  const timeout: Order = { atMs: row.inputs.timeout_s * 1000, do: 'stop', as: 'timeout' };
  const action = row.action;
  if (action === undefined) return [timeout];
  const order = orderOf(action, (row.action_at_s ?? action.at_s ?? action.at ?? 0) * 1000);
  return order === null ? [timeout] : [order, timeout];
};

/** A second act at a share of the post-copy phase: its time follows from when that phase is predicted to run. */
const withSecondAct = (row: Row, move: Move): Move => {
  const then = row.action?.then;
  const share = then?.at_postcopy_frac;
  if (then === undefined || share === undefined) return move;
  const line = row.inputs.link_bps > 0 ? row.inputs.link_bps : null;
  const alone = simulate(move, { linkBytesPerS: line });
  // Post-copy begins at the first window after the order, at most 100 ms later.
  const switchedMs = Math.min(alone.totalMs, (move.orders[0]?.atMs ?? 0) + 100);
  const second = orderOf(then, switchedMs + share * Math.max(0, alone.totalMs - switchedMs));
  return second === null ? move : { ...move, orders: [...move.orders.slice(0, 1), second, ...move.orders.slice(1)] };
};

/** An act on the RAM phase of a block migration is timed from that phase, which follows the mirror. */
const afterMirror = (row: Row, move: Move): Move => {
  const [first, ...rest] = move.orders;
  if (move.disk === null || row.action === undefined || row.action.during === 'mirror' || first === undefined)
    return move;
  const line = row.inputs.link_bps > 0 ? row.inputs.link_bps : null;
  const { mirrorMs } = simulate({ ...move, orders: rest }, { linkBytesPerS: line });
  return first.atMs > mirrorMs ? move : { ...move, orders: [{ ...first, atMs: first.atMs + mirrorMs }, ...rest] };
};

export const moveOf = (row: Row): Move => withSecondAct(row, afterMirror(row, plainMoveOf(row)));

const plainMoveOf = (row: Row): Move => {
  const i = row.inputs;
  const p = i.params;
  const mib = 1_048_576;
  return {
    ramBytes: i.ram_bytes,
    touchedBytes: i.touched_bytes,
    workingSetBytes: i.working_set_bytes,
    dirtyPagesPerS: i.dirty_pps,
    pattern: patternOf(i.pattern),
    bandwidthBytesPerS: i.max_bw > 0 ? i.max_bw : null,
    postCopyBytesPerS: p['max-postcopy-bandwidth'] ? p['max-postcopy-bandwidth'] : null,
    downtimeLimitMs: i.downtime_limit_ms,
    switchoverBytesPerS: p['avail-switchover-bandwidth'] ? p['avail-switchover-bandwidth'] : null,
    postCopyAfterFirstPass: false,
    autoConverge: i.caps.includes('auto-converge')
      ? {
          ...AUTO_CONVERGE_DEFAULTS,
          initialPct: p['cpu-throttle-initial'] ?? AUTO_CONVERGE_DEFAULTS.initialPct,
          incrementPct: p['cpu-throttle-increment'] ?? AUTO_CONVERGE_DEFAULTS.incrementPct,
          maxPct: p['max-cpu-throttle'] ?? AUTO_CONVERGE_DEFAULTS.maxPct,
          triggerPct: p['throttle-trigger-threshold'] ?? AUTO_CONVERGE_DEFAULTS.triggerPct,
          tailSlow: p['cpu-throttle-tailslow'] === true,
        }
      : null,
    wire: wireFormat(Number.parseFloat(row.qemu), i.caps.includes('multifd')),
    disk:
      row.mode === 'block'
        ? {
            bytes: i.disk_mib * mib,
            fill: i.disk_fill,
            // The load generator's own count where it fell short of what it was asked for.
            writeBytesPerS: row.disk_writes?.bytes_per_s ?? i.disk_write_bps,
            readBytesPerS: null,
            writeRegionBytes: i.disk_write_region_mib * mib,
            targetDiscards: i.mirror_discard === true,
            writeBlocking: i.mirror_copy_mode === 'write-blocking',
          }
        : null,
    sharedStorage: row.mode === 'shared',
    orders: ordersOf(row),
  };
};

/** From the order to the end, mirror included, milliseconds. */
export const totalMsOf = (row: Row): number | null => {
  if (row.final === undefined) return null;
  return row.final.total_time_ms + (row.mode === 'block' ? (row.mirror?.ready_after_s ?? 0) * 1000 : 0);
};

/**
 * How long the guest did not run. QEMU's own figure; where the guest was paused by hand, which that figure hides, and on
 * shared storage, whose second opening it leaves out, the time from STOP at the source to RESUME at the destination.
 */
export const downtimeOf = (row: Row): number | null => {
  if (row.action?.type === 'stop' || row.mode === 'shared') return row.downtime_observed_ms ?? null;
  return row.final?.downtime_ms ?? null;
};

/** What `understudy predict` is given of a run: what its line can say, whatever else is recorded. */
export const predictLineOf = (row: Row): object => {
  const i = row.inputs;
  return {
    id: row.id,
    mode: row.mode,
    ramBytes: i.ram_bytes,
    touchedBytes: i.touched_bytes,
    workingSetBytes: i.working_set_bytes,
    dirtyPagesPerS: i.dirty_pps,
    pattern: i.pattern,
    maxBandwidthBps: i.max_bw,
    linkBps: i.link_bps,
    downtimeLimitMs: i.downtime_limit_ms,
    autoConverge: i.caps.includes('auto-converge'),
    postCopyAfterS: row.action?.type === 'postcopy' ? (row.action_at_s ?? null) : null,
    diskBytes: i.disk_mib * 1_048_576,
    diskFill: i.disk_fill,
    diskWriteBps: i.disk_write_bps,
    timeoutS: i.timeout_s,
    targetDiscards: i.mirror_discard === true,
    diskWriteRegionBytes: i.disk_write_region_mib * 1_048_576,
    maxPostcopyBandwidthBps: i.params['max-postcopy-bandwidth'] ?? null,
    throttleInitialPct: i.params['cpu-throttle-initial'] ?? null,
    throttleIncrementPct: i.params['cpu-throttle-increment'] ?? null,
  };
};

/** The progress recorded of a run while its RAM was sent. */
export const progressOf = (row: Row): readonly ProgressSample[] => {
  const at = (name: string): number => row.samples_cols?.indexOf(name) ?? -1;
  const number = (sample: readonly (number | string | null)[], name: string): number => Number(sample[at(name)] ?? 0);
  return (row.samples ?? [])
    .filter((sample) => sample[at('status')] === 'active')
    .map((sample) => ({
      atMs: number(sample, 't') * 1000,
      transferredBytes: number(sample, 'transferred'),
      remainingBytes: number(sample, 'remaining'),
      normalPages: number(sample, 'normal'),
      zeroPages: number(sample, 'duplicate'),
      syncCount: number(sample, 'sync_count'),
    }));
};

export const readRows = (path: string): Row[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      // Absent and null mean the same: not recorded.
      const fields = Object.entries(JSON.parse(line) as object).filter(([, value]) => value !== null);
      return Object.fromEntries(fields) as unknown as Row;
    });
