// The runway of every resource from states sampled at even instants, and the one that ends first.
import { type Instant, instant } from '../base/brand.ts';
import type { Resource } from '../scheduling/inventory.ts';
import type { Allocated } from './allocated.ts';
import { type Runway, runwayOf, type UsagePoint } from './runway.ts';

/** What was allocated at one instant. */
export type Sample = { readonly at: Instant; readonly allocated: readonly Allocated[] };

export type ResourceOutlook = Omit<Allocated, 'used'> & {
  readonly points: readonly UsagePoint[];
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

const outlookOf = (samples: readonly Sample[], resource: Resource): ResourceOutlook => {
  const rows = samples.map((s) => ({ at: s.at, row: s.allocated.find((a) => a.resource === resource)! }));
  const { capacity, capacityKeepingOne } = rows.at(-1)!.row;
  const points = rows.map(({ at, row }) => ({ at, used: row.used }));
  const whole = runwayOf(points, capacity);
  const keeping = runwayOf(points, capacityKeepingOne);
  return {
    resource,
    capacity,
    capacityKeepingOne,
    points,
    runway: whole.ok ? whole.value : null,
    keepingOne: keeping.ok ? keeping.value : null,
    refused: whole.ok ? null : whole.error,
  };
};

/** @param samples in order of time, at least one */
export const outlookFrom = (samples: readonly Sample[]): Outlook => {
  const resources = (samples[0]?.allocated ?? []).map((a) => outlookOf(samples, a.resource));
  let first: ResourceOutlook | null = null;
  const days = (o: ResourceOutlook): number => o.runway?.daysP50 ?? Infinity;
  for (const o of resources) if (o.capacity > 0 && days(o) < (first ? days(first) : Infinity)) first = o;
  return { resources, first: first?.resource ?? null };
};
