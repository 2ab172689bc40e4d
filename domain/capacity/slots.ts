// How many more VMs of one request a host takes, and what stops the next one.
import type { Candidate, SchedulingRequest } from '../scheduling/candidate.ts';
import { allRefusals, type FilterName } from '../scheduling/filters.ts';
import { type Amounts, capacity, NOTHING, type Resource, RESOURCES, shortage } from '../scheduling/inventory.ts';
import { claimCells, type NumaDemand, type NumaRoom } from '../scheduling/numa.ts';

/** What stops the next VM on a host: a resource class, or that no NUMA cell holds it. */
export type Limit = Resource | 'NUMA';
export const LIMIT_WORDS: Readonly<Record<Limit, string>> = {
  VCPU: 'vCPU',
  MEMORY_MB: 'RAM',
  DISK_GB: 'disk',
  PCPU: 'dedicated CPU',
  NUMA: 'NUMA cell',
};

export type Slots =
  | { readonly says: 'takes'; readonly count: number; readonly limit: Limit }
  /** Refused by a rule, whatever the room. */
  | { readonly says: 'closed'; readonly by: FilterName }
  /** The log does not tell an inventory that decides. */
  | { readonly says: 'unknown' };

const RULES_ONLY: Pick<SchedulingRequest, 'asked' | 'numa'> = { asked: NOTHING, numa: null };

/** Free of one class, never below zero; Infinity where the inventory is unknown or not looked at. */
export const freeOf = (host: Candidate, resource: Resource): number => {
  const inventory = host.inventories[resource];
  return inventory === null ? Infinity : Math.max(0, capacity(inventory) - host.used[resource]);
};

/** Whole VMs that the cells hold, at most `most`. */
const claims = (room: NumaRoom, demand: NumaDemand, most: number): number => {
  let [count, now] = [0, room];
  while (count < most) {
    const next = claimCells(now, demand);
    if (next === null) break;
    now = next;
    count++;
  }
  return count;
};

/** Whole VMs by amounts alone and the class that stops the next; null where the log cannot say. */
const byAmounts = (host: Candidate, asked: Amounts): { readonly count: number; readonly limit: Resource } | null => {
  let best: { count: number; limit: Resource } | null = null;
  for (const resource of RESOURCES) {
    const ask = asked[resource];
    if (ask === 0) continue;
    const inventory = host.inventories[resource];
    if (inventory === null) return null;
    const unfit = shortage(resource, inventory, 0, ask);
    const isTooBig = unfit !== null && unfit.rule !== 'capacity';
    const count = isTooBig ? 0 : Math.floor(freeOf(host, resource) / ask);
    if (best === null || count < best.count) best = { count, limit: resource };
  }
  return best;
};

export const slotsOn = (host: Candidate, request: SchedulingRequest, filters: readonly FilterName[]): Slots => {
  const [closed] = allRefusals(host, { ...request, ...RULES_ONLY }, filters);
  if (closed !== undefined) return { says: 'closed', by: closed.filter };
  const room = byAmounts(host, request.asked);
  if (room === null) return { says: 'unknown' };
  if (request.numa === null || host.numa === null) return { says: 'takes', ...room };
  const count = claims(host.numa, request.numa, room.count);
  return { says: 'takes', count, limit: count < room.count ? 'NUMA' : room.limit };
};
