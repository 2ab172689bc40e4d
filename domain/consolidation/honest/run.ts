// The honest experiment: CloudSim's machines and workload where RAM counts, idle hosts draw power, idle VMs stay.
import { Agenda } from '../../base/agenda.ts';
import { instant, millis } from '../../base/brand.ts';
import { assert } from '../../base/result.ts';
import { HOST_TYPES, INTERVAL_S } from '../cloudsim/machines.ts';
import type { Move } from '../cloudsim/plan.ts';
import { QUIRK_NAMES, withoutQuirks } from '../cloudsim/quirks.ts';
import { createWorld, type World } from '../cloudsim/world.ts';
import type { Watch } from '../course.ts';
import type { Workload } from '../workload.ts';
import { type HostKind, type Need, wattsBound } from './energy-bound.ts';
import type { MigrationModel } from './migration-cost.ts';
import { accrue, blackOut, hostLedger, type HostLedger, settle } from './host-ledger.ts';
import { type HonestOutcome, summarize } from './outcome.ts';

export type HonestSettings = {
  /** Seconds from the decision to wake a host until VMs may arrive; it idles meanwhile. */
  readonly wakeS: number;
  /** What a move takes over a link it has for itself. A host's link carries one migration at a time. */
  readonly migration: MigrationModel;
};

/** What decides where VMs start and what moves at each tick. */
export interface HonestStrategy {
  readonly name: string;
  /** Fills the VM lists and `registered` of an empty world; false when there is no room. RAM must hold. */
  readonly place: (w: World) => boolean;
  /** Called once; the function it returns is asked at every tick from 1 on. Demand and history up to the tick are in the world. */
  readonly planner: (w: World) => (tick: number) => readonly Move[];
}

type Happening =
  | { readonly kind: 'tick'; readonly tick: number }
  | { readonly kind: 'start'; readonly vm: number; readonly target: number }
  | { readonly kind: 'end'; readonly vm: number; readonly target: number };

const sampleDemand = (w: World, tick: number): void => {
  for (let vm = 0; vm < w.vms; vm++) {
    const used = w.trace[tick * w.vms + vm]!;
    w.history[vm * w.steps + tick] = used;
    w.demand[vm] = used * w.vmMips[vm]!;
  }
};

/** The hosts by kind, as the bound wants them. */
const hostKinds = (w: World): readonly HostKind[] =>
  HOST_TYPES.map((type, kind) => ({
    count: w.hostKind.reduce((n, k) => n + (k === kind ? 1 : 0), 0),
    mips: type.totalMips,
    ramMB: type.ramMB,
    power: type.power,
  }));

/** What all VMs need at once: their RAM, and the MIPS that even the slowest core can give them. */
const needOf = (w: World): Need => {
  const slowest = Math.min(...HOST_TYPES.map((type) => type.peMips));
  let mips = 0;
  let ramMB = 0;
  for (let vm = 0; vm < w.vms; vm++) {
    mips += Math.min(w.demand[vm]!, slowest);
    ramMB += w.vmRamMB[vm]!;
  }
  return { mips, ramMB };
};

/** Queues the moves that are possible: the VM is at rest, the target has RAM beside what is already on its way there. */
const schedule = (
  w: World,
  l: HostLedger,
  agenda: Agenda<Happening>,
  moves: readonly Move[],
  settings: HonestSettings,
): void => {
  const nowS = agenda.now / 1000;
  for (const { vm, target } of moves) {
    const source = w.registered[vm]!;
    const fits = l.ramMB[target]! + w.vmRamMB[vm]! <= w.hostType[target]!.ramMB;
    if (w.inMigration[vm] === 1 || target === source || !fits) {
      l.refused++;
      continue;
    }
    if (l.on[target] === 0) {
      accrue(l, target, nowS);
      l.on[target] = 1;
      l.wakes++;
      l.readyAt[target] = nowS + settings.wakeS;
      settle(w, l, target);
    }
    const startS = Math.max(nowS, l.linkFreeAt[source]!, l.linkFreeAt[target]!, l.readyAt[target]!);
    const cost = settings.migration(w.vmRamMB[vm]!);
    const endS = startS + cost.seconds;
    l.linkFreeAt[source] = endS;
    l.linkFreeAt[target] = endS;
    l.ramMB[target]! += w.vmRamMB[vm]!;
    l.expected[target]!++;
    w.inMigration[vm] = 1;
    w.migrations++;
    l.migrationS.push(endS - startS);
    l.movedMB += cost.sentMB;
    agenda.schedule(millis((startS - nowS) * 1000), { kind: 'start', vm, target });
    agenda.schedule(millis((endS - nowS) * 1000), { kind: 'end', vm, target });
  }
};

const start = (w: World, l: HostLedger, vm: number, target: number, atS: number): void => {
  const source = w.registered[vm]!;
  accrue(l, source, atS);
  accrue(l, target, atS);
  l.moving[vm] = 1;
  l.arriving[target]!.push(vm);
  settle(w, l, source);
  settle(w, l, target);
};

const end = (w: World, l: HostLedger, vm: number, target: number, atS: number, settings: HonestSettings): void => {
  const source = w.registered[vm]!;
  accrue(l, source, atS);
  accrue(l, target, atS);
  blackOut(w, l, vm, settings.migration(w.vmRamMB[vm]!).downtimeS);
  w.lists[source]!.splice(w.lists[source]!.indexOf(vm), 1);
  w.lists[target]!.push(vm);
  l.arriving[target]!.splice(l.arriving[target]!.indexOf(vm), 1);
  w.registered[vm] = target;
  w.inMigration[vm] = 0;
  l.moving[vm] = 0;
  l.ramMB[source]! -= w.vmRamMB[vm]!;
  l.expected[target]!--;
  if (w.lists[source]!.length === 0 && l.expected[source] === 0) {
    l.on[source] = 0;
    l.shutdownAfterS.push(atS - l.onSince[source]!);
  }
  settle(w, l, source);
  settle(w, l, target);
};

/**
 * Plays a workload under a strategy. Demand is a sample held for 300 s; migrations, wakes and shutdowns happen at their own
 * instants between. A host without VMs, present or expected, is off; one that is on draws P(u), also at u = 0.
 */
export const runHonest = (
  workload: Workload,
  strategy: HonestStrategy,
  settings: HonestSettings,
  watch?: Watch,
): HonestOutcome => {
  const w = createWorld(workload, withoutQuirks(...QUIRK_NAMES));
  assert(strategy.place(w), 'the hosts have room for all VMs');
  const plan = strategy.planner(w);
  const l = hostLedger(w);
  const agenda = new Agenda<Happening>(instant(0));
  for (let tick = 0; tick < w.steps; tick++) agenda.schedule(millis(tick * INTERVAL_S * 1000), { kind: 'tick', tick });
  const endS = w.steps * INTERVAL_S;
  const kinds = hostKinds(w);
  let bound = 0;
  for (let next = agenda.advance(); next !== null; next = agenda.advance()) {
    const nowS = agenda.now / 1000;
    if (nowS >= endS) break;
    if (next.kind === 'start') start(w, l, next.vm, next.target, nowS);
    else if (next.kind === 'end') end(w, l, next.vm, next.target, nowS, settings);
    else {
      for (let host = 0; host < w.lists.length; host++) accrue(l, host, nowS);
      sampleDemand(w, next.tick);
      for (let host = 0; host < w.lists.length; host++) settle(w, l, host);
      bound += wattsBound(kinds, needOf(w)) * INTERVAL_S;
      watch?.({
        atS: nowS,
        joules: l.joules,
        hostsOn: l.on.reduce((n, on) => n + on, 0),
        migrations: w.migrations,
        shortS: l.shortS,
        onS: l.onS,
        movedMB: l.movedMB,
        hostOf: w.registered,
      });
      if (next.tick > 0) schedule(w, l, agenda, plan(next.tick), settings);
    }
  }
  for (let host = 0; host < w.lists.length; host++) accrue(l, host, endS);
  return summarize(strategy.name, w, l, bound, endS);
};
