// The clocks a drill runs on unless told otherwise, and what may be asked for.
import { err, ok, type Result } from '../base/result.ts';
import type { ReleaseProfile } from '../scheduling/release.ts';
import { type DrillSettings, RECOVERY_METHODS } from './outcome.ts';

/** Recovery by hand with today's Nova; each figure is an option's default or is marked assumed in the docs of its field. */
export const BY_HAND: DrillSettings = {
  seed: 'drill',
  reportIntervalS: 10,
  serviceDownTimeS: 60,
  forceDown: false,
  monitorS: null,
  fence: true,
  waitForFence: true,
  fencingS: 14,
  waitAfterFencingS: 0,
  threads: 1,
  scheduleS: 1,
  spawnS: 12,
  imageFetchSPerGiB: 4,
  nicGbitPerS: 10,
  landStopped: true,
  graceful: false,
  evacuationLimitS: null,
  evacuateAll: true,
  resetToError: false,
  taskStateBlocks: false,
  method: 'auto',
  reservedHosts: [],
  joinAggregates: false,
  retries: 0,
  retryAfterS: 120,
};

/**
 * Masakari's defaults (masakari/conf/engine.py): 180 s wait, 3 threads, 90 s for each VM, one more try within the 120 s loop
 * over unfinished notifications. It asks Nova at microversion 2.53 (masakari/compute/nova.py), so VMs keep the state they had.
 */
export const MASAKARI: DrillSettings = {
  ...BY_HAND,
  waitAfterFencingS: 180,
  threads: 3,
  landStopped: false,
  evacuationLimitS: 90,
  resetToError: true,
  retries: 1,
};

/**
 * Proxmox HA, from its own simulator's basic network cut (pve-ha-manager test-basic1: cut 120, fence decision 160,
 * watchdog power-off 166, lock of the dead node obtained 240, started 243): 40 + 6 + 74 + 3 s.
 */
export const PROXMOX: DrillSettings = {
  ...BY_HAND,
  reportIntervalS: 0,
  serviceDownTimeS: 40,
  fencingS: 6,
  waitAfterFencingS: 74,
  threads: 1000, // each node starts its share at once
  scheduleS: 0,
  spawnS: 3,
  landStopped: false,
};

/** vSphere HA in outline: a host is declared dead 12 to 18 s after it fell silent, and restarts follow at once (assumed, not read from a release). */
export const VSPHERE: DrillSettings = {
  ...PROXMOX,
  reportIntervalS: 6,
  serviceDownTimeS: 12,
  fencingS: 0,
  waitAfterFencingS: 0,
  threads: 32,
  spawnS: 30,
};

export const PROFILES = {
  nova: BY_HAND,
  masakari: MASAKARI,
  proxmox: PROXMOX,
  vsphere: VSPHERE,
} as const satisfies Record<string, DrillSettings>;
export type ProfileName = keyof typeof PROFILES;

/**
 * A profile as a release of Nova plays it, where the profile leaves that to Nova: Masakari names its microversion, so only
 * the rule on task states is open there; the others do not ask Nova at all.
 */
export const profileUnder = (name: ProfileName, { evacuatesBusy, landsStopped }: ReleaseProfile): DrillSettings => {
  const profile = PROFILES[name];
  if (profile === BY_HAND) return { ...profile, taskStateBlocks: !evacuatesBusy, landStopped: landsStopped };
  return profile === MASAKARI ? { ...profile, taskStateBlocks: !evacuatesBusy } : profile;
};

const MAX_SECONDS = 7 * 24 * 3600; // a clock longer than a week is a slip of the keyboard
const MAX_THREADS = 1000;
const MAX_RETRIES = 100;
const COUNTS = new Set(['threads', 'retries']);

const beginsAfterS = (s: DrillSettings, noticedS: number): number =>
  noticedS + (s.waitForFence ? s.fencingS : 0) + s.waitAfterFencingS;

const clocksWarning = (s: DrillSettings): string | null => {
  const begins = s.forceDown || s.monitorS === null ? null : beginsAfterS(s, s.monitorS);
  const latest = s.serviceDownTimeS + s.reportIntervalS;
  return begins === null || begins >= latest
    ? null
    : `Evacuations begin ${begins} s after the failure, but Nova may call the service down only after ${latest} s (service_down_time ${s.serviceDownTimeS}): until then every one is refused.`;
};

/** What is wrong with these settings although each is possible alone. */
export const settingsWarnings = (s: DrillSettings): readonly string[] => {
  const clocks = clocksWarning(s);
  const spawnS = s.scheduleS + s.spawnS;
  return [
    ...(clocks === null ? [] : [clocks]),
    ...(s.method !== 'auto' && s.reservedHosts.length === 0
      ? [`Recovery method ${s.method} without a reserved host: Masakari ends it with ReservedHostsUnavailable.`]
      : []),
    ...(s.method === 'auto' && s.reservedHosts.length > 0
      ? ['Recovery method auto never uses reserved hosts: name reserved_host, auto_priority or rh_priority.']
      : []),
    ...(s.evacuationLimitS !== null && s.evacuationLimitS < spawnS
      ? [
          `A VM takes ${spawnS} s to come back, but is given up after ${s.evacuationLimitS} s (wait_period_after_evacuation): every one is counted as failed.`,
        ]
      : []),
    ...(!s.waitForFence
      ? ['Evacuation does not wait for the fence: a host that is only cut off goes on writing to the same disks.']
      : []),
  ];
};

/** Fills in defaults and refuses impossible clocks with a sentence that names the field. */
export const drillSettings = (
  wanted: Partial<DrillSettings>,
  base: DrillSettings = BY_HAND,
): Result<DrillSettings, string> => {
  const settings: DrillSettings = { ...base, ...wanted };
  for (const [field, value] of Object.entries(settings)) {
    if (typeof value !== 'number' || COUNTS.has(field)) continue;
    if (!Number.isFinite(value) || value < 0 || value > MAX_SECONDS) {
      return err(`${field} must be between 0 and ${MAX_SECONDS} seconds, not ${value}.`);
    }
  }
  if (settings.nicGbitPerS === 0) return err('nicGbitPerS must be more than 0.');
  if (!Number.isInteger(settings.threads) || settings.threads < 1 || settings.threads > MAX_THREADS) {
    return err(`threads must be a whole number from 1 to ${MAX_THREADS}, not ${settings.threads}.`);
  }
  if (!Number.isInteger(settings.retries) || settings.retries < 0 || settings.retries > MAX_RETRIES) {
    return err(`retries must be a whole number from 0 to ${MAX_RETRIES}, not ${settings.retries}.`);
  }
  if (!RECOVERY_METHODS.includes(settings.method)) {
    return err(`method must be one of ${RECOVERY_METHODS.join(', ')}, not ${settings.method}.`);
  }
  return ok(settings);
};
