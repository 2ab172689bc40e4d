// Sums over the VM lists of hosts while a tick is planned: kept until a list changes, and continued where it only grew.
import type { World } from './world.ts';
import type { Draft } from './draft.ts';

export const NO_VM = -1;

/** Adds to a host's sums what its VMs from place `from` of its list on bring; from 0 it begins anew. */
type AddFrom = (host: number, list: readonly number[], from: number) => void;

export type KeptSums = {
  readonly begin: (draft: Draft) => void;
  /** Brings a host's sums up to date. */
  readonly need: (host: number) => void;
};

/** A list that grew by as many VMs as it changed times had them appended: going on from there sums in the same order. */
export const keptSums = (hosts: number, addFrom: AddFrom): KeptSums => {
  let draft: Draft;
  const version = new Int32Array(hosts);
  const length = new Int32Array(hosts);
  return {
    begin: (next) => {
      draft = next;
      version.fill(-1);
    },
    need: (host) => {
      const now = draft.version[host]!;
      if (version[host] === now) return;
      const list = draft.lists[host]!;
      const changes = now - version[host]!;
      const more = list.length - length[host]!;
      addFrom(host, list, version[host] !== -1 && more === changes ? length[host]! : 0);
      version[host] = now;
      length[host] = list.length;
    },
  };
};

export type DemandTest = {
  readonly begin: (draft: Draft) => void;
  /** Demand of a host's VMs, and of one more if it is not NO_VM, over its MIPS; uncapped. */
  readonly share: (host: number, vm: number) => number;
};

export const demandTest = (w: World): DemandTest => {
  const sum = new Float64Array(w.lists.length);
  const kept = keptSums(w.lists.length, (host, list, from) => {
    let demand = from === 0 ? 0 : sum[host]!;
    for (let i = from; i < list.length; i++) demand += w.demand[list[i]!]!;
    sum[host] = demand;
  });
  return {
    begin: kept.begin,
    share: (host, vm) => {
      kept.need(host);
      return (vm === NO_VM ? sum[host]! : sum[host]! + w.demand[vm]!) / w.hostType[host]!.totalMips;
    },
  };
};
