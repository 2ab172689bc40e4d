// What each host of the honest experiment draws and gives between two changes, and the sums over the day.
import type { World } from '../cloudsim/world.ts';
import { OVERLOADED_ABOVE } from '../metrics.ts';
import { powerAt } from '../power.ts';

/** Shares of CPU a VM loses at the source, and costs at the target, while it moves. */
const MOVING_LOSS = 0.1;
/** Sums of many fractions are compared with this slack, so that rounding never counts as a shortage. */
const ROUNDING = 1e-9;

export type HostLedger = {
  readonly on: Uint8Array;
  /** Instants in seconds: end of waking, end of the last migration queued on the link, last accrual, last switch-on. */
  readonly readyAt: Float64Array;
  readonly linkFreeAt: Float64Array;
  readonly accruedAt: Float64Array;
  readonly onSince: Float64Array;
  /** RAM of VMs present and expected. */
  readonly ramMB: Float64Array;
  readonly expected: Int32Array;
  /** VMs whose memory is being received. */
  readonly arriving: readonly number[][];
  /** Per VM: its memory is being sent. */
  readonly moving: Uint8Array;
  /** Per host, since the last change: watts, MIPS asked and given, MIPS lacking because of moves, and whether CPU is short. */
  readonly watts: Float64Array;
  readonly asked: Float64Array;
  readonly given: Float64Array;
  readonly lackedMoving: Float64Array;
  readonly short: Uint8Array;
  /** Per host: seconds on, and seconds of these used above Neat's threshold. */
  readonly hostOnS: Float64Array;
  readonly hostOverS: Float64Array;
  readonly over: Uint8Array;
  readonly migrationS: number[];
  readonly shutdownAfterS: number[];
  joules: number;
  onS: number;
  shortS: number;
  askedTotal: number;
  givenTotal: number;
  lackedMovingTotal: number;
  movedMB: number;
  wakes: number;
  refused: number;
};

/** The ledger of a world whose VMs are placed: hosts with VMs are on from the start. */
export const hostLedger = (w: World): HostLedger => {
  const hosts = w.lists.length;
  const zeros = (): Float64Array => new Float64Array(hosts);
  const ramMB = zeros();
  for (const [host, list] of w.lists.entries()) for (const vm of list) ramMB[host]! += w.vmRamMB[vm]!;
  return {
    on: Uint8Array.from(w.lists, (list) => (list.length > 0 ? 1 : 0)),
    readyAt: zeros(),
    linkFreeAt: zeros(),
    accruedAt: zeros(),
    onSince: zeros(),
    ramMB,
    expected: new Int32Array(hosts),
    arriving: Array.from({ length: hosts }, () => []),
    moving: new Uint8Array(w.vms),
    watts: zeros(),
    asked: zeros(),
    given: zeros(),
    lackedMoving: zeros(),
    short: new Uint8Array(hosts),
    hostOnS: zeros(),
    hostOverS: zeros(),
    over: new Uint8Array(hosts),
    migrationS: [],
    shutdownAfterS: [],
    joules: 0,
    onS: 0,
    shortS: 0,
    askedTotal: 0,
    givenTotal: 0,
    lackedMovingTotal: 0,
    movedMB: 0,
    wakes: 0,
    refused: 0,
  };
};

/** Books a host's rates for the time since its last change. */
export const accrue = (l: HostLedger, host: number, atS: number): void => {
  const seconds = atS - l.accruedAt[host]!;
  l.accruedAt[host] = atS;
  if (l.on[host] === 0) {
    l.onSince[host] = atS;
    return;
  }
  l.joules += l.watts[host]! * seconds;
  l.onS += seconds;
  l.hostOnS[host]! += seconds;
  if (l.over[host] === 1) l.hostOverS[host]! += seconds;
  if (l.short[host] === 1) l.shortS += seconds;
  l.askedTotal += l.asked[host]! * seconds;
  l.givenTotal += l.given[host]! * seconds;
  l.lackedMovingTotal += l.lackedMoving[host]! * seconds;
};

/** A VM ran nowhere for the last seconds of its move: what its host gave it then, it did not get. */
export const blackOut = (w: World, l: HostLedger, vm: number, seconds: number): void => {
  const lost = w.allocated[vm]! * (1 - MOVING_LOSS) * seconds;
  l.givenTotal -= lost;
  l.lackedMovingTotal += lost;
};

/**
 * Recomputes a host's shares: each VM may use one core at most; if all together want more than the host has, everyone is
 * scaled alike. A moving VM loses a tenth of its share at the source and costs a tenth of its demand at the target.
 */
export const settle = (w: World, l: HostLedger, host: number): void => {
  const type = w.hostType[host]!;
  let wanted = 0;
  for (const vm of w.lists[host]!) wanted += Math.min(w.demand[vm]!, type.peMips);
  for (const vm of l.arriving[host]!) wanted += MOVING_LOSS * Math.min(w.demand[vm]!, type.peMips);
  const scale = wanted > type.totalMips ? type.totalMips / wanted : 1;
  let asked = 0;
  let given = 0;
  let lacked = 0;
  let isShort = wanted > type.totalMips * (1 + ROUNDING);
  for (const vm of w.lists[host]!) {
    const demand = w.demand[vm]!;
    const share = Math.min(demand, type.peMips) * scale;
    if (demand > type.peMips * (1 + ROUNDING)) isShort = true;
    const moving = l.moving[vm] === 1;
    const got = moving ? share * (1 - MOVING_LOSS) : share;
    asked += demand;
    given += got;
    if (moving) lacked += demand - got;
    w.allocated[vm] = share;
  }
  l.asked[host] = asked;
  l.given[host] = given;
  l.lackedMoving[host] = lacked;
  l.short[host] = isShort ? 1 : 0;
  const used = Math.min(wanted, type.totalMips);
  w.utilization[host] = used / type.totalMips;
  l.over[host] = w.utilization[host] > OVERLOADED_ABOVE ? 1 : 0;
  w.free[host] = type.totalMips - used;
  w.watts[host] = powerAt(type.power, w.utilization[host]);
  l.watts[host] = w.watts[host];
};
