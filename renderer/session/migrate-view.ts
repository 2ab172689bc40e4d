// What a person is about to move: which hosts to empty, under which limits, and the plan that came of it.
import { signal } from '@preact/signals';
import type { PlanAnswer, PlanSettings } from '../../domain/contract/contract.ts';
import type { Failure } from '../../domain/contract/port.ts';
import type { BlockerMatrix } from '../../domain/planning/matrix.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';

export type MigrateShows = 'plan' | 'hosts' | 'report' | 'record';

const { policy, perHost, nicBitsPerS, dirtyPagesPerS, skip, pins } = PLAN_DEFAULTS;

export class MigrateView {
  /** Hosts to drain, in the order chosen. */
  readonly hosts = signal<readonly string[]>([]);
  readonly shows = signal<MigrateShows>('plan');
  readonly settings = signal<PlanSettings>({ policy, perHost, nicBitsPerS, dirtyPagesPerS, skip, pins });
  /** What the place settled on, for the inspector beside it. */
  readonly matrix = signal<BlockerMatrix | null>(null);
  readonly plan = signal<PlanAnswer | null>(null);
  readonly isApplying = signal(false);
  readonly failure = signal<Failure | null>(null);

  change(part: Partial<PlanSettings>): void {
    this.settings.value = { ...this.settings.peek(), ...part };
  }

  toggleHost(host: string): void {
    const now = this.hosts.peek();
    this.hosts.value = now.includes(host) ? now.filter((h) => h !== host) : [...now, host];
  }

  /** Leaves a VM where it is, or takes it into the plan again. */
  toggleSkip(vm: string): void {
    const now = this.settings.peek().skip;
    this.change({ skip: now.includes(vm) ? now.filter((v) => v !== vm) : [...now, vm] });
  }
}
