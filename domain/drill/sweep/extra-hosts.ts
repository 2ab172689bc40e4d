// How many hosts more would make a failing set survive: the smallest number of the commonest kind of host.
import { alteredState } from '../../readout/altered-state.ts';
import type { ClusterState, HostState } from '../../readout/state.ts';
import { placeAll, Trial } from './search.ts';
import { shelfOf } from './shelf.ts';

/** More hosts than this are no answer to a few failures. */
export const MOST_EXTRA = 16;

const kindOf = (h: HostState): string =>
  JSON.stringify([
    h.vcpus,
    h.ramMiB,
    h.diskGiB,
    h.vcpuRatio,
    h.ramRatio,
    h.diskRatio,
    h.pcpus,
    h.az,
    h.aggregates,
    h.units,
    h.numaCells,
  ]);

/** The kind of host there is most of; ties go to the first name. */
const commonest = (hosts: readonly HostState[]): HostState | null => {
  const kinds = new Map<string, { readonly first: HostState; count: number }>();
  for (const host of [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const kind = kinds.get(kindOf(host));
    if (kind) kind.count++;
    else kinds.set(kindOf(host), { first: host, count: 1 });
  }
  let best: { readonly first: HostState; count: number } | null = null;
  for (const kind of kinds.values()) if (best === null || kind.count > best.count) best = kind;
  return best?.first ?? null;
};

const emptied = (like: HostState, i: number): HostState => ({
  ...like,
  name: `extra-${i + 1} (like ${like.name})`,
  up: true,
  enabled: true,
  forcedDown: false,
  vcpusUsed: 0,
  pcpusUsed: 0,
  ramMiBUsed: 0,
  diskGiBUsed: 0,
  vms: [],
});

/** The kind of usable host the cluster has most of; null where no capacity is known. */
export const likelyExtra = (state: ClusterState): HostState | null =>
  commonest(state.hosts.filter((h) => h.up !== false && h.enabled !== false && h.ramMiB !== null));

/** The cluster with `count` empty hosts of a kind more. */
export const withExtra = (state: ClusterState, like: HostState, count: number): ClusterState =>
  alteredState(state, { hosts: [...state.hosts, ...Array.from({ length: count }, (_, i) => emptied(like, i))] });

export type ExtraHosts = {
  /** A host of the kind that is added; null where no host's capacity is known. */
  readonly like: string | null;
  /** The smallest number of them with which nobody of a failing set stays without a home; null when `MOST_EXTRA` are not enough. */
  readonly neededFor: (failed: readonly string[]) => number | null;
};

/** Whether a set of hosts may fail in this cluster. */
const judgeOf = (state: ClusterState): ((failed: readonly string[]) => boolean) => {
  const shelf = shelfOf(state);
  const trial = new Trial(shelf);
  const rows = new Map(shelf.hosts.map((name, i) => [name, i]));
  return (failed) => {
    const set = failed.flatMap((name) => rows.get(name) ?? []);
    return placeAll(shelf, trial, set, { details: false }).says === 'fits';
  };
};

/** Clusters with one, two, … hosts more are made when a set first asks for them. */
export const extraHosts = (state: ClusterState): ExtraHosts => {
  const like = likelyExtra(state);
  if (like === null) return { like: null, neededFor: () => null };
  const larger = new Map<number, (failed: readonly string[]) => boolean>();
  const survives = (failed: readonly string[], count: number): boolean => {
    const known = larger.get(count) ?? judgeOf(withExtra(state, like, count));
    larger.set(count, known);
    return known(failed);
  };
  // One host more never makes a set fail that survived: doubled until it does, then halved. Mostly one is enough.
  const neededFor = (failed: readonly string[]): number | null => {
    let yes = 1;
    while (yes < MOST_EXTRA && !survives(failed, yes)) yes *= 2;
    if (!survives(failed, yes)) return null;
    let no = yes >> 1;
    while (yes - no > 1) {
      const middle = (no + yes) >> 1;
      if (survives(failed, middle)) yes = middle;
      else no = middle;
    }
    return yes;
  };
  return { like: like.name, neededFor };
};
