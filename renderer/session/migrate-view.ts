// What a person is about to move: which hosts to empty, under which limits, and the plan that came of it.
import { signal } from '@preact/signals';
import type { DrainReport, PlanSettings } from '../../domain/contract/contract.ts';
import type { Failure } from '../../domain/contract/port.ts';
import type { BlockerMatrix } from '../../domain/planning/matrix.ts';
import { PLAN_DEFAULTS } from '../../domain/planning/options.ts';
import type { Desk } from './desk.ts';

export type MigrateShows = 'plan' | 'hosts' | 'report' | 'record';

const { policy, perHost, nicBitsPerS, dirtyPagesPerS, skip } = PLAN_DEFAULTS;

export class MigrateView {
  /** Hosts to drain, in the order chosen. */
  readonly hosts = signal<readonly string[]>([]);
  readonly shows = signal<MigrateShows>('plan');
  readonly settings = signal<PlanSettings>({ policy, perHost, nicBitsPerS, dirtyPagesPerS, skip });
  /** What the place settled on, for the inspector beside it. */
  readonly matrix = signal<BlockerMatrix | null>(null);
  readonly plan = signal<DrainReport | null>(null);
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

const NAMED = 3; // a branch named after forty hosts would not be read

/** `drain: compute-07`, `drain: 7 hosts`. */
export const drainName = (hosts: readonly string[]): string =>
  `drain: ${hosts.length <= NAMED ? hosts.join(', ') : `${hosts.length} hosts`}`;

/** Writes the plan on show onto a branch of its own, from the instant it was made for; the window follows the branch. */
export const applyPlan = async (desk: Desk): Promise<void> => {
  const { migrate } = desk;
  const plan = migrate.plan.peek();
  if (plan === null || migrate.isApplying.peek()) return;
  migrate.isApplying.value = true;
  migrate.failure.value = null;
  const branch = desk.freeName(drainName(plan.drained));
  const answer = await desk.client.call('plan.drain', {
    timeline: desk.timeline.peek(),
    at: { at: Date.parse(plan.at), seq: null },
    hosts: plan.drained,
    settings: migrate.settings.peek(),
    branch,
  });
  migrate.isApplying.value = false;
  if (!answer.ok) {
    migrate.failure.value = answer.error;
    return;
  }
  await desk.refreshLog();
  desk.switchTo(branch);
};
