// Keeps what CloudSim's SLA figures need while the run goes on: one open entry per VM and host instead of a log.
import { type HostTime, OVERLOADED_ABOVE } from '../metrics.ts';

export type SlaLedger = {
  /** Per VM: start of the open entry (-1 before the first), its MIPS given and asked, and whether it was moving. */
  readonly vmAt: Float64Array;
  readonly vmGiven: Float64Array;
  readonly vmAsked: Float64Array;
  readonly vmMoving: Uint8Array;
  readonly vmWasMoving: Uint8Array;
  readonly vmMovingSince: Float64Array;
  /** Per VM, in MIPS x seconds. */
  readonly vmGivenTotal: Float64Array;
  readonly vmAskedTotal: Float64Array;
  readonly vmShortWhileMoving: Float64Array;
  /** Per host: start of the open entry (-1 before the first), and the same for the host. */
  readonly hostAt: Float64Array;
  readonly hostGiven: Float64Array;
  readonly hostAsked: Float64Array;
  readonly hostActive: Uint8Array;
  readonly hostWasActive: Uint8Array;
  readonly hostOnSince: Float64Array;
  /** Per host: used above Neat's threshold now, and the seconds it was so and was active so far. */
  readonly hostOver: Uint8Array;
  readonly hostOverS: Float64Array;
  readonly hostActiveS: Float64Array;
  activeS: number;
  violatedS: number;
  shortfallSum: number;
  shortfalls: number;
  /** Seconds each shut-down host had been on, and each finished migration had lasted, in the order they ended. */
  readonly beforeShutdownS: number[];
  readonly migrationS: number[];
};

export const slaLedger = (vms: number, hosts: number): SlaLedger => ({
  vmAt: new Float64Array(vms).fill(-1),
  vmGiven: new Float64Array(vms),
  vmAsked: new Float64Array(vms),
  vmMoving: new Uint8Array(vms),
  vmWasMoving: new Uint8Array(vms),
  vmMovingSince: new Float64Array(vms),
  vmGivenTotal: new Float64Array(vms),
  vmAskedTotal: new Float64Array(vms),
  vmShortWhileMoving: new Float64Array(vms),
  hostAt: new Float64Array(hosts).fill(-1),
  hostGiven: new Float64Array(hosts),
  hostAsked: new Float64Array(hosts),
  hostActive: new Uint8Array(hosts),
  hostWasActive: new Uint8Array(hosts).fill(1),
  hostOnSince: new Float64Array(hosts),
  hostOver: new Uint8Array(hosts),
  hostOverS: new Float64Array(hosts),
  hostActiveS: new Float64Array(hosts),
  activeS: 0,
  violatedS: 0,
  shortfallSum: 0,
  shortfalls: 0,
  beforeShutdownS: [],
  migrationS: [],
});

const settleVmFlag = (l: SlaLedger, vm: number): void => {
  const moving = l.vmMoving[vm]!;
  if (moving === l.vmWasMoving[vm]) return;
  if (moving === 1) l.vmMovingSince[vm] = l.vmAt[vm]!;
  else l.migrationS.push(l.vmAt[vm]! - l.vmMovingSince[vm]!);
  l.vmWasMoving[vm] = moving;
};

const closeVm = (l: SlaLedger, vm: number, at: number): void => {
  const seconds = at - l.vmAt[vm]!;
  const given = l.vmGiven[vm]!;
  const asked = l.vmAsked[vm]!;
  l.vmGivenTotal[vm]! += given * seconds;
  l.vmAskedTotal[vm]! += asked * seconds;
  if (given < asked) {
    l.shortfallSum += (asked - given) / asked;
    l.shortfalls++;
    if (l.vmMoving[vm] === 1) l.vmShortWhileMoving[vm]! += (asked - given) * seconds;
  }
  settleVmFlag(l, vm);
};

/** A VM's state from `at` on. A second entry for the same instant replaces the first. */
export const noteVm = (l: SlaLedger, vm: number, at: number, given: number, asked: number, moving: number): void => {
  if (l.vmAt[vm] !== at) {
    if (l.vmAt[vm]! >= 0) closeVm(l, vm, at);
    l.vmAt[vm] = at;
  }
  l.vmGiven[vm] = given;
  l.vmAsked[vm] = asked;
  l.vmMoving[vm] = moving;
};

const settleHostFlag = (l: SlaLedger, host: number): void => {
  const active = l.hostActive[host]!;
  if (active === l.hostWasActive[host]) return;
  if (active === 1) l.hostOnSince[host] = l.hostAt[host]!;
  else l.beforeShutdownS.push(l.hostAt[host]! - l.hostOnSince[host]!);
  l.hostWasActive[host] = active;
};

const closeHost = (l: SlaLedger, host: number, at: number): void => {
  if (l.hostActive[host] === 1) {
    const seconds = at - l.hostAt[host]!;
    l.activeS += seconds;
    l.hostActiveS[host]! += seconds;
    if (l.hostOver[host] === 1) l.hostOverS[host]! += seconds;
    if (l.hostGiven[host]! < l.hostAsked[host]!) l.violatedS += seconds;
  }
  settleHostFlag(l, host);
};

/** A host's state from `at` on: MIPS used, MIPS asked for by its VMs, its load. Active means it uses any. */
export const noteHost = (
  l: SlaLedger,
  host: number,
  at: number,
  given: number,
  asked: number,
  utilization: number,
): void => {
  if (l.hostAt[host] !== at) {
    if (l.hostAt[host]! >= 0) closeHost(l, host, at);
    l.hostAt[host] = at;
  }
  l.hostGiven[host] = given;
  l.hostAsked[host] = asked;
  l.hostActive[host] = given > 0 ? 1 : 0;
  l.hostOver[host] = utilization > OVERLOADED_ABOVE ? 1 : 0;
};

/** True when another entry "inactive" would change nothing. */
export const isSettledOff = (l: SlaLedger, host: number): boolean => l.hostAt[host]! >= 0 && l.hostActive[host] === 0;

/** The last entries have no duration but their change of state counts. */
export const closeLedger = (l: SlaLedger): void => {
  for (let vm = 0; vm < l.vmAt.length; vm++) if (l.vmAt[vm]! >= 0) settleVmFlag(l, vm);
  for (let host = 0; host < l.hostAt.length; host++) if (l.hostAt[host]! >= 0) settleHostFlag(l, host);
};

/** How long each host was active and overloaded. */
export const hostTimes = (l: SlaLedger): readonly HostTime[] =>
  Array.from(l.hostActiveS, (onS, host) => ({ onS, overloadedS: l.hostOverS[host]! }));
