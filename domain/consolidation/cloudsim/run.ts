// CloudSim 3.0.3's PlanetLab power experiment, from the first placement to the last migration of the day.
import { assert } from '../../base/result.ts';
import { rng } from '../../base/rng.ts';
import type { Reading, Watch } from '../course.ts';
import type { Workload } from '../workload.ts';
import { detectorOf } from './detectors.ts';
import { type InitialPlacement, placeInitially } from './initial-placement.ts';
import { INTERVAL_S, MIGRATION_MB_PER_S, TICK_OFFSET_S } from './machines.ts';
import { type Move, planTick } from './plan.ts';
import { type Policy, policyName } from './policy.ts';
import { CLOUDSIM_QUIRKS, type Quirks } from './quirks.ts';
import { recordHistory, setDemand, updateAll, updateChanged } from './refresh.ts';
import { selectionOf } from './selection.ts';
import { type CloudSimOutcome, measure } from './outcome.ts';
import { createWorld, type World } from './world.ts';

const removeFrom = (list: number[], vm: number): void => {
  const at = list.indexOf(vm);
  if (at < 0) return;
  list.copyWithin(at, at + 1); // a splice would make an array of what it takes out
  list.pop();
};

/** Starts all moves at once: each VM appears at the end of its target's list, on its way in. */
const startMoves = (w: World, moves: readonly Move[], at: number): void => {
  const changed = new Set<number>();
  for (const { vm, target } of moves) {
    if (w.inMigration[vm] === 1) w.plannedTwice++;
    w.inMigration[vm] = 1;
    w.lists[target]!.push(vm);
    w.migrations++;
    w.movedMB += w.vmRamMB[vm]!;
    changed.add(target).add(w.registered[vm]!);
  }
  updateChanged(w, changed, at);
};

/** The VM is at the end of its target's list then; tells where it came from. */
const land = (w: World, { vm, target }: Move): number => {
  const source = w.registered[vm]!;
  removeFrom(w.lists[source]!, vm);
  removeFrom(w.lists[target]!, vm);
  w.inMigration[vm] = 0;
  w.lists[target]!.push(vm);
  w.registered[vm] = target;
  return source;
};

/** Ends the moves in order of time, then of plan; everything is updated before and after each instant's landings. */
const finishMoves = (w: World, moves: readonly Move[], startedAt: number): void => {
  const byDuration = Map.groupBy(moves, ({ vm }) => w.vmRamMB[vm]! / MIGRATION_MB_PER_S);
  for (const seconds of [...byDuration.keys()].sort((a, b) => a - b)) {
    const at = startedAt + seconds;
    assert(seconds < INTERVAL_S, 'a migration ends before the next tick');
    setDemand(w, at);
    updateAll(w, at);
    const changed = new Set<number>();
    for (const move of byDuration.get(seconds)!) changed.add(land(w, move)).add(move.target);
    updateChanged(w, changed, at);
  }
};

/** NPA: every host draws its full power all the time, from the first second on. */
const fullPowerJoules = (w: World): number => {
  let watts = 0;
  for (const type of w.hostType) watts += type.power.at(-1)!;
  return watts * w.updatedAt;
};

/** NPA keeps every host on; with the others an empty host is off. */
const readingOf = (w: World, policy: Policy, atS: number): Reading => {
  const isNpa = policy.kind === 'npa';
  return {
    atS,
    joules: isNpa ? fullPowerJoules(w) : w.joules,
    hostsOn: isNpa ? w.lists.length : w.lists.reduce((n, list) => n + (list.length > 0 ? 1 : 0), 0),
    migrations: w.migrations,
    shortS: w.sla.violatedS,
    onS: w.sla.activeS,
    movedMB: w.movedMB,
    hostOf: w.registered,
  };
};

export const initialPlacementOf = (policy: Policy): InitialPlacement =>
  policy.kind === 'migrating' ? 'least-watts' : 'first-fit';

export type CloudSimInput = {
  /** One trace a VM; their order decides the VM types. The hosts have room for all of them. */
  readonly workload: Workload;
  readonly policy: Policy;
  /** Default: all of them, as in CloudSim. */
  readonly quirks?: Quirks;
  /** Only random selection draws from it. */
  readonly seed?: string;
  /** Told how the run goes. */
  readonly watch?: Watch;
};

/**
 * Runs the experiment and returns its figures, unrounded.
 *
 * Ticks at 0.1 + 300 k s, k = 1 .. samples - 1, by repeated addition as CloudSim's queue computes them; nothing after the
 * last migration is accounted. Verified to the last printed digit against CloudSim 3.0.3 (test/conformance/cloudsim.ts).
 */
export const runCloudSim = ({
  workload,
  policy,
  quirks = CLOUDSIM_QUIRKS,
  seed = 'cloudsim',
  watch,
}: CloudSimInput): CloudSimOutcome => {
  const w = createWorld(workload, quirks);
  const placed = placeInitially(w, initialPlacementOf(policy));
  assert(placed, 'the hosts have room for all VMs');
  const migrating =
    policy.kind === 'migrating'
      ? {
          detector: detectorOf(policy.detector, w, policy.param),
          selection: selectionOf(policy.selection, w, rng(seed).child('vm-selection')),
        }
      : null;
  let at = TICK_OFFSET_S;
  for (let tick = 1; tick < w.steps; tick++) {
    at += INTERVAL_S;
    setDemand(w, at);
    recordHistory(w, tick, at);
    updateAll(w, at);
    watch?.(readingOf(w, policy, at));
    if (migrating === null) continue;
    const moves = planTick(w, migrating.detector, migrating.selection, tick);
    startMoves(w, moves, at);
    finishMoves(w, moves, at);
  }
  const joules = policy.kind === 'npa' ? fullPowerJoules(w) : w.joules;
  return measure(w, joules, policyName(policy));
};
