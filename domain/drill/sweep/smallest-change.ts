// What would have to change, and by how little, for a VM that a failing set leaves over to find a home.
import type { Candidate, SchedulingRequest } from '../../scheduling/candidate.ts';
import { UNIT } from '../../scheduling/filters.ts';
import { capacity, type Resource, RESOURCES } from '../../scheduling/inventory.ts';
import { relaxationSentence, smallestRelaxation } from '../../scheduling/relaxation.ts';
import { evacuationRequest, type World } from '../world.ts';
import { firstFit, type Trial } from './search.ts';
import { admits, R, type Shelf } from './shelf.ts';

/** One host that lacks one resource only, and the least of it. */
const missingRoom = (shelf: Shelf, trial: Trial, vm: number): string | null => {
  let best: { host: number; r: number; by: number } | null = null;
  for (const host of shelf.emptiest) {
    if (!trial.isOpen(host) || !admits(shelf, vm, host)) continue;
    const short: { r: number; by: number }[] = [];
    for (let r = 0; r < R; r++) {
      const by = shelf.ask[vm * R + r]! - trial.left(host, r);
      if (by > 0) short.push({ r, by });
    }
    const [only] = short;
    if (short.length === 1 && only && (best === null || only.by < best.by)) best = { host, ...only };
  }
  if (best === null) return null;
  return `${shelf.hosts[best.host]} would need ${Math.ceil(best.by)} ${UNIT[RESOURCES[best.r]!]} more for ${shelf.vms[vm]!.name}`;
};

/** The hosts that are left as the scheduler would see them with the others of the set placed. */
const hostsLeft = (shelf: Shelf, trial: Trial, world: World): readonly Candidate[] =>
  shelf.hosts.flatMap((name, h) => {
    const host = world.hosts.get(name);
    if (host === undefined || trial.isFailed(h)) return [];
    const used = { ...host.used } as Record<Resource, number>;
    for (const [r, resource] of RESOURCES.entries()) {
      const inventory = host.inventories[resource];
      if (inventory !== null && Number.isFinite(trial.left(h, r)))
        used[resource] = capacity(inventory) - trial.left(h, r);
    }
    return [{ ...host, used }];
  });

/** Any change the scheduler's filters would let it pass with: a host enabled, a pin or a group loosened, several shortages at once. */
const ruleLoosened = (shelf: Shelf, trial: Trial, world: World, set: readonly number[], vm: number): string | null => {
  const state = shelf.vms[vm]!;
  const plain = evacuationRequest(
    world,
    state,
    set.map((h) => shelf.hosts[h]!),
  );
  const request: SchedulingRequest = {
    ...plain,
    group: plain.group && { ...plain.group, members: trial.membersOf(shelf.group[vm]!) },
  };
  const found = smallestRelaxation(hostsLeft(shelf, trial, world), request, world.release.filters);
  return found && `${state.name}: ${relaxationSentence(found)}`;
};

/** For the first VM left over, once the others have their homes; null where no change would do. */
export const smallestChange = (
  shelf: Shelf,
  trial: Trial,
  world: () => World,
  set: readonly number[],
  homeless: readonly number[],
): string | null => {
  const [vm] = homeless;
  if (vm === undefined) return null;
  trial.clear();
  firstFit(
    shelf,
    trial,
    set.flatMap((h) => shelf.tenants[h]!).filter((v) => !homeless.includes(v)),
  );
  return missingRoom(shelf, trial, vm) ?? ruleLoosened(shelf, trial, world(), set, vm);
};
