// The drill being planned: its clocks, whether it runs, and what stopped it.
import { signal } from '@preact/signals';
import { BY_HAND, PROFILES, type ProfileName } from '../../domain/drill/settings.ts';
import type { DrillSettings } from '../../domain/drill/outcome.ts';
import type { Failure, Progress } from '../../domain/contract/port.ts';

export type RunningDrill = { readonly progress: Progress | null; readonly stop: AbortController };

export class DrillPlan {
  readonly settings = signal<DrillSettings>(BY_HAND);
  readonly running = signal<RunningDrill | null>(null);
  readonly failure = signal<Failure | null>(null);

  change(part: Partial<DrillSettings>): void {
    this.settings.value = { ...this.settings.peek(), ...part };
  }

  /** Takes a profile's clocks and keeps the seed. */
  takeProfile(name: ProfileName): void {
    this.settings.value = { ...PROFILES[name], seed: this.settings.peek().seed };
  }

  /** The profile the settings equal, seed apart; null when they were changed by hand. */
  profile(): ProfileName | null {
    const now = JSON.stringify({ ...this.settings.value, seed: '' });
    const names = Object.keys(PROFILES) as ProfileName[];
    return names.find((name) => JSON.stringify({ ...PROFILES[name], seed: '' }) === now) ?? null;
  }
}
