// The drill being planned: what a click picks, what else happens, its clocks, whether it runs, and what stopped it.
import { signal } from '@preact/signals';
import { type Assumptions, NO_ASSUMPTIONS } from '../../domain/capacity/what-if.ts';
import type { Racks } from '../../domain/drill/faults/failure-domains.ts';
import { BY_HAND, type ProfileName, PROFILES, profileUnder } from '../../domain/drill/settings.ts';
import { LATEST_RELEASE, releaseOf } from '../../domain/scheduling/release.ts';
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
  /** Release of Nova whose defaults hold; null: those of the log. */
  readonly release = signal<string | null>(null);
  /** Racks in place of the log's, with the name of the file that tells them. */
  readonly racks = signal<{ readonly from: string; readonly of: Racks } | null>(null);
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

  /** What the cluster is taken to be; null for as it is. */
  premises(): Assumptions | null {
    const [release, racks] = [this.release.value, this.racks.value?.of ?? null];
    return release === null && racks === null ? null : { ...NO_ASSUMPTIONS, release, racks };
  }

  /** Takes up what a drill was asked under. */
  takePremises(assume: Assumptions | null): void {
    this.release.value = assume?.release ?? null;
    this.racks.value = assume?.racks ? { from: 'the drill', of: assume.racks } : null;
  }

  /** Takes a profile's clocks and keeps the seed. */
  takeProfile(name: ProfileName): void {
    this.settings.value = { ...this.#clocks(name), seed: this.settings.peek().seed };
  }

  /** Other rules of Nova; a profile that was not changed by hand goes along. */
  takeRelease(name: string | null): void {
    const profile = this.profile();
    this.release.value = name;
    if (profile !== null) this.takeProfile(profile);
  }

  /** The profile the settings equal, seed apart; null when they were changed by hand. */
  profile(): ProfileName | null {
    const now = JSON.stringify({ ...this.settings.value, seed: '' });
    const names = Object.keys(PROFILES) as ProfileName[];
    return names.find((name) => JSON.stringify({ ...this.#clocks(name), seed: '' }) === now) ?? null;
  }

  #clocks(name: ProfileName): DrillSettings {
    const release = this.release.value;
    return profileUnder(name, release === null ? LATEST_RELEASE : releaseOf({ release }));
  }
}
