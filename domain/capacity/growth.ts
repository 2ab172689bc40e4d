// What is known to come on top of the trend: committed projects, and flavors that grow by so much a month.
import { instant, type Instant } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';
import { parseInstant } from '../base/time.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Resource } from '../scheduling/inventory.ts';
import { ANYWHERE, flavorNamed, type FlavorSize, requestFor } from './flavors.ts';
import type { OnTop } from './runway.ts';

export type Commitment = { readonly at: Instant; readonly flavor: FlavorSize; readonly count: number };
/** `monthly` is a share: 0.1 for ten per cent a month, compounded. */
export type Growth = { readonly flavor: FlavorSize; readonly monthly: number };

const DAY_MS = 86_400_000;
const DAYS_A_MONTH = 365.25 / 12;
const MOST_VMS = 1_000_000;
const MOST_PERCENT = 1000;

/** `2026-12-15=m1.large:40`: forty m1.large are promised for that day. */
export const readCommitment = (state: ClusterState, text: string): Result<Commitment, string> => {
  const [, when = '', name = '', digits = ''] = /^(.+?)=(.+):(\d{1,7})$/.exec(text) ?? [];
  const count = Number(digits);
  const day = /^\d{4}-\d{2}-\d{2}$/.test(when) ? `${when}T00:00:00Z` : when;
  const at = parseInstant(day);
  if (at === null || count < 1 || count > MOST_VMS) {
    return err(`A commitment is written DATE=FLAVOR:COUNT, as in 2026-12-15=m1.large:40, not "${text}".`);
  }
  const flavor = flavorNamed(state, name);
  return flavor.ok ? ok({ at, flavor: flavor.value, count }) : flavor;
};

/** `m1.large=10`: the flavor grows by ten per cent a month. */
export const readGrowth = (state: ClusterState, text: string): Result<Growth, string> => {
  const [, name = '', digits = ''] = /^(.+)=(-?\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  const percent = Number(digits);
  if (name === '' || digits === '' || Math.abs(percent) > MOST_PERCENT || percent <= -100) {
    return err(`Growth is written FLAVOR=PERCENT a month, as in m1.large=10, not "${text}".`);
  }
  const flavor = flavorNamed(state, name);
  return flavor.ok ? ok({ flavor: flavor.value, monthly: percent / 100 }) : flavor;
};

/** VMs of a flavor now. */
const countOf = (state: ClusterState, flavor: FlavorSize): number =>
  state.vms.reduce((n, vm) => n + (vm.flavor === flavor.name ? 1 : 0), 0);

/** Use on top of the trend of one resource, from the state's instant on. Root disks are counted as local. */
export const onTopOf = (
  state: ClusterState,
  resource: Resource,
  commitments: readonly Commitment[],
  growths: readonly Growth[],
): OnTop => {
  const from = parseInstant(state.at) ?? instant(0);
  const size = (flavor: FlavorSize): number => requestFor(state, flavor, ANYWHERE).asked[resource];
  const steps = commitments.map(({ at, flavor, count }) => ({
    day: Math.max(0, (at - from) / DAY_MS),
    by: count * size(flavor),
  }));
  const curves = growths.map(({ flavor, monthly }) => ({ now: countOf(state, flavor) * size(flavor), monthly }));
  return (day) =>
    steps.reduce((sum, step) => sum + (day >= step.day ? step.by : 0), 0) +
    curves.reduce((sum, { now, monthly }) => sum + now * ((1 + monthly) ** (day / DAYS_A_MONTH) - 1), 0);
};
