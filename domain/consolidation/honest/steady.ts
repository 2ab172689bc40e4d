// Our strategy: place tightly once, then move only what a lasting shortage demands.
import { assert } from '../../base/result.ts';
import { HOST_TYPES } from '../cloudsim/machines.ts';
import type { World } from '../cloudsim/world.ts';
import { bringTogether } from '../network/bring-together.ts';
import { assumedTalk } from '../network/talk.ts';
import { type Expected, expectedOn, packByRam, type Tenant } from './packing.ts';
import { type ReliefParams, reliefPlanner } from './relief.ts';
import type { HonestStrategy } from './run.ts';

export type SteadyParams = ReliefParams & {
  /** Extra watts, as a share of the cheapest packing's, that may be spent so that VMs lack less CPU. */
  readonly safetyPremium: number;
  /** Of VMs that are alike before anything is known of them, put those together that talk. */
  readonly near: boolean;
};

/** Chosen on the ten PlanetLab days: the least shortage that keeps energy within 8 % of the bound on each of them. */
export const STEADY_DEFAULTS: SteadyParams = {
  safetyPremium: 0.037,
  patienceTicks: 1,
  lackingShare: 0.01,
  arrivalShare: 0.9,
  memoryTicks: 12,
  budget: 40,
  near: false,
};

/** Before anything is known of single VMs, each is expected to use its MIPS as all of them do in the first sample. */
const tenantsOf = (w: World): readonly Tenant[] => {
  let sum = 0;
  let squares = 0;
  for (let vm = 0; vm < w.vms; vm++) {
    const used = w.trace[vm]!;
    sum += used;
    squares += used * used;
  }
  const mean = sum / w.vms;
  const sigma = Math.sqrt(Math.max(0, squares / w.vms - mean * mean));
  return Array.from({ length: w.vms }, (_, vm) => ({
    ramMB: w.vmRamMB[vm]!,
    mips: w.vmMips[vm]!,
    mean: mean * w.vmMips[vm]!,
    sigma: sigma * w.vmMips[vm]!,
  }));
};

type Assignment = Expected & {
  readonly placed: readonly { readonly host: number; readonly members: readonly number[] }[];
};

/** Gives each load the kind of host it is cheapest on at a price per lacking MIPS; the loads that gain most choose first. */
const assignHosts = (
  w: World,
  loads: readonly (readonly number[])[],
  tenants: readonly Tenant[],
  price: number,
): Assignment => {
  const spare = HOST_TYPES.map((_, kind) =>
    w.lists.map((__, host) => host).filter((host) => w.hostKind[host] === kind),
  );
  const priced = loads.map((members) => {
    const own = members.map((vm) => tenants[vm]!);
    const on = HOST_TYPES.map((type) => expectedOn(type, own));
    const costs = on.map((e) => e.watts + price * e.lackingMips + NEVER * e.certainlyLacking);
    return { members, on, costs, gain: Math.max(...costs) - Math.min(...costs) };
  });
  let watts = 0;
  let lackingMips = 0;
  let certainlyLacking = 0;
  const placed = priced
    .toSorted((a, b) => b.gain - a.gain)
    .map(({ members, on, costs }) => {
      const kinds = [...costs.keys()].filter((kind) => spare[kind]!.length > 0).sort((a, b) => costs[a]! - costs[b]!);
      const kind = kinds[0];
      assert(kind !== undefined, 'there is a host for every load');
      watts += on[kind]!.watts;
      lackingMips += on[kind]!.lackingMips;
      certainlyLacking += on[kind]!.certainlyLacking;
      return { host: spare[kind]!.shift()!, members };
    });
  return { watts, lackingMips, certainlyLacking, placed };
};

/** Shares of fast VMs put together, and prices of a lacking MIPS in watts, that are tried against each other. */
const PAIRED = [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];
const PRICES = [0, 0.1, 0.3, 1, 3, 10];

/** Watts a MIPS is worth that would lack all the time: more than any host draws. */
const NEVER = 1000;

/**
 * Of the tries that lack least all the time (nothing, where there is room), and of these within the premium over the
 * cheapest, the one whose VMs may be expected to lack least at times. False when the hosts have no room.
 */
const placeSteadily = (w: World, { safetyPremium, near }: SteadyParams): boolean => {
  const tenants = tenantsOf(w);
  const capacityMB = Math.min(...HOST_TYPES.map((type) => type.ramMB));
  const capacityMips = Math.max(...HOST_TYPES.map((type) => type.totalMips));
  const all = PAIRED.flatMap((paired) => {
    const loads = packByRam(tenants, capacityMB, capacityMips, paired);
    if (loads.length > w.lists.length) return [];
    return PRICES.map((price) => assignHosts(w, loads, tenants, price));
  });
  if (all.length === 0) return false;
  const leastLacking = Math.min(...all.map((t) => t.certainlyLacking));
  const tries = all.filter((t) => t.certainlyLacking <= leastLacking + 1e-6);
  const limit = Math.min(...tries.map((t) => t.watts)) * (1 + safetyPremium);
  const best = tries.filter((t) => t.watts <= limit).reduce((a, b) => (b.lackingMips < a.lackingMips ? b : a));
  for (const { host, members } of best.placed) for (const vm of members) w.registered[vm] = host;
  if (near) bringTogether(w.registered, w.vmMips, assumedTalk(w.vms));
  for (const [vm, host] of w.registered.entries()) w.lists[host]!.push(vm);
  return true;
};

export const steady = (params: SteadyParams = STEADY_DEFAULTS): HonestStrategy => ({
  name: 'steady',
  place: (w) => placeSteadily(w, params),
  planner: (w) => reliefPlanner(w, params),
});
