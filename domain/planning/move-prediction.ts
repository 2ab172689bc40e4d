// One VM's move predicted at an instant: rounds, band, what was assumed for it, and which of Nova's settings would change it.
import { err, ok, type Result } from '../base/result.ts';
import { type Band, forecast } from '../migration/forecast.ts';
import { UNKNOWN } from '../migration/machine.ts';
import { novaMove, novaStatus } from '../migration/nova-move.ts';
import { type SweepRow, sweepOptions } from '../migration/option-sweep.ts';
import type { MoveOutcome } from '../migration/qemu.ts';
import type { Round } from '../migration/run.ts';
import { worldOf } from '../drill/world.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { vmFindings } from '../scheduling/blockers-vm.ts';
import type { Finding } from '../scheduling/finding.ts';
import { findVm, subjectOf } from './check.ts';
import type { Ends } from '../datapath/bulk-stream.ts';
import { costOf, memoryOf, nicBytesPerS } from './jobs.ts';
import { groupsByVm, moveRequest } from './move-request.ts';
import { carriesOf, clockOf, coresOf } from './move-stream.ts';
import type { PlanOptions } from './options.ts';

export type PredictionInput = {
  readonly name: string;
  readonly value: number;
  readonly unit: 'bytes' | 'bytes a second' | 'pages a second' | 'GHz' | 'version';
  readonly evidence: 'observed' | 'assumed';
};

export type PredictedMove = {
  readonly vm: string;
  readonly name: string;
  /** Why it cannot move live wherever it goes; what is predicted then is what would be if it could. */
  readonly refused: readonly Finding[];
  readonly outcome: MoveOutcome;
  /** As `openstack server migration list` would end. */
  readonly novaStatus: string;
  readonly totalMs: number;
  readonly downtimeMs: number;
  /** On the wire. */
  readonly ramBytes: number;
  readonly diskBytes: number;
  readonly mirrorMs: number;
  readonly rounds: readonly Round[];
  readonly band: { readonly totalMs: Band; readonly downtimeMs: Band; readonly bytes: Band };
  /** Share of the circumstances within the inputs' uncertainty that end as `outcome` says. */
  readonly outcomeShare: number;
  readonly inputs: readonly PredictionInput[];
  /** Cores busy on the mean while it sends, on the host it leaves and on one it goes to. */
  readonly cores: Ends;
  /** What its connections can carry, bytes a second, where that is less than its link; then this is what it was predicted with. */
  readonly heldToBytesPerS: number | null;
  /** Nova's options as they are, each setting alone, and the gentlest pair where no single one finishes; best first. */
  readonly sweep: readonly SweepRow[];
  /** Stopped, copied and started again. */
  readonly cold: { readonly totalMs: number; readonly bytes: number };
};

/** Pairs only where nothing simpler finishes: a person turns one knob if one will do. */
const worthTelling = (rows: readonly SweepRow[]): readonly SweepRow[] => {
  const single = rows.filter((r) => r.changes.length <= 1);
  const pair = single.some((r) => r.finishes) ? undefined : rows.find((r) => r.finishes);
  return pair === undefined ? single : [pair, ...single];
};

/** Predicts the move of one VM over links it has to itself. Errors: no such VM, or one whose RAM the log does not tell. */
export const predictMove = (
  state: ClusterState,
  around: Surroundings,
  asked: string,
  o: PlanOptions,
): Result<PredictedMove, string> => {
  const found = findVm(state, asked);
  if (!found.ok) return found;
  const vm = found.value;
  if (vm.ramMiB === null)
    return err(`The log does not tell how much RAM ${vm.name} has, so its move cannot be predicted.`);
  const sampled = around.dirtyPagesPerS.get(vm.id) ?? null;
  const memory = memoryOf(vm, o, sampled);
  const adapter = nicBytesPerS(o, vm.host);
  const carried = carriesOf(o)(vm.host, null);
  const link = Math.min(adapter, carried);
  const got = forecast(novaMove(memory, o.nova, o.qemu), { linkBytesPerS: link, machine: UNKNOWN, keepRounds: true });
  const cold = costOf(vm, 'cold', o, sampled, new Map());
  const world = worldOf(state);
  const subject = subjectOf(state, vm, moveRequest(world, vm, groupsByVm(world).get(vm.id)), around);
  const refused = vmFindings(subject).filter((f) => f.kind === 'blocker' || f.kind === 'undecided');
  const isRunning = vm.vmState === 'active';
  const inputs: readonly PredictionInput[] = [
    { name: 'RAM', value: vm.ramMiB * 1_048_576, unit: 'bytes', evidence: 'observed' },
    { name: 'touched', value: memory.touchedBytes, unit: 'bytes', evidence: 'assumed' },
    {
      name: 'write rate',
      value: memory.dirtyPagesPerS,
      unit: 'pages a second',
      evidence: sampled !== null || !isRunning ? 'observed' : 'assumed',
    },
    { name: 'written to again and again', value: memory.workingSetBytes, unit: 'bytes', evidence: 'assumed' },
    ...memory.disks.map((d): PredictionInput => ({
      name: 'local disk',
      value: d.bytes * d.fill,
      unit: 'bytes',
      evidence: 'assumed',
    })),
    { name: 'link', value: adapter, unit: 'bytes a second', evidence: 'assumed' },
    {
      name: 'clock',
      value: clockOf(o, vm.host),
      unit: 'GHz',
      evidence: vm.host !== null && Object.hasOwn(o.clocks, vm.host) ? 'observed' : 'assumed',
    },
    { name: 'QEMU', value: o.qemu, unit: 'version', evidence: 'assumed' },
  ];
  return ok({
    vm: vm.id,
    name: vm.name,
    refused,
    outcome: got.outcome,
    novaStatus: novaStatus(got.outcome),
    totalMs: got.totalMs,
    downtimeMs: got.downtimeMs,
    ramBytes: got.ramBytes,
    diskBytes: got.diskBytes,
    mirrorMs: got.mirrorMs,
    rounds: got.rounds,
    band: { totalMs: got.totalBand, downtimeMs: got.downtimeBand, bytes: got.bytesBand },
    outcomeShare: got.outcomeShare,
    inputs,
    cores: coresOf(o)(got.totalMs > 0 ? ((got.ramBytes + got.diskBytes) / got.totalMs) * 1000 : 0, vm.host, null),
    heldToBytesPerS: carried < adapter ? carried : null,
    sweep: worthTelling(
      sweepOptions({
        vm: memory,
        base: o.nova,
        qemu: o.qemu,
        linkBytesPerS: adapter,
        perConnectionBytesPerS: carriesOf(o, 1)(vm.host, null),
      }),
    ),
    cold: { totalMs: cold.soloMs, bytes: cold.bytes },
  });
};
