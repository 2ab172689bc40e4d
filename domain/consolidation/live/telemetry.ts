// CPU histories out of a log's telemetry batches: every sampled VM on one time grid.
import { fromBase64 } from '../../base/base64.ts';
import { idOf } from '../../events/entity.ts';
import type { LogEvent } from '../../events/dictionary.ts';
import type { Workload } from '../workload.ts';

/** In a batch: no sample for this entity. */
const NO_SAMPLE = 255;

export type CpuSeries = {
  /** Milliseconds since 1970 of the first step, and between steps. */
  readonly fromMs: number;
  readonly stepMs: number;
  readonly steps: number;
  /** VM id to utilization 0..1 of its vCPUs by step, oldest first; NaN where nothing was sampled. */
  readonly byVm: ReadonlyMap<string, Float64Array>;
};

export type Span = { readonly fromMs: number; readonly toMs: number; readonly stepMs: number };

/**
 * Reads the batches of `cpu` in [fromMs, toMs]. `rosters` are those known when the span begins (entities by address of the
 * roster); events are in event-time order. Samples of one step count as their mean.
 */
export const cpuSeries = (
  events: Iterable<LogEvent>,
  rosters: ReadonlyMap<string, readonly string[]>,
  { fromMs, toMs, stepMs }: Span,
): CpuSeries => {
  const steps = Math.max(0, Math.floor((toMs - fromMs) / stepMs) + 1);
  const sums = new Map<string, Float64Array>();
  const counts = new Map<string, Uint16Array>();
  const names = new Map(rosters);
  for (const event of events) {
    if (event.type === 'telemetry.roster_set') names.set(event.entity, event.data.entities);
    if (event.type !== 'telemetry.sampled' || event.data.metric !== 'cpu') continue;
    if (event.at < fromMs || event.at > toMs) continue;
    const step = Math.floor((event.at - fromMs) / stepMs);
    const bytes = fromBase64(event.data.values);
    for (const [i, address] of (names.get(event.entity) ?? []).entries()) {
      const byte = bytes?.[i] ?? NO_SAMPLE;
      if (byte === NO_SAMPLE || address.startsWith('host:')) continue;
      const vm = address.includes(':') ? idOf(address) : address;
      const row = sums.get(vm) ?? new Float64Array(steps);
      const seen = counts.get(vm) ?? new Uint16Array(steps);
      row[step]! += Math.min(1, byte * event.data.scale);
      seen[step]! += 1;
      sums.set(vm, row);
      counts.set(vm, seen);
    }
  }
  const byVm = new Map<string, Float64Array>();
  for (const [vm, row] of sums)
    byVm.set(
      vm,
      row.map((sum, step) => sum / counts.get(vm)![step]!),
    ); // 0/0 is NaN: no sample
  return { fromMs, stepMs, steps, byVm };
};

const PERCENT = 100;

/** The series as a workload for the experiments: a VM that was not sampled asked for nothing. VMs in order of their ids. */
export const workloadOf = ({ steps, byVm }: CpuSeries): Workload => {
  const vms = [...byVm.keys()].sort();
  const samples = new Float64Array(vms.length * steps);
  for (const [row, vm] of vms.entries()) {
    for (const [step, share] of byVm.get(vm)!.entries()) {
      samples[row * steps + step] = Number.isNaN(share) ? 0 : share * PERCENT;
    }
  }
  return { vms, steps, samples };
};
