// A live migration as Nova runs it: QEMU's move with Nova's downtime steps, timeout and permissions as orders on the way.
import { unreachable } from '../base/result.ts';
import {
  AUTO_CONVERGE_DEFAULTS,
  wireFormat,
  type DiskCopy,
  type Move,
  type MoveOutcome,
  type Order,
  type QemuVersion,
  type WritePattern,
} from './qemu.ts';
import type { NovaOptions } from './nova-options.ts';
import { completionTimeoutS, dataGb, downtimeSchedule, firstPollAfterS } from './nova-schedule.ts';

const MIB = 1_048_576;
const GIB = 1_073_741_824;
/** libvirt starts every job with QEMU's own default; Nova's first step comes with its first poll. */
const INITIAL_DOWNTIME_MS = 300;
/** From this on QEMU can combine multifd with post-copy. */
const POST_COPY_MULTIFD_QEMU = 10.1;

/** What has to be known of a VM to say how its live migration goes. */
export type VmMemory = {
  readonly flavorRamMiB: number;
  /** RAM that ever held anything. */
  readonly touchedBytes: number;
  readonly workingSetBytes: number;
  readonly dirtyPagesPerS: number;
  readonly pattern: WritePattern;
  /** Local disks that a block migration copies; empty on shared storage and boot from volume. */
  readonly disks: readonly { readonly bytes: number; readonly fill: number; readonly writeBytesPerS: number }[];
  readonly sharedStorage: boolean;
  /** vPMEM, VFIO and vGPU devices forbid post-copy. */
  readonly postCopyPossible: boolean;
};

const usesPostCopy = (vm: VmMemory, o: NovaOptions, qemu: QemuVersion): boolean =>
  o.permitPostCopy && vm.postCopyPossible && (o.parallelConnections === 1 || qemu >= POST_COPY_MULTIFD_QEMU);

/** Several disks are mirrored as one: their bytes added, the share of data and the writes with them. */
const diskOf = (vm: VmMemory): DiskCopy | null => {
  if (vm.disks.length === 0) return null;
  const bytes = vm.disks.reduce((sum, d) => sum + d.bytes, 0);
  const used = vm.disks.reduce((sum, d) => sum + d.bytes * d.fill, 0);
  return {
    bytes,
    fill: bytes > 0 ? used / bytes : 1,
    writeBytesPerS: vm.disks.reduce((sum, d) => sum + d.writeBytesPerS, 0),
    readBytesPerS: null,
    writeRegionBytes: used,
    targetDiscards: false,
    writeBlocking: false,
  };
};

/** Nova's disk sizes for its own arithmetic: what the file holds, GiB. */
const diskGiB = (vm: VmMemory): readonly number[] => vm.disks.map((d) => (d.bytes * d.fill) / GIB);

/** Orders Nova gives on the way, in order of time: downtime steps, then what it does at the timeout. */
export const novaOrders = (vm: VmMemory, o: NovaOptions, qemu: QemuVersion): readonly Order[] => {
  const gb = dataGb(vm.flavorRamMiB, diskGiB(vm));
  const orders: Order[] = downtimeSchedule(gb, o).map((step) => ({
    atMs: firstPollAfterS(step.atS) * 1000,
    do: 'limit-downtime',
    downtimeLimitMs: step.downtimeMs,
  }));
  const timeoutS = completionTimeoutS(gb, o);
  if (timeoutS !== null) {
    const atMs = firstPollAfterS(timeoutS) * 1000;
    if (o.timeoutAction === 'abort') orders.push({ atMs, do: 'stop', as: 'timeout' });
    else orders.push({ atMs, do: usesPostCopy(vm, o, qemu) ? 'post-copy' : 'pause' });
  }
  return orders.toSorted((a, b) => a.atMs - b.atMs);
};

/** The move Nova would ask QEMU for. Pure; the options are taken as checked (`checkNovaOptions`). */
export const novaMove = (vm: VmMemory, o: NovaOptions, qemu: QemuVersion): Move => ({
  ramBytes: vm.flavorRamMiB * MIB,
  touchedBytes: vm.touchedBytes,
  workingSetBytes: vm.workingSetBytes,
  dirtyPagesPerS: vm.dirtyPagesPerS,
  pattern: vm.pattern,
  bandwidthBytesPerS: o.bandwidthMiBPerS === 0 ? null : o.bandwidthMiBPerS * MIB,
  postCopyBytesPerS: null,
  downtimeLimitMs: INITIAL_DOWNTIME_MS,
  switchoverBytesPerS: null,
  postCopyAfterFirstPass: false,
  autoConverge: o.permitAutoConverge && !usesPostCopy(vm, o, qemu) ? AUTO_CONVERGE_DEFAULTS : null,
  wire: wireFormat(qemu, o.parallelConnections > 1),
  disk: diskOf(vm),
  sharedStorage: vm.sharedStorage,
  orders: novaOrders(vm, o, qemu),
});

/** Nova's migration.status for an outcome: what `openstack server migration list` would show in the end. */
export const novaStatus = (outcome: MoveOutcome): string => {
  switch (outcome) {
    case 'completed':
      return 'completed';
    case 'cancelled':
    case 'cancelled-timeout':
    case 'mirror-cancelled':
      return 'cancelled';
    case 'failed':
    case 'mirror-failed':
      return 'failed';
    case 'endless':
      return 'running';
    case 'postcopy-paused':
      return 'running (post-copy)';
    case 'source-killed':
      return 'error';
    default:
      return unreachable(outcome);
  }
};
