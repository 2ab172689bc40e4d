// What one more VM of a flavor would ask of the scheduler and which hosts never take it, for the search that makes room and for the checker that counts it.
import { dedicatedCpus } from '../cluster/pinning.ts';
import { worldOf } from '../drill/world.ts';
import type { ClusterState } from '../readout/state.ts';
import type { SchedulingRequest } from '../scheduling/candidate.ts';
import { refusal, shortageCode, STANDING } from '../scheduling/filters.ts';
import { RESOURCES, shortage } from '../scheduling/inventory.ts';
import { claimCells, numaDemand, type NumaDemand, type NumaRoom } from '../scheduling/numa.ts';
import type { FlavorAsk } from './goal.ts';

/** CPUs are its own only where hosts keep such CPUs apart. */
export const roomRequest = (state: ClusterState, flavor: FlavorAsk): SchedulingRequest => {
  const { vcpus, ramMiB, diskGiB, extraSpecs = {}, project = null } = flavor;
  const own = state.hosts.some((h) => h.pcpus !== null) ? dedicatedCpus(extraSpecs, vcpus) : 0;
  return {
    asked: { VCPU: Math.max(0, vcpus - own), MEMORY_MB: ramMiB, DISK_GB: diskGiB, PCPU: own },
    zone: null,
    group: null,
    ignore: [],
    project,
    extraSpecs,
    numa: numaDemand(extraSpecs, vcpus, ramMiB),
  };
};

/** What is wanted: amounts by resource, cells, and why a host takes no such VM however empty it is. */
export type Wanted = {
  readonly ask: readonly number[];
  readonly demand: NumaDemand | null;
  /** By host, in the order asked; null where it takes them. */
  readonly refused: readonly (string | null)[];
};

export const wantedOf = (flavor: FlavorAsk, state: ClusterState, names: readonly string[]): Wanted => {
  const { hosts, release } = worldOf(state);
  const request = roomRequest(state, flavor);
  const standing = release.filters.filter((name) => STANDING.has(name));
  const isAmong = release.filters.includes('NUMATopologyFilter');
  return {
    // A class the release does not look at stops nothing.
    ask: RESOURCES.map((r) => (release.checked.includes(r) ? request.asked[r] : 0)),
    demand: isAmong ? request.numa : null,
    refused: names.map((name) => {
      const host = hosts.get(name)!;
      const odd = RESOURCES.flatMap((r) => {
        const inventory = host.inventories[r];
        // With nothing ever used only the units can refuse.
        return (inventory && shortage(r, inventory, -Infinity, request.asked[r])) ?? [];
      });
      return odd[0] ? shortageCode(odd[0]) : (refusal(host, request, standing)?.code ?? null);
    }),
  };
};

/** How often the cells take the demand, counted up to `most`. */
export const timesInCells = (cells: NumaRoom, demand: NumaDemand, most: number): number => {
  let room: NumaRoom | null = cells;
  for (let n = 0; n < most; n++) {
    room = claimCells(room, demand);
    if (room === null) return n;
  }
  return most;
};
