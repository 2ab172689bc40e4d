// How many whole sets of several flavors fit together, placed one VM after another as nova-scheduler does.
import { err, ok, type Result } from '../base/result.ts';
import { charge, worldOf } from '../drill/world.ts';
import type { ClusterState } from '../readout/state.ts';
import { RESOURCES } from '../scheduling/inventory.ts';
import { noValidHostSentence, type NoValidHost, selectDestination } from '../scheduling/select.ts';
import { fitOf } from './fit.ts';
import { type FitOptions, flavorNamed, type FlavorSize, requestFor } from './flavors.ts';
import { freeOf, slotsOn } from './slots.ts';

export type MixPart = { readonly flavor: FlavorSize; readonly count: number };

export type MixFit = {
  readonly parts: readonly { readonly name: string; readonly count: number }[];
  /** Whole sets, exact for this order: the parts as written, each VM on the heaviest host that passes. */
  readonly sets: number;
  /** No more sets fit in any order. */
  readonly bound: number;
  /** The VM that found no host, and why. */
  readonly stoppedBy: {
    readonly flavor: string;
    readonly why: string;
    readonly byFilter: NoValidHost['byFilter'];
  } | null;
};

const MOST_PARTS = 20;
const MOST_VMS = 1000;

/** `m1.large=3,r1.large=1`: flavors with how many of each a set has. */
export const readMix = (state: ClusterState, text: string): Result<readonly MixPart[], string> => {
  const parts: MixPart[] = [];
  for (const written of text.split(',')) {
    const [, name, digits] = /^\s*(.+?)\s*(?:=\s*(\d{1,6}))?\s*$/.exec(written) ?? [];
    const count = Number(digits ?? 1);
    if (name === undefined || count < 1 || count > MOST_VMS) {
      return err(
        `A mix is written FLAVOR=COUNT,FLAVOR=COUNT with counts of 1 to ${MOST_VMS}, not "${written.trim()}".`,
      );
    }
    const flavor = flavorNamed(state, name);
    if (!flavor.ok) return flavor;
    parts.push({ flavor: flavor.value, count });
  }
  return parts.length > MOST_PARTS ? err(`A mix has at most ${MOST_PARTS} flavors, not ${parts.length}.`) : ok(parts);
};

/** Room of all open hosts together, in sets; and no more than any one flavor would fit alone. */
const boundOf = (state: ClusterState, parts: readonly MixPart[], options: FitOptions): number => {
  const { hosts, release } = worldOf(state);
  const alone = parts.map(({ flavor, count }) => Math.floor(fitOf(state, flavor, options).count / count));
  const requests = parts.map(({ flavor, count }) => ({ request: requestFor(state, flavor, options), count }));
  const open = [...hosts.values()].filter((host) =>
    requests.some(({ request }) => slotsOn(host, request, release.filters).says === 'takes'),
  );
  const together = RESOURCES.flatMap((r) => {
    const wanted = requests.reduce((sum, { request, count }) => sum + request.asked[r] * count, 0);
    return wanted === 0 ? [] : [Math.floor(open.reduce((sum, host) => sum + freeOf(host, r), 0) / wanted)];
  });
  return Math.max(0, Math.min(...alone, ...together));
};

/** Hosts of unknown size are left out, as by `fitOf`. */
export const fitMix = (state: ClusterState, parts: readonly MixPart[], options: FitOptions): MixFit => {
  const world = worldOf(state);
  const requests = parts.flatMap(({ flavor, count }) => {
    const request = requestFor(state, flavor, options);
    return Array.from({ length: count }, () => ({ flavor, request }));
  });
  const closed = [...world.hosts.values()].filter(
    (host) =>
      (options.aggregate !== null && !host.aggregates.some((a) => a.name === options.aggregate)) ||
      requests.some(({ request }) => slotsOn(host, request, world.release.filters).says === 'unknown'),
  );
  for (const { name } of closed) world.hosts.delete(name);
  const told = { parts: parts.map(({ flavor, count }) => ({ name: flavor.name, count })) };
  const bound = boundOf(state, parts, options);
  for (let sets = 0; ; sets++) {
    for (const { flavor, request } of requests) {
      const dest = selectDestination([...world.hosts.values()], request, world.release);
      if (!dest.ok) {
        const { byFilter } = dest.error;
        return {
          ...told,
          sets,
          bound,
          stoppedBy: { flavor: flavor.name, why: noValidHostSentence(dest.error), byFilter },
        };
      }
      charge(world, dest.value.name, request);
    }
    if (sets > bound) return { ...told, sets, bound: sets, stoppedBy: null }; // nothing a release looks at is asked
  }
};
