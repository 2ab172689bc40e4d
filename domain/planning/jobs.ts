// What has to move and what each move costs alone: VM, way of moving, and QEMU's description of it.
import type { VmState } from '../readout/state.ts';
import { LIVE_ONLY } from '../scheduling/blockers-specs.ts';
import type { Finding } from '../scheduling/finding.ts';
import { payloadBytesPerS } from '../migration/encapsulation.ts';
import { novaMove, type VmMemory } from '../migration/nova-move.ts';
import type { Move } from '../migration/qemu.ts';
import { simulate } from '../migration/simulate.ts';
import { mostCarried } from './move-stream.ts';
import type { PlanOptions, Policy } from './options.ts';
import type { MoveKind } from './plan.ts';

const MIB = 1_048_576;
const GIB = 1_073_741_824;

export type Cost = {
  readonly move: Move;
  /** Preparation apart, the links to itself. */
  readonly soloMs: number;
  readonly downtimeMs: number;
  readonly bytes: number;
  readonly completes: boolean;
};

export type Job = Cost & {
  /** Row in the shelf. */
  readonly row: number;
  readonly vm: VmState;
  /** Row of the host it leaves. */
  readonly source: number;
  readonly kind: MoveKind;
};

/** What migrations may use of a host's adapter, bytes a second of payload; of any host nobody has told of, where none is named. */
export const nicBytesPerS = (o: PlanOptions, host: string | null = null): number =>
  payloadBytesPerS((host === null ? undefined : o.nics[host]) ?? o.nicBitsPerS, o.mtuBytes, 'none');

/** The most a move out of a host can be given, bytes a second: its own adapter, or the quickest at the other end. */
const quickestPathBytesPerS = (o: PlanOptions, source: string | null): number =>
  Math.min(
    nicBytesPerS(o, source),
    Object.keys(o.nics).reduce((most, host) => Math.max(most, nicBytesPerS(o, host)), nicBytesPerS(o)),
  );

/** What one live migration is given on an adapter nobody has told of, or less where its connections' threads carry less. */
export const liveBytesPerS = (o: PlanOptions): number => Math.min(nicBytesPerS(o), mostCarried(o, null));

/** The most a live move out of a host can be given: its path, or less where its connections' threads carry less. */
const quickestLiveBytesPerS = (o: PlanOptions, source: string | null): number =>
  Math.min(quickestPathBytesPerS(o, source), mostCarried(o, source));

/** What is known and assumed of the memory and disks of a VM that moves. */
export const memoryOf = (vm: VmState, o: PlanOptions, sampled: number | null): VmMemory => {
  const ramMiB = Math.max(1, vm.ramMiB ?? 0);
  const isRunning = vm.vmState === 'active';
  return {
    flavorRamMiB: ramMiB,
    touchedBytes: ramMiB * MIB * o.touchedShare,
    workingSetBytes: ramMiB * MIB * o.workingSetShare,
    dirtyPagesPerS: isRunning ? (sampled ?? o.dirtyPagesPerS) : 0,
    pattern: 'random',
    disks:
      vm.storage === 'local' && (vm.diskGiB ?? 0) > 0
        ? [{ bytes: (vm.diskGiB ?? 0) * GIB, fill: o.diskFill, writeBytesPerS: 0 }]
        : [],
    sharedStorage: vm.storage === 'shared',
    postCopyPossible: true,
  };
};

/** A cold copy is a stream that nobody writes to: the disk's data sent as memory at rest. */
const coldMove = (vm: VmState, o: PlanOptions): Move => {
  const bytes = Math.max(4096, vm.storage === 'local' ? (vm.diskGiB ?? 0) * GIB * o.diskFill : 0);
  const still = { ...memoryOf(vm, o, 0), disks: [], dirtyPagesPerS: 0, workingSetBytes: 0 };
  return { ...novaMove(still, o.nova, o.qemu), ramBytes: bytes, touchedBytes: bytes, workingSetBytes: 0, orders: [] };
};

/** Equal VMs cost the same: flavors repeat, simulations need not. */
export type Prices = Map<string, Cost>;

/** What one move costs alone on the quickest links it can have, live or cold. */
export const costOf = (vm: VmState, kind: MoveKind, o: PlanOptions, sampled: number | null, prices: Prices): Cost => {
  const link = kind === 'live' ? quickestLiveBytesPerS(o, vm.host) : quickestPathBytesPerS(o, vm.host);
  const key = `${link} ${kind} ${vm.storage} ${vm.ramMiB} ${vm.diskGiB} ${vm.vmState} ${sampled}`;
  const known = prices.get(key);
  if (known) return known;
  const move = kind === 'live' ? novaMove(memoryOf(vm, o, sampled), o.nova, o.qemu) : coldMove(vm, o);
  const alone = simulate(move, { linkBytesPerS: link });
  const cost: Cost = {
    move,
    soloMs: alone.totalMs + (kind === 'cold' ? o.coldOverheadMs : 0),
    downtimeMs: kind === 'live' ? alone.downtimeMs : vm.vmState === 'stopped' ? 0 : alone.totalMs + o.coldOverheadMs,
    bytes: alone.ramBytes + alone.diskBytes,
    completes: alone.outcome === 'completed',
  };
  prices.set(key, cost);
  return cost;
};

/** vm_states that `openstack server migrate` takes (nova/compute/api.py resize: ACTIVE, STOPPED). */
const COLD_STATES = new Set(['active', 'stopped']);

export type Way =
  | { readonly kind: 'live' | 'cold'; readonly cost: Cost }
  | { readonly kind: null; readonly reasons: readonly Finding[] };

/** How a VM can leave at all, by its policy; otherwise every reason why not. `found` are the findings of every destination. */
export const wayOf = (
  vm: VmState,
  found: readonly Finding[],
  o: PlanOptions,
  sampled: number | null,
  prices: Prices,
  policy: Policy,
): Way => {
  const against = found.filter((f) => f.kind === 'blocker' || f.kind === 'undecided');
  const reasons: Finding[] = [...against];
  if (against.length === 0) {
    const cost = costOf(vm, 'live', o, sampled, prices);
    if (cost.completes) return { kind: 'live', cost };
    const detail = `does not converge at ${Math.round(quickestLiveBytesPerS(o, vm.host) / 1e6)} MB/s within Nova's timeout`;
    reasons.push({
      kind: 'blocker',
      code: 'no-convergence',
      detail,
      fix: 'permit post-copy or auto-converge, or move it cold',
    });
  }
  const coldRefused = against.filter(
    (f) => f.code !== 'vm-state' && f.code !== 'power-state' && !LIVE_ONLY.has(f.code),
  );
  if (policy !== 'live' && coldRefused.length === 0 && COLD_STATES.has(vm.vmState ?? '')) {
    return { kind: 'cold', cost: costOf(vm, 'cold', o, sampled, prices) };
  }
  return { kind: null, reasons };
};
