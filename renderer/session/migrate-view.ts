// What a person is about to move: for which goal, under which limits, and the plan that came of it.
import { signal } from '@preact/signals';
import type { PlanAnswer, PlanSettings } from '../../domain/contract/contract.ts';
import type { Failure } from '../../domain/contract/port.ts';
import type { SoughtGoal } from '../../domain/planning/goal.ts';
import { type BlockerMatrix, verdictAt } from '../../domain/planning/matrix.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';
import type { FlavorState } from '../../domain/readout/state.ts';

export type MigrateShows = 'plan' | 'hosts' | 'report' | 'record';

const { policy, perHost, nicBitsPerS, dirtyPagesPerS, skip, pins } = PLAN_DEFAULTS;

export type GoalKind = SoughtGoal['kind'];

/** A hundredth of the unevenness is what a move has to win, and so many may be made. */
const MARGIN = 0.01;
const MOST_MOVES = 50;

export class MigrateView {
  readonly goal = signal<GoalKind>('drain');
  /** The flavor to make room for, and how often it has to fit. */
  readonly room = signal<{ readonly flavor: string | null; readonly count: number }>({ flavor: null, count: 1 });
  /** Hosts to drain, in the order chosen. */
  readonly hosts = signal<readonly string[]>([]);
  readonly shows = signal<MigrateShows>('plan');
  readonly settings = signal<PlanSettings>({ policy, perHost, nicBitsPerS, dirtyPagesPerS, skip, pins });
  /** What the place settled on, for the inspector beside it. */
  readonly matrix = signal<BlockerMatrix | null>(null);
  readonly plan = signal<PlanAnswer | null>(null);
  readonly isApplying = signal(false);
  readonly failure = signal<Failure | null>(null);

  /** The goal as it stands; null while something of it is not chosen. */
  wanted(flavors: readonly FlavorState[]): SoughtGoal | null {
    const hosts = this.hosts.value;
    switch (this.goal.value) {
      case 'drain':
        return hosts.length === 0 ? null : { kind: 'drain', hosts };
      case 'make-room': {
        const { flavor, count } = this.room.value;
        const size = flavors.find((f) => f.name === flavor);
        if (size?.vcpus == null || size.ramMiB == null) return null;
        const { name, vcpus, ramMiB, diskGiB, extraSpecs } = size;
        return {
          kind: 'make-room',
          flavor: { name, vcpus, ramMiB, diskGiB: diskGiB ?? 0, extraSpecs },
          count,
          hosts: null,
        };
      }
      case 'repair':
        return { kind: 'repair' };
      case 'rebalance':
        return { kind: 'rebalance', margin: MARGIN, mostMoves: MOST_MOVES };
    }
  }

  /** Where a VM on `host` would go: as planned, else the first host that takes it. Null: nowhere live, or not known yet. */
  destOf(vm: string, host: string | null): string | null {
    const planned = this.plan.value?.moves.find((m) => m.vm === vm);
    if (planned !== undefined) return planned.kind === 'live' ? planned.dest : null;
    const matrix = this.matrix.value;
    const row = matrix?.vms.findIndex((v) => v.id === vm) ?? -1;
    if (matrix === null || row < 0) return null;
    return matrix.hosts.find((name, i) => name !== host && verdictAt(matrix, row, i) === 'open') ?? null;
  }

  change(part: Partial<PlanSettings>): void {
    this.settings.value = { ...this.settings.peek(), ...part };
  }

  toggleHost(host: string): void {
    const now = this.hosts.peek();
    this.hosts.value = now.includes(host) ? now.filter((h) => h !== host) : [...now, host];
  }

  /** Sends a VM to a host a person has chosen; null lets the plan choose again. */
  pin(vm: string, host: string | null): void {
    const others = this.settings.peek().pins.filter((p) => p.vm !== vm);
    this.change({ pins: host === null ? others : [...others, { vm, host }] });
  }

  /** Leaves a VM where it is, or takes it into the plan again. */
  toggleSkip(vm: string): void {
    const now = this.settings.peek().skip;
    this.change({ skip: now.includes(vm) ? now.filter((v) => v !== vm) : [...now, vm] });
  }
}
