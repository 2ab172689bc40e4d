// What traffic asks of every host and link at an instant, recorded or made up, and what one move would change: as an answer.
import { err, ok, type Result } from '../base/result.ts';
import { rng } from '../base/rng.ts';
import type { ClusterState } from '../readout/state.ts';
import { clusterTraffic, commonPrice, type HostTraffic, PMD_CORES } from './cluster-traffic.ts';
import { moveEffect, noEffect } from './move-effect.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { REFERENCE_CLOCK_GHZ } from './stages.ts';
import { type Flow, talkingPairs } from './traffic.ts';
import { patternTraffic, type PatternOptions } from './traffic-patterns.ts';
import { vmNamed } from './vm-path.ts';

export type TrafficQuestion = {
  readonly datapath: ProfileName;
  /** Traffic made up from a seed between all running VMs; null for the recorded matrix. */
  readonly pattern: (PatternOptions & { readonly seed: string }) | null;
  /** A move to be judged: VM by id or name, and a host. */
  readonly move: { readonly vm: string; readonly dest: string } | null;
};

/** What the move adds, per second; below zero where it saves. */
export type MoveAnswer = {
  readonly vm: string;
  readonly source: string;
  readonly dest: string;
  readonly sourceCores: number;
  readonly destCores: number;
  readonly crossBitsPerS: number;
  readonly interRackBitsPerS: number;
};

export type TrafficAnswer = {
  readonly at: string;
  readonly datapath: ProfileName;
  readonly flows: readonly Flow[];
  readonly pairs: number;
  readonly bytesPerS: number;
  readonly hosts: readonly HostTraffic[];
  readonly racks: readonly { readonly rack: string; readonly outBitsPerS: number; readonly inBitsPerS: number }[];
  readonly absent: readonly string[];
  readonly move: MoveAnswer | null;
  readonly assumptions: readonly string[];
};

const CYCLES_PER_S = REFERENCE_CLOCK_GHZ * 1e9;

const flowsOf = (state: ClusterState, { pattern }: TrafficQuestion): Result<readonly Flow[], string> => {
  if (pattern === null) return ok(state.traffic);
  if (!Number.isInteger(pattern.groupSize) || pattern.groupSize < 2)
    return err(`A group has two VMs or more, not ${pattern.groupSize}.`);
  if (!(pattern.meanBytesPerS > 0)) return err(`A mean rate of ${pattern.meanBytesPerS} bytes a second is none.`);
  const running = state.vms.filter((v) => v.host !== null && v.vmState === 'active').map((v) => v.id);
  return ok(patternTraffic(running, rng(pattern.seed).child('traffic'), pattern));
};

const moveOf = (
  state: ClusterState,
  { load }: ReturnType<typeof clusterTraffic>,
  { vm: name, dest }: NonNullable<TrafficQuestion['move']>,
): Result<MoveAnswer, string> => {
  const vm = vmNamed(state, name);
  if (!vm.ok) return vm;
  const to = load.fabric.hosts.indexOf(dest);
  if (to < 0) return err(`There is no host ${dest} at that instant.`);
  const { host, name: said } = vm.value;
  if (host === null) return err(`${said} is on no host at that instant.`);
  const row = load.matrix.vms.indexOf(vm.value.id);
  const effect = noEffect();
  if (row >= 0) moveEffect(load, row, to, effect);
  return ok({
    vm: said,
    source: host,
    dest,
    sourceCores: effect.sourceCyclesPerS / CYCLES_PER_S,
    destCores: effect.destCyclesPerS / CYCLES_PER_S,
    crossBitsPerS: effect.crossBitsPerS,
    interRackBitsPerS: effect.interRackBitsPerS,
  });
};

/** Errors: a sentence that names the VM, host or figure that makes no sense. No traffic at all is an answer. */
export const trafficAnswer = (state: ClusterState, question: TrafficQuestion): Result<TrafficAnswer, string> => {
  const flows = flowsOf(state, question);
  if (!flows.ok) return flows;
  const price = commonPrice(state, question.datapath);
  const told = clusterTraffic(state, flows.value, price);
  const move = question.move === null ? ok(null) : moveOf(state, told, question.move);
  if (!move.ok) return move;
  const { title } = PROFILES[question.datapath];
  return ok({
    at: state.at,
    datapath: question.datapath,
    flows: flows.value.map(({ from, to, bytesPerS, frameBytes }) => ({ from, to, bytesPerS, frameBytes })),
    pairs: talkingPairs(told.load.matrix),
    bytesPerS: flows.value.reduce((sum, f) => sum + f.bytesPerS, 0),
    hosts: told.hosts,
    racks: told.racks,
    absent: told.absent,
    move: move.value,
    assumptions: [
      `every host forwards with ${title} on ${REFERENCE_CLOCK_GHZ} GHz cores, ` +
        (price.encapsulation === null ? 'without a tunnel' : `through ${price.encapsulation.tunnel} tunnels`),
      ...(told.load.pollingCores > 0 ? [`${PMD_CORES} threads a host poll, busy or not`] : []),
      'frames are priced one by one: no segmentation offload',
    ],
  });
};
