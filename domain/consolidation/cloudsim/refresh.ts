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

/** Writes what every VM uses at an instant, as a fraction of its own CPU: linear between the two samples around it. */
const interpolate = (w: World, at: number, into: Float64Array, stride: number, offset: number): void => {
  const low = Math.floor(at / INTERVAL_S);
  const high = Math.ceil(at / INTERVAL_S);
  const since = at - low * INTERVAL_S;
  const samples = w.steps + 1;
  for (let vm = 0; vm < w.vms; vm++) {
    const first = w.trace[vm * samples + low]!;
    const slope = high === low ? 0 : (w.trace[vm * samples + high]! - first) / ((high - low) * INTERVAL_S);
    into[vm * stride + offset] = first + slope * since;
  }
};

/** Sets the demand of every VM at an instant, in MIPS. */
export const setDemand = (w: World, at: number): void => {
  interpolate(w, at, w.demand, 1, 0);
  for (let vm = 0; vm < w.vms; vm++) w.demand[vm]! *= w.vmMips[vm]!;
};

/** At tick k, and only at ticks, every VM remembers what it uses. */
export const recordHistory = (w: World, tick: number, at: number): void => interpolate(w, at, w.history, w.steps, tick);

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
  const rounded = utilization > 1 && utilization < ROUNDING ? 1 : utilization;
  assert(rounded >= 0 && rounded <= 1, 'a utilization is between 0 and 1');
  w.utilization[host] = rounded;
  w.watts[host] = powerOf(HOST_POWER, w.hostKind[host]!, rounded);
  noteHost(w.sla, host, at, used, asked);
};

/** Joules of a host since the last update: none if it was empty then, otherwise the mean of the watts then and now. */
const hostJoules = (w: World, host: number, seconds: number): number => {
  if (w.previousUtilization[host] === 0) return 0;
  const before = w.previousWatts[host]!;
  return (before + (w.watts[host]! - before) / 2) * seconds;
};

const dropFinished = (w: World, list: number[]): void => {
  if (!list.some((vm) => w.demand[vm] === 0 && w.inMigration[vm] === 0)) return;
  const staying = list.filter((vm) => {
    if (w.demand[vm] !== 0 || w.inMigration[vm] === 1) return true;
    w.registered[vm] = -1;
    w.vmsDropped++;
    return false;
  });
  list.splice(0, list.length, ...staying);
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
  if (w.quirks.zeroDemandEnds) for (const list of w.lists) dropFinished(w, list);
};

/** A second update at the same instant: it tells something new only of hosts whose VM lists changed since the first. */
export const updateChanged = (w: World, hosts: ReadonlySet<number>, at: number): void => {
  for (const host of hosts) {
    refreshHost(w, host, at);
    if (w.quirks.zeroDemandEnds) dropFinished(w, w.lists[host]!);
  }
};
