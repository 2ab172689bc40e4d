// The flavors an answer can be asked for: those the log describes, and those its VMs show by their own size.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import type { FlavorSize } from './fit.ts';

const NAMED = 8;

/** Sorted by name; a flavor whose size nobody told, and no VM of it shows, is left out. */
export const flavorsOf = (state: ClusterState): readonly FlavorSize[] => {
  const found = new Map<string, FlavorSize>();
  for (const vm of state.vms) {
    const { flavor, vcpus, ramMiB, diskGiB } = vm;
    if (flavor === null || vcpus === null || ramMiB === null) continue;
    found.set(flavor, { name: flavor, vcpus, ramMiB, diskGiB: diskGiB ?? 0 });
  }
  for (const { name, vcpus, ramMiB, diskGiB } of state.flavors) {
    if (vcpus !== null && ramMiB !== null) found.set(name, { name, vcpus, ramMiB, diskGiB: diskGiB ?? 0 });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** The flavor of this name, or a sentence with those that are known. */
export const flavorNamed = (state: ClusterState, name: string): Result<FlavorSize, string> => {
  const flavors = flavorsOf(state);
  const found = flavors.find((f) => f.name === name);
  if (found) return ok(found);
  const names = flavors.slice(0, NAMED).map((f) => f.name);
  const known = names.length === 0 ? 'none' : names.join(', ') + (flavors.length > NAMED ? ', …' : '');
  return err(`There is no flavor ${name} at ${state.at}. Known flavors: ${known}.`);
};
