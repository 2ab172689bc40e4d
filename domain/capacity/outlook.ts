// The runway of every resource from states sampled at even instants, and the one that ends first.
import { type Instant, instant } from '../base/brand.ts';
import type { Resource } from '../scheduling/inventory.ts';
import type { Allocated } from './allocated.ts';
import { NOTHING_ON_TOP, type OnTop, type Runway, runwayOf, type UsagePoint } from './runway.ts';

/** What was allocated at one instant. */
export type Sample = { readonly at: Instant; readonly allocated: readonly Allocated[] };

/** Use beside what there was to use, at one instant of the history. */
export type HistoryPoint = UsagePoint & Pick<Allocated, 'capacity' | 'offline' | 'shutOff' | 'busy'>;

export type ResourceOutlook = Omit<Allocated, 'used'> & {
  readonly points: readonly HistoryPoint[];
  /** Null where the history is too little; `refused` then says why. */
  readonly runway: Runway | null;
  /** The runway to the capacity that is left while any one host may fail. */
  readonly keepingOne: Runway | null;
  readonly refused: string | null;
};

export type Outlook = { readonly resources: readonly ResourceOutlook[]; readonly first: Resource | null };

/** Instants from `from` to `to`, both included: one a day and at most `most`, but never fewer than eight. */
export const sampleInstants = (from: Instant, to: Instant, most: number): readonly Instant[] => {
  const days = Math.floor((to - from) / 86_400_000);
  const steps = Math.min(most, Math.max(8, days + 1)) - 1;
  return Array.from({ length: steps + 1 }, (_, i) => instant(Math.round(from + ((to - from) * i) / steps)));
};

/** What changes the answer beside the history: capacity as it would be, use that comes on top. */
export type Ahead = {
  readonly allocated: readonly Allocated[] | null;
  readonly onTop: (resource: Resource) => OnTop;
};
const AS_IT_IS: Ahead = { allocated: null, onTop: () => NOTHING_ON_TOP };

const outlookOf = (samples: readonly Sample[], now: Allocated, ahead: Ahead): ResourceOutlook => {
  const { resource } = now;
  const points = samples.flatMap(({ at, allocated }): HistoryPoint[] => {
    const row = allocated.find((a) => a.resource === resource);
    if (row === undefined) return [];
    const { used, capacity, offline, shutOff, busy } = row;
    return [{ at, used, capacity, offline, shutOff, busy }];
  });
  const { used: _used, ...then } = ahead.allocated?.find((a) => a.resource === resource) ?? now;
  const onTop = ahead.onTop(resource);
  const whole = runwayOf(points, then.capacity, onTop);
  const keeping = runwayOf(points, then.capacityKeepingOne, onTop);
  return {
    ...then,
    points,
    runway: whole.ok ? whole.value : null,
    keepingOne: keeping.ok ? keeping.value : null,
    refused: whole.ok ? null : whole.error,
  };
};

/** @param samples in order of time, at least one */
export const outlookFrom = (samples: readonly Sample[], ahead: Ahead = AS_IT_IS): Outlook => {
  const resources = (samples.at(-1)?.allocated ?? []).map((now) => outlookOf(samples, now, ahead));
  let first: ResourceOutlook | null = null;
  const days = (o: ResourceOutlook): number => o.runway?.daysP50 ?? Infinity;
  for (const o of resources) if (o.capacity > 0 && days(o) < (first ? days(first) : Infinity)) first = o;
  return { resources, first: first?.resource ?? null };
};
