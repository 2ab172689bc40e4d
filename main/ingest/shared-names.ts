// What the documents of one import call things: a listing's UUID may have its name in the file beside it.
import { createHash } from 'node:crypto';

export type SharedNames = {
  /** UUID of a VM's name. */
  readonly uuidOf: ReadonlyMap<string, string>;
  readonly hosts: ReadonlySet<string>;
  /** Names of Placement's resource providers, by UUID. */
  readonly providers: ReadonlyMap<string, string>;
  /** Names of Neutron's networks, by UUID. */
  readonly networks: ReadonlyMap<string, string>;
};

export const NO_NAMES: SharedNames = { uuidOf: new Map(), hosts: new Set(), providers: new Map(), networks: new Map() };

/** What all agree on: a name that means two things in two documents explains neither. */
const agreed = (maps: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> => {
  const known = new Map<string, string>();
  const disputed = new Set<string>();
  for (const map of maps)
    for (const [key, value] of map) {
      if ((known.get(key) ?? value) === value) known.set(key, value);
      else disputed.add(key);
    }
  for (const key of disputed) known.delete(key);
  return known;
};

/** The names of several documents, with a digest by which one that was read with other names is another source. */
export type BesideNames = SharedNames & { readonly digest: string };

export const togetherNames = (all: readonly SharedNames[]): BesideNames => {
  const names = {
    uuidOf: agreed(all.map(({ uuidOf }) => uuidOf)),
    hosts: new Set(all.flatMap(({ hosts }) => [...hosts])),
    providers: agreed(all.map(({ providers }) => providers)),
    networks: agreed(all.map(({ networks }) => networks)),
  };
  return { ...names, digest: digestOf(names) };
};

const digestOf = ({ uuidOf, hosts, providers, networks }: SharedNames): string => {
  const parts = [uuidOf, providers, networks].map((map) => [...map].sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256')
    .update(JSON.stringify([...parts, [...hosts].sort()]))
    .digest('hex');
};
