// What time does to the hosts: demand, CPU shares, energy, and the VMs CloudSim takes for finished.
import { assert } from '../../base/result.ts';
import { powerOf } from '../power.ts';
import { HOST_POWER, INTERVAL_S } from './machines.ts';
import { isSettledOff, noteHost, noteVm } from './sla-ledger.ts';
import type { World } from './world.ts';

/** A migrating VM loses a tenth of its CPU at the source and already costs a tenth of its demand at the target. */
const MIGRATION_SHARE = 0.1;
const MIGRATION_KEPT = 0.9;

/** Rounding may push a full host this far above 1 before CloudSim calls it an error. */
const ROUNDING = 1.01;

/** Where an instant lies between two samples: the sums over VMs start there in the trace. */
type Between = { readonly low: number; readonly high: number; readonly since: number; readonly seconds: number };

const between = (w: World, at: number): Between => {
  const low = Math.floor(at / INTERVAL_S);
  const high = Math.ceil(at / INTERVAL_S);
  return { low: low * w.vms, high: high * w.vms, since: at - low * INTERVAL_S, seconds: (high - low) * INTERVAL_S };
};

/** What a VM uses, as a fraction of its own CPU: linear between the two samples. */
const usedAt = (w: World, { low, high, since, seconds }: Between, vm: number): number => {
  const first = w.trace[low + vm]!;
  return seconds === 0 ? first : first + ((w.trace[high + vm]! - first) / seconds) * since;
};

/** Sets the demand of every VM at an instant, in MIPS. */
export const setDemand = (w: World, at: number): void => {
  const when = between(w, at);
  for (let vm = 0; vm < w.vms; vm++) w.demand[vm] = usedAt(w, when, vm) * w.vmMips[vm]!;
};

/** At tick k, and only at ticks, every VM remembers what it uses. */
export const recordHistory = (w: World, tick: number, at: number): void => {
  const when = between(w, at);
  for (let vm = 0; vm < w.vms; vm++) w.history[vm * w.steps + tick] = usedAt(w, when, vm);
};

/** Shares of a host whose VMs ask for more than it has: all scaled alike and rounded down. Tells what is used in all. */
const scaleDown = (w: World, host: number, askedSum: number, at: number): number => {
  const type = w.hostType[host]!;
  const scale = type.totalMips / askedSum;
  let used = 0;
  for (const vm of w.lists[host]!) {
    const demand = w.demand[vm]!;
    const capped = Math.min(demand, type.peMips);
    const moving = w.inMigration[vm] === 1;
    if (moving && w.registered[vm] !== host) {
      used += Math.floor(capped * MIGRATION_SHARE * scale);
      continue;
    }
    const share = Math.floor(moving ? capped * scale * MIGRATION_KEPT : capped * scale);
    noteVm(w.sla, vm, at, share, demand, moving ? 1 : 0);
    w.allocated[vm] = share;
    used += moving ? share / MIGRATION_KEPT : share;
  }
  return used;
};

/** Recomputes the CPU shares of one host from its list, in list order, and notes what its VMs and it now have. */
export const refreshHost = (w: World, host: number, at: number): void => {
  const { demand, inMigration, registered, allocated, sla } = w;
  const { totalMips, peMips } = w.hostType[host]!;
  const incomingShare = w.quirks.incomingDemandWhole ? 1 : MIGRATION_SHARE;
  w.previousUtilization[host] = w.utilization[host]!;
  w.previousWatts[host] = w.watts[host]!;

  let free = totalMips;
  let askedSum = 0;
  let askedWhole = 0;
  let used = 0;
  let isShort = false;
  let idles = 0;
  for (const vm of w.lists[host]!) {
    const wanted = demand[vm]!;
    const capped = Math.min(wanted, peMips);
    let asked = capped;
    if (inMigration[vm] === 0) {
      noteVm(sla, vm, at, capped, wanted, 0);
      allocated[vm] = capped;
      used += capped;
      askedWhole += wanted;
      if (wanted === 0) idles = 1;
    } else if (registered[vm] === host) {
      const share = capped * MIGRATION_KEPT;
      noteVm(sla, vm, at, share, wanted, 1);
      allocated[vm] = share;
      used += share / MIGRATION_KEPT;
      askedWhole += wanted;
    } else {
      asked = capped * MIGRATION_SHARE;
      used += asked;
      askedWhole += wanted * incomingShare;
    }
    askedSum += asked;
    if (free >= asked) free -= asked;
    else {
      isShort = true;
      free = 0;
    }
  }
  // Then what was noted above is noted anew: a second entry for an instant replaces the first.
  if (isShort) used = scaleDown(w, host, askedSum, at);
  w.free[host] = free;
  w.idles[host] = idles;
  const utilization = used / totalMips;
  const rounded = utilization > 1 && utilization < ROUNDING ? 1 : utilization;
  assert(rounded >= 0 && rounded <= 1, 'a utilization is between 0 and 1');
  w.utilization[host] = rounded;
  w.watts[host] = powerOf(HOST_POWER, w.hostKind[host]!, rounded);
  noteHost(sla, host, at, used, askedWhole, rounded);
};

/** Joules of a host since the last update: none if it was empty then, otherwise the mean of the watts then and now. */
const hostJoules = (w: World, host: number, seconds: number): number => {
  if (w.previousUtilization[host] === 0) return 0;
  const before = w.previousWatts[host]!;
  return (before + (w.watts[host]! - before) / 2) * seconds;
};

const dropFinished = (w: World, host: number): void => {
  const list = w.lists[host]!;
  const staying = list.filter((vm) => {
    if (w.demand[vm] !== 0 || w.inMigration[vm] === 1) return true;
    w.registered[vm] = -1;
    w.vmsDropped++;
    return false;
  });
  list.splice(0, list.length, ...staying);
  w.idles[host] = 0;
};

/** Brings every host to an instant and accounts the energy since the last one. Demand must be set already. */
export const updateAll = (w: World, at: number): void => {
  const seconds = at - w.updatedAt;
  const ends = w.quirks.zeroDemandEnds;
  let joules = 0;
  for (let host = 0; host < w.lists.length; host++) {
    const rests = w.lists[host]!.length === 0 && w.utilization[host] === 0 && w.previousUtilization[host] === 0;
    if (rests && isSettledOff(w.sla, host)) continue;
    refreshHost(w, host, at);
    if (seconds > 0) joules += hostJoules(w, host, seconds);
    if (ends && w.idles[host] === 1) dropFinished(w, host);
  }
  w.joules += joules;
  w.updatedAt = at;
};

/**
 * Another update at the same instant: it tells something new only of hosts whose VM lists changed since, and each of them
 * is brought there once, whatever happened to it meanwhile.
 */
export const updateChanged = (w: World, hosts: Iterable<number>, at: number): void => {
  for (const host of hosts) {
    refreshHost(w, host, at);
    if (w.quirks.zeroDemandEnds && w.idles[host] === 1) dropFinished(w, host);
  }
};
