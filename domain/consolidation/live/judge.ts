// Neat's first two questions, asked of every host: its CPU history, and what the detectors make of it.
import type { ClusterState, HostState, VmState } from '../../readout/state.ts';
import { type Evidence, evidenceOf } from './evidence.ts';
import { type LiveSettings, parametersOf, type Policies } from './settings.ts';
import type { CpuSeries } from './telemetry.ts';

/** CPU of each VM in cores by step, newest last; zero where a sampled VM has no sample, as a stopped one has none. */
export type VmHistories = ReadonlyMap<string, readonly number[]>;

export const vmHistories = (state: ClusterState, cpu: CpuSeries, dataLength: number): VmHistories => {
  const found = new Map<string, readonly number[]>();
  for (const vm of state.vms) {
    const row = cpu.byVm.get(vm.id)?.slice(-dataLength);
    if (row === undefined || row.every((share) => Number.isNaN(share))) continue;
    found.set(
      vm.id,
      Array.from(row, (share) => (Number.isNaN(share) ? 0 : share) * (vm.vcpus ?? 1)),
    );
  }
  return found;
};

/** Mean of the newest n, in cores; a stopped VM uses nothing, and one that was never sampled is left out. */
export const expectedCores = (
  state: ClusterState,
  histories: VmHistories,
  lastN: number,
): ReadonlyMap<string, number> => {
  const cores = new Map<string, number>();
  for (const vm of state.vms) {
    const newest = histories.get(vm.id)?.slice(-lastN);
    if (vm.vmState === 'stopped') cores.set(vm.id, 0);
    else if (newest !== undefined) cores.set(vm.id, newest.reduce((a, b) => a + b, 0) / newest.length);
  }
  return cores;
};

/** The most each VM used in its history, in cores. */
export const peakCores = (histories: VmHistories): ReadonlyMap<string, number> =>
  new Map([...histories].map(([vm, row]) => [vm, Math.max(0, ...row)]));

/** Sum of the VMs' cores and of those that forward their traffic (`forwarding`, the same at every step) over the host's, by
 * step; empty when nothing is known. */
export const hostHistory = (
  host: HostState,
  vms: readonly VmState[],
  histories: VmHistories,
  forwarding: number,
): readonly number[] => {
  const rows = vms.map((vm) => histories.get(vm.id) ?? []);
  const length = Math.max(0, ...rows.map((row) => row.length));
  const vcpus = host.vcpus ?? 0;
  if (vcpus === 0) return [];
  return Array.from({ length }, (_, step) => {
    let sum = forwarding;
    // Shorter histories are padded at the old end, as in Neat.
    for (const row of rows) sum += row[step - (length - row.length)] ?? 0;
    return sum / vcpus;
  });
};

export type Judgement = { readonly underload: Evidence; readonly overload: Evidence };

export const judge = (
  history: readonly number[],
  policies: Policies,
  settings: LiveSettings,
  migrationSteps: number,
): Judgement => {
  const { underload, overload } = settings;
  const [isUnder] = policies.underload(history, null);
  const [isOver] = policies.overload(history, null);
  return {
    underload: evidenceOf(underload.name, isUnder, history, parametersOf(underload), migrationSteps),
    overload: evidenceOf(overload.name, isOver, history, parametersOf(overload), migrationSteps),
  };
};
