// Traffic becomes load, and one move's effect is exactly the difference it makes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { below, rng } from '../../../domain/base/rng.ts';
import { clusterTraffic } from '../../../domain/datapath/cluster-traffic.ts';
import { VXLAN } from '../../../domain/datapath/frame.ts';
import { moveEffect, noEffect } from '../../../domain/datapath/move-effect.ts';
import { pathCost } from '../../../domain/datapath/path-cost.ts';
import { pricesOf, streamCycles } from '../../../domain/datapath/price.ts';
import { STANDARD_PATH } from '../../../domain/datapath/standard-path.ts';
import { type Flow, talkingPairs, trafficMatrix } from '../../../domain/datapath/traffic.ts';
import {
  applyMove,
  fabricOf,
  hostCores,
  trafficLoad,
  type TrafficLoad,
} from '../../../domain/datapath/traffic-load.ts';
import { csvFaultSentence, parseTrafficCsv } from '../../../domain/datapath/traffic-csv.ts';
import { PATTERN_NAMES, patternTraffic } from '../../../domain/datapath/traffic-patterns.ts';

const KERNEL = { datapath: 'kernel-ovs', encapsulation: VXLAN, guestMtu: 1450, pmdCores: 0 } as const;
const NAMES = Array.from({ length: 30 }, (_, i) => `vm${i}`);
const FABRIC = fabricOf(Array.from({ length: 9 }, (_, h) => ({ name: `h${h}`, rack: h === 8 ? null : `r${h >> 2}` })));

const randomLoad = (seed: string): TrafficLoad => {
  const r = rng(seed);
  const flows = patternTraffic(NAMES, r, { pattern: 'shuffle', groupSize: 6, meanBytesPerS: 1e6 });
  const placement = Int32Array.from(NAMES, () => below(r, 10) - 1); // some are on no host
  return trafficLoad(trafficMatrix(flows, NAMES), placement, FABRIC, pricesOf(KERNEL));
};

const loads = (l: TrafficLoad) => ({
  cpu: [...l.hostCyclesPerS],
  out: [...l.hostOutBitsPerS],
  into: [...l.hostInBitsPerS],
  rackOut: [...l.rackOutBitsPerS],
  rackIn: [...l.rackInBitsPerS],
});

const sum = (list: Iterable<number>): number => [...list].reduce((a, b) => a + b, 0);
const close = (a: number, b: number): void => expect(Math.abs(a - b)).toBeLessThan(1e-3 + 1e-9 * Math.abs(b));

test('the effect of a move is the difference of the loads before and after, everywhere', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(29), fc.nat(8), (seed, vm, dest) => {
      const load = randomLoad(`s${seed}`);
      const source = load.placement[vm]!;
      const before = loads(load);
      const told = { ...moveEffect(load, vm, dest, noEffect()) };
      applyMove(load, vm, dest);
      const after = loads(load);
      const afresh = loads(trafficLoad(load.matrix, load.placement, FABRIC, pricesOf(KERNEL)));
      for (const key of ['cpu', 'out', 'into', 'rackOut', 'rackIn'] as const)
        for (const [i, value] of afresh[key].entries()) close(after[key][i]!, value);
      if (source < 0 || source === dest) return;
      close(after.cpu[source]! - before.cpu[source]!, told.sourceCyclesPerS);
      close(after.cpu[dest]! - before.cpu[dest]!, told.destCyclesPerS);
      close(after.out[source]! - before.out[source]!, told.sourceOutBitsPerS);
      close(after.into[source]! - before.into[source]!, told.sourceInBitsPerS);
      close(after.out[dest]! - before.out[dest]!, told.destOutBitsPerS);
      close(after.into[dest]! - before.into[dest]!, told.destInBitsPerS);
      close(sum(after.out) - sum(before.out), told.crossBitsPerS);
      close(sum(after.rackOut) - sum(before.rackOut), told.interRackBitsPerS);
      for (const h of before.cpu.keys()) if (h !== source && h !== dest) close(after.cpu[h]!, before.cpu[h]!);
    }),
    { seed: 7, numRuns: 150 },
  );
});

test('one stream costs its hosts what path-cost says of a packet, guests apart', () => {
  const flow: Flow = { from: 'x', to: 'y', bytesPerS: 1e5 * 700, frameBytes: 700 };
  const matrix = trafficMatrix([flow]);
  for (const [place, to] of [
    [[0, 1], 'b'],
    [[0, 0], 'a'],
  ] as const) {
    const load = trafficLoad(matrix, Int32Array.from(place), FABRIC, pricesOf(KERNEL));
    const cost = pathCost({ ...STANDARD_PATH, from: 'a', to, sizeBytes: 700, guest: 'none' });
    const cycles = cost.stages.reduce((all, s) => all + s.cycles, 0);
    close(sum(load.hostCyclesPerS), 1e5 * cycles);
    close(load.hostOutBitsPerS[0]!, to === 'a' ? 0 : 1e5 * 8 * (700 + 50 + 20));
  }
});

test('poll-mode cores are taken whatever the traffic', () => {
  const prices = pricesOf({ ...KERNEL, datapath: 'ovs-dpdk', pmdCores: 2 });
  expect(streamCycles(prices.send, 1000, 64_000)).toBe(0);
  expect(hostCores(trafficLoad(trafficMatrix([]), new Int32Array(), FABRIC, prices), 3, 2.4)).toBe(2);
});

test('flows of one pair add up, both rows hold it, and a VM does not talk to itself', () => {
  const matrix = trafficMatrix([
    { from: 'a', to: 'b', bytesPerS: 100, frameBytes: 100 },
    { from: 'a', to: 'b', bytesPerS: 300, frameBytes: 100 },
    { from: 'b', to: 'a', bytesPerS: 50, frameBytes: 100 },
    { from: 'c', to: 'c', bytesPerS: 50, frameBytes: 100 },
  ]);
  expect(talkingPairs(matrix)).toBe(1);
  expect(matrix.vms).toEqual(['a', 'b', 'c']);
  expect([...matrix.sentBytesPerS]).toEqual([400, 50]);
  expect([...matrix.receivedFramesPerS]).toEqual([0.5, 4]);
});

test('patterns have their shape, and one seed makes one traffic', () => {
  for (const pattern of PATTERN_NAMES) {
    const make = () => patternTraffic(NAMES, rng('p'), { pattern, groupSize: 10, meanBytesPerS: 1e6 });
    expect(make()).toEqual(make());
    const pairs = talkingPairs(trafficMatrix(make(), NAMES));
    expect(pairs).toBe({ 'client-server': 3 * 9, shuffle: 3 * 45, chain: 3 * 9 }[pattern]);
  }
});

test('CSV: units, quotes, frames and ignored columns', () => {
  const read = parseTrafficCsv(
    '\uFEFFfrom,to,Mbps,frame_bytes,note\r\n"vm, 1",vm2,8,128,x\r\n\r\nvm2,"vm, 1",0.5,,\r\n',
  );
  expect(read).toEqual({
    ok: true,
    value: [
      { from: 'vm, 1', to: 'vm2', bytesPerS: 1e6, frameBytes: 128 },
      { from: 'vm2', to: 'vm, 1', bytesPerS: 62_500, frameBytes: 1468 },
    ],
  });
});

test.each([
  ['', 'line 1: '],
  ['from,mbps\n', 'line 1, to: '],
  ['from,to\n', 'line 1: no column gives the rate'],
  ['from,to,mbps,kbps\n', 'line 1, kbps: '],
  ['from,to,mbps\na,b,fast\n', 'line 2, mbps: fast is no rate'],
  ['from,to,mbps\na,b,1\na,b,-3\n', 'line 3, mbps: -3 is no rate'],
  ['from,to,mbps\na,b,1e999\n', 'line 2, mbps: '],
  ['from,to,mbps\na,,1\n', 'line 2, to: '],
  ['from,to,mbps\na,a,1\n', 'line 2, to: a is both ends'],
  ['from,to,mbps\na,b\n', 'line 2: 2 fields where the first line names 3'],
  ['from,to,mbps\n"a,b,1\n', 'line 2: a quote is not closed'],
  ['from,to,mbps,frame_bytes\na,b,1,12\n', 'line 2, frame_bytes: 12 is no frame'],
])('CSV: %j is refused by line and field', (text, sentence) => {
  const read = parseTrafficCsv(text);
  const fault = read.ok ? null : read.error[0]!;
  const where = fault === null ? '' : `line ${fault.line}${fault.field === null ? ': ' : ', '}`;
  expect(fault === null ? '' : where + csvFaultSentence(fault)).toContain(sentence);
});

test('at an instant: by host and rack, names that are unique, and VMs that cannot be placed', () => {
  const host = (name: string, rack: string, vcpus: number | null) => ({ name, rack, vcpus });
  const state = {
    hosts: [host('c1', 'A', 10), host('c2', 'B', null)],
    vms: [
      { id: 'id-1', name: 'web', host: 'c1', vmState: 'active' },
      { id: 'id-2', name: 'db', host: 'c2', vmState: null },
      { id: 'id-3', name: 'twin', host: 'c1', vmState: 'active' },
      { id: 'id-4', name: 'twin', host: 'c2', vmState: 'active' },
      { id: 'id-5', name: 'off', host: null, vmState: 'active' },
      { id: 'id-6', name: 'asleep', host: 'c2', vmState: 'stopped' },
    ],
  };
  const to = (vm: string): Flow => ({ from: 'web', to: vm, bytesPerS: 1000 * 1468, frameBytes: 1468 });
  const told = clusterTraffic(state, [to('id-2'), to('twin'), to('off'), to('id-6'), to('ghost')], KERNEL);
  const bits = 1000 * 8 * (1468 + 70);
  expect(told.absent).toEqual(['twin', 'off', 'id-6', 'ghost']);
  expect(told.racks).toEqual([
    { rack: 'A', outBitsPerS: bits, inBitsPerS: 0 },
    { rack: 'B', outBitsPerS: 0, inBitsPerS: bits },
  ]);
  const [c1, c2] = told.hosts;
  expect(c1!.cpuPercent).toBeCloseTo(10 * c1!.datapathCores, 12);
  expect(c1!.datapathCores).toBeGreaterThan(0);
  expect(c2!.cpuPercent).toBeNull();
});
