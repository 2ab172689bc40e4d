// Traffic in the objective: crossing traffic falls, energy does not rise, RAM holds, blindness stays blind.
import { expect, test } from 'vitest';
import { bringTogether } from '../../../domain/consolidation/network/bring-together.ts';
import { assumedTalk, talkCores } from '../../../domain/consolidation/network/talk.ts';
import { rng } from '../../../domain/base/rng.ts';
import { blindPlacement, chattyGroups } from '../../../domain/consolidation/network/chatty-groups.ts';
import { improvePlacement } from '../../../domain/consolidation/network/local-search.ts';
import {
  costOf,
  DEFAULT_WEIGHTS,
  NETWORK_BLIND,
  type NetProblem,
  weigh,
} from '../../../domain/consolidation/network/objective.ts';

const ramHolds = (p: NetProblem, at: Int32Array): boolean =>
  p.hosts.every((host, h) => {
    let ramMB = 0;
    for (const [vm, { ramMB: own }] of p.vms.entries()) if (at[vm] === h) ramMB += own;
    return ramMB <= host.ramMB;
  });

test.each([
  ['a', 1],
  ['b', 1],
  ['c', 4 / 3],
  ['d', 2],
  ['e', 4],
])('200 VMs in chatty groups, seed %s, rates times %d: 40 %% less datapath CPU at equal energy', (seed, times) => {
  const p = chattyGroups(rng(seed), 200, times);
  const start = blindPlacement(p, 0.8);
  const blind = costOf(p, improvePlacement(p, start, NETWORK_BLIND, rng(seed), 20));
  const placed = improvePlacement(p, start, DEFAULT_WEIGHTS, rng(seed), 20);
  const aware = costOf(p, placed);
  expect(aware.datapathMips).toBeLessThan(0.6 * blind.datapathMips);
  // What less forwarding saves comes on top: with rates twice as high it is more than 2 %.
  expect(Math.abs(aware.vmWatts / blind.vmWatts - 1)).toBeLessThan(0.02);
  expect(aware.watts).toBeLessThan(blind.watts);
  if (times === 1) expect(aware.watts).toBeGreaterThan(0.98 * blind.watts);
  expect(ramHolds(p, placed)).toBe(true);
});

test('the search never makes what it weighs worse, and moving has its price', () => {
  const p = chattyGroups(rng('price'), 60);
  const start = blindPlacement(p, 0.8);
  const free = improvePlacement(p, start, { ...DEFAULT_WEIGHTS, movedMB: 0 }, rng('x'), 20);
  const dear = { ...DEFAULT_WEIGHTS, movedMB: 0.01 };
  const costly = improvePlacement(p, start, dear, rng('x'), 20);
  expect(weigh(costOf(p, free, start), DEFAULT_WEIGHTS)).toBeLessThan(weigh(costOf(p, start, start), DEFAULT_WEIGHTS));
  expect(costOf(p, costly, start).movedMB).toBeLessThan(costOf(p, free, start).movedMB);
});

test('two VMs that talk, apart and together', () => {
  const power = [100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200];
  const host = { totalMips: 1000, peMips: 1000, ramMB: 10, power };
  const p: NetProblem = {
    hosts: [host, host],
    vms: [
      { mips: 100, ramMB: 4 },
      { mips: 100, ramMB: 4 },
    ],
    flows: [{ a: 0, b: 1, gbps: 2 }],
    mipsPerGbps: 50,
  };
  const apart = costOf(p, Int32Array.of(0, 1));
  expect(apart).toEqual({
    watts: 240,
    vmWatts: 220,
    lackingMips: 0,
    movedMB: 0,
    datapathMips: 200,
    crossGbps: 2,
    hostsOn: 2,
  });
  const together = improvePlacement(p, Int32Array.of(0, 1), DEFAULT_WEIGHTS, rng('t'), 3);
  expect(costOf(p, together, Int32Array.of(0, 1))).toMatchObject({
    watts: 120,
    datapathMips: 0,
    movedMB: 4,
    hostsOn: 1,
  });
});

test('VMs that are alike change places until talkers are together, and hosts hold the same as before', () => {
  const vms = 96;
  const talk = assumedTalk(vms);
  const kind = Int32Array.from({ length: vms }, (_, vm) => vm % 3);
  const before = Int32Array.from({ length: vms }, (_, vm) => Math.floor(vm / 6));
  const after = before.slice();
  bringTogether(after, kind, talk);
  expect(talkCores(talk, after)).toBeLessThan(0.6 * talkCores(talk, before));
  const holds = (at: Int32Array): readonly string[] =>
    Array.from(at, (host, vm) => `${host}: kind ${kind[vm]}`).toSorted();
  expect(holds(after)).toEqual(holds(before));
});
