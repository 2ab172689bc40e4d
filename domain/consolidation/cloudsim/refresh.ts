// What time does to the hosts: demand, CPU shares, energy, and the VMs CloudSim takes for finished.
import { powerAt } from '../power.ts';
import { INTERVAL_S } from './machines.ts';
import { isSettledOff, noteHost, noteVm } from './sla-ledger.ts';
import type { World } from './world.ts';

/** A migrating VM loses a tenth of its CPU at the source and already costs a tenth of its demand at the target. */
const MIGRATION_SHARE = 0.1;
const MIGRATION_KEPT = 0.9;

/** Rounding may push a full host this far above 1 before CloudSim calls it an error. */
const ROUNDING = 1.01;

/** Fraction of its own CPU a VM asks for at an instant: linear between the two samples around it. */
const utilizationAt = (w: World, vm: number, at: number): number => {
  const low = Math.floor(at / INTERVAL_S);
  const high = Math.ceil(at / INTERVAL_S);
  const first = w.trace[vm * (w.steps + 1) + low]!;
  if (high === low) return first;
  const slope = (w.trace[vm * (w.steps + 1) + high]! - first) / ((high - low) * INTERVAL_S);
  return first + slope * (at - low * INTERVAL_S);
};

/** Sets the demand of every VM at an instant, in MIPS. */
export const setDemand = (w: World, at: number): void => {
  for (let vm = 0; vm < w.vms; vm++) w.demand[vm] = utilizationAt(w, vm, at) * w.vmMips[vm]!;
};

/** At tick k, and only at ticks, every VM remembers what it uses. */
export const recordHistory = (w: World, tick: number, at: number): void => {
  for (let vm = 0; vm < w.vms; vm++) w.history[vm * w.steps + tick] = utilizationAt(w, vm, at);
};

/** Recomputes the CPU shares of one host from its list, in list order, and notes what its VMs and it now have. */
export const refreshHost = (w: World, host: number, at: number): void => {
  const list = w.lists[host]!;
  const type = w.hostType[host]!;
  const given = w.shares;
  w.previousUtilization[host] = w.utilization[host]!;
  w.previousWatts[host] = w.watts[host]!;

  let free = type.totalMips;
  let askedSum = 0;
  let scaled = false;
  for (let i = 0; i < list.length; i++) {
    const vm = list[i]!;
    const moving = w.inMigration[vm] === 1;
    const incoming = moving && w.registered[vm] !== host;
    const capped = Math.min(w.demand[vm]!, type.peMips);
    const asked = incoming ? capped * MIGRATION_SHARE : capped;
    askedSum += asked;
    if (free >= asked) {
      given[i] = moving && !incoming ? capped * MIGRATION_KEPT : asked;
      free -= asked;
    } else {
      scaled = true;
      free = 0;
    }
  }
  const scale = scaled ? type.totalMips / askedSum : 1;

  let used = 0;
  let asked = 0;
  for (let i = 0; i < list.length; i++) {
    const vm = list[i]!;
    const demand = w.demand[vm]!;
    const moving = w.inMigration[vm] === 1;
    const incoming = moving && w.registered[vm] !== host;
    let share = given[i]!;
    if (scaled) {
      const capped = Math.min(demand, type.peMips);
      if (incoming) share = Math.floor(capped * MIGRATION_SHARE * scale);
      else share = Math.floor(moving ? capped * scale * MIGRATION_KEPT : capped * scale);
    }
    if (!incoming) {
      noteVm(w.sla, vm, at, share, demand, moving ? 1 : 0);
      w.allocated[vm] = share;
      if (moving) share /= MIGRATION_KEPT;
    }
    used += share;
    asked += incoming && !w.quirks.incomingDemandWhole ? demand * MIGRATION_SHARE : demand;
  }
  w.free[host] = free;
  const utilization = used / type.totalMips;
  w.utilization[host] = utilization > 1 && utilization < ROUNDING ? 1 : utilization;
  w.watts[host] = powerAt(type.power, w.utilization[host]);
  noteHost(w.sla, host, at, used, asked);
};

/** Joules of a host since the last update: none if it was empty then, otherwise the mean of the watts then and now. */
const hostJoules = (w: World, host: number, seconds: number): number => {
  if (w.previousUtilization[host] === 0) return 0;
  const before = w.previousWatts[host]!;
  return (before + (w.watts[host]! - before) / 2) * seconds;
};

const dropFinished = (w: World): void => {
  for (const list of w.lists) {
    if (!list.some((vm) => w.demand[vm] === 0 && w.inMigration[vm] === 0)) continue;
    const staying = list.filter((vm) => {
      if (w.demand[vm] !== 0 || w.inMigration[vm] === 1) return true;
      w.registered[vm] = -1;
      w.vmsDropped++;
      return false;
    });
    list.splice(0, list.length, ...staying);
  }
};

/** Brings every host to an instant and accounts the energy since the last one. Demand must be set already. */
export const updateAll = (w: World, at: number): void => {
  const seconds = at - w.updatedAt;
  let joules = 0;
  for (let host = 0; host < w.lists.length; host++) {
    const rests = w.lists[host]!.length === 0 && w.utilization[host] === 0 && w.previousUtilization[host] === 0;
    if (rests && isSettledOff(w.sla, host)) continue;
    refreshHost(w, host, at);
    if (seconds > 0) joules += hostJoules(w, host, seconds);
  }
  w.joules += joules;
  w.updatedAt = at;
  if (w.quirks.zeroDemandEnds) dropFinished(w);
};
