// The drill being planned: what a click picks, what else happens, its clocks, whether it runs, and what stopped it.
import { signal } from '@preact/signals';
import { BY_HAND, PROFILES, type ProfileName } from '../../domain/drill/settings.ts';
import type { DrillSettings } from '../../domain/drill/outcome.ts';
import type { Failure, Progress } from '../../domain/contract/port.ts';

export type RunningDrill = { readonly progress: Progress | null; readonly stop: AbortController };

/** What a click on a host of the map picks: itself, everything in its rack or zone, or the switch it hangs on. */
export const PICKS = ['host', 'rack', 'az', 'tor'] as const;
export type Pick = (typeof PICKS)[number];

export class DrillPlan {
  readonly settings = signal<DrillSettings>(BY_HAND);
  readonly picks = signal<Pick>('host');
  /** Steps of a fault script, beside the hosts that fail at once; as people write them, one each. */
  readonly steps = signal<readonly string[]>([]);
  readonly running = signal<RunningDrill | null>(null);
  readonly failure = signal<Failure | null>(null);

  change(part: Partial<DrillSettings>): void {
    this.settings.value = { ...this.settings.peek(), ...part };
  }

  toggleStep(step: string): void {
    const now = this.steps.peek();
    this.steps.value = now.includes(step) ? now.filter((s) => s !== step) : [...now, step];
  }

  /** The script as the engine reads it; null when nothing is written. */
  script(): string | null {
    const written = this.steps.peek().filter((step) => step.trim() !== '');
    return written.length === 0 ? null : written.join('\n');
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
