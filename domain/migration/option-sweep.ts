// Which of Nova's settings let this VM finish, and at what cost: every combination simulated, the cheapest first.
import type { NovaOptions } from './nova-options.ts';
import { novaMove, novaStatus, type VmMemory } from './nova-move.ts';
import type { MoveOutcome, QemuVersion } from './qemu.ts';
import { UNLIMITED_BPS } from './qemu.ts';
import { simulate, type MoveResult } from './simulate.ts';
import { UNKNOWN, type Machine } from './machine.ts';

export type SweepCosts = {
  readonly totalMs: number;
  readonly downtimeMs: number;
  readonly bytes: number;
  /** Mean share of its processor time the guest loses to auto-converge while it migrates. */
  readonly slowedShare: number;
  /** Post-copy: the guest is lost if the network fails in this time, and has no working network until its port moves. */
  readonly atRiskMs: number;
};

export type SweepRow = {
  readonly options: NovaOptions;
  /** What differs from the options swept from, as Nova spells it. */
  readonly changes: readonly string[];
  readonly finishes: boolean;
  readonly outcome: MoveOutcome;
  readonly novaStatus: string;
  readonly costs: SweepCosts;
};

export type SweepSetting = { readonly label: string; readonly set: Partial<NovaOptions> };

/** Each setting by itself and in pairs covers what operators turn in practice. */
const SWEEP_SETTINGS: readonly SweepSetting[] = [
  { label: 'live_migration_downtime = 1000', set: { downtimeMs: 1000 } },
  { label: 'live_migration_downtime = 2000', set: { downtimeMs: 2000 } },
  { label: 'live_migration_downtime_delay = 10', set: { downtimeDelayS: 10 } },
  { label: 'live_migration_permit_auto_converge = True', set: { permitAutoConverge: true } },
  { label: 'live_migration_timeout_action = force_complete', set: { timeoutAction: 'force_complete' } },
  { label: 'live_migration_parallel_connections = 4', set: { parallelConnections: 4 } },
  {
    label: 'live_migration_permit_post_copy = True, live_migration_timeout_action = force_complete',
    set: { permitPostCopy: true, timeoutAction: 'force_complete' },
  },
  { label: 'live_migration_completion_timeout = 60', set: { completionTimeoutS: 60 } },
];

export type SweepContext = {
  readonly vm: VmMemory;
  readonly base: NovaOptions;
  readonly qemu: QemuVersion;
  readonly linkBytesPerS: number | null;
  /** What one connection can carry: about what one processor can send. */
  readonly perConnectionBytesPerS?: number;
  readonly machine?: Machine;
  readonly settings?: readonly SweepSetting[];
};

const slowedShare = (result: MoveResult): number => {
  if (result.ramMs <= 0) return 0;
  const lost = result.rounds.reduce((sum, r) => sum + (r.throttlePct / 100) * (r.endMs - r.startMs), 0);
  return lost / result.ramMs;
};

const runOne = (context: SweepContext, options: NovaOptions, changes: readonly string[]): SweepRow => {
  const each = context.perConnectionBytesPerS ?? UNLIMITED_BPS;
  const result = simulate(novaMove(context.vm, options, context.qemu), {
    linkBytesPerS: Math.min(context.linkBytesPerS ?? Infinity, each * options.parallelConnections),
    machine: context.machine ?? UNKNOWN,
    keepRounds: true,
  });
  return {
    options,
    changes,
    finishes: result.outcome === 'completed',
    outcome: result.outcome,
    novaStatus: novaStatus(result.outcome),
    costs: {
      totalMs: result.totalMs,
      downtimeMs: result.downtimeMs,
      bytes: result.ramBytes + result.diskBytes,
      slowedShare: slowedShare(result),
      atRiskMs: result.postCopyMs,
    },
  };
};

/** Finishing first; then without risk, with the shorter stop, the shorter move, the fewer changes. */
const better = (a: SweepRow, b: SweepRow): number =>
  Number(b.finishes) - Number(a.finishes) ||
  a.costs.atRiskMs - b.costs.atRiskMs ||
  a.costs.downtimeMs - b.costs.downtimeMs ||
  a.costs.totalMs - b.costs.totalMs ||
  a.changes.length - b.changes.length;

/**
 * Simulates the options as they are, every setting alone and every pair of settings, and orders the results: the first row
 * that finishes is the gentlest way found.
 */
export const sweepOptions = (context: SweepContext): readonly SweepRow[] => {
  const settings = context.settings ?? SWEEP_SETTINGS;
  const rows = [runOne(context, context.base, [])];
  settings.forEach((one, i) => {
    rows.push(runOne(context, { ...context.base, ...one.set }, [one.label]));
    for (const two of settings.slice(i + 1)) {
      rows.push(runOne(context, { ...context.base, ...one.set, ...two.set }, [one.label, two.label]));
    }
  });
  return rows.toSorted(better);
};
