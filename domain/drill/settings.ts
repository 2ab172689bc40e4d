// The clocks a drill runs on unless told otherwise, and what may be asked for.
import { err, ok, type Result } from '../base/result.ts';
import type { DrillSettings } from './outcome.ts';

/** Recovery by hand with today's Nova; each figure is an option's default or is marked assumed in the docs of its field. */
export const BY_HAND: DrillSettings = {
  seed: 'drill',
  reportIntervalS: 10,
  serviceDownTimeS: 60,
  forceDown: false,
  fencingS: 14,
  waitAfterFencingS: 0,
  threads: 1,
  scheduleS: 1,
  spawnS: 12,
  imageFetchSPerGiB: 4,
  landStopped: true,
  graceful: false,
};

/** Masakari's defaults (masakari/conf/engine.py): 180 s wait, 3 threads. */
export const MASAKARI: DrillSettings = { ...BY_HAND, waitAfterFencingS: 180, threads: 3 };

export const PROFILES = { nova: BY_HAND, masakari: MASAKARI } as const satisfies Record<string, DrillSettings>;
export type ProfileName = keyof typeof PROFILES;

const MAX_SECONDS = 7 * 24 * 3600; // a clock longer than a week is a slip of the keyboard
const MAX_THREADS = 1000;

/** Fills in defaults and refuses impossible clocks with a sentence that names the field. */
export const drillSettings = (
  wanted: Partial<DrillSettings>,
  base: DrillSettings = BY_HAND,
): Result<DrillSettings, string> => {
  const settings: DrillSettings = { ...base, ...wanted };
  for (const [field, value] of Object.entries(settings)) {
    if (typeof value !== 'number' || field === 'threads') continue;
    if (!Number.isFinite(value) || value < 0 || value > MAX_SECONDS) {
      return err(`${field} must be between 0 and ${MAX_SECONDS} seconds, not ${value}.`);
    }
  }
  if (!Number.isInteger(settings.threads) || settings.threads < 1 || settings.threads > MAX_THREADS) {
    return err(`threads must be a whole number from 1 to ${MAX_THREADS}, not ${settings.threads}.`);
  }
  return ok(settings);
};
