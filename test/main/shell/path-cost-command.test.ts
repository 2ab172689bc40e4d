// understudy path-cost on a generated log: an answer that adds up, and sentences for what cannot be asked.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PathCost } from '../../../domain/datapath/path-cost.ts';
import type { ClusterState, VmState } from '../../../domain/readout/state.ts';
import { ownFolder, run } from './running.ts';

const LOG = join(ownFolder('path'), 'log.understudy');

let vms: readonly VmState[] = [];
const apart = (): readonly [VmState, VmState] => {
  const shares = (a: VmState, b: VmState): boolean =>
    a.addresses.some(({ network }) => b.addresses.some((other) => other.network === network));
  for (const a of vms) {
    const b = vms.find((v) => v.host !== a.host && shares(a, v));
    if (b !== undefined) return [a, b];
  }
  throw new Error('the generated log is meant to hold two VMs of one network on two hosts');
};

beforeAll(async () => {
  expect(await run('generate', '--hosts', '4', '--vms', '24', '--days', '1', '--log', LOG)).toMatchObject({
    status: 0,
  });
  const told = await run('state', '--log', LOG, '--json');
  ({ vms } = JSON.parse(told.out) as ClusterState);
  vms = vms.filter((v) => v.host !== null && v.addresses.length > 0);
});

test('stages, rates and CPU of both hosts', async () => {
  const [a, b] = apart();
  const told = await run('path-cost', '--from', a.id, '--to', b.id, '--size', '512', '--log', LOG, '--json');
  expect(told).toMatchObject({ status: 0, err: '' });
  const cost = JSON.parse(told.out) as PathCost;
  expect(new Set(cost.stages.map((s) => s.host))).toEqual(new Set([a.host, b.host]));
  for (const s of cost.stages) expect(s.ns).toBeCloseTo(s.cycles / 2.4, 9);
  expect(cost.gbpsMax).toBeCloseTo((cost.mppsMax * 512 * 8) / 1000, 9);
  expect(Object.keys(cost.cpuPercent).toSorted()).toEqual([a.host!, b.host!].toSorted());
});

test('for people: a waterfall, or a table of curves', async () => {
  const [a, b] = apart();
  const ask = ['path-cost', '--from', a.id, '--to', b.id, '--log', LOG];
  expect((await run(...ask)).out).toMatch(/k_vxlan_encap[^]*At most .* Mpps/);
  const [head, smallest] = (await run(...ask, '--curve', 'size')).out.split('\n');
  expect(head).toMatch(/^ *SIZE +MOONGEN OFFERS +KERNEL-OVS/);
  expect(smallest).toMatch(/^ *64 +14\.88 Mpps /); // line rate of 10 GbE at the smallest frame
});

test.each([
  [[], 50, 1468],
  [['--tagged'], 54, 1468],
  [['--underlay', '6'], 70, 1448],
])('the headers of the tunnel with %j: %i bytes, and a full frame is %i', async (change, bytes, frame) => {
  const [a, b] = apart();
  const told = await run('path-cost', '--from', a.id, '--to', b.id, '--log', LOG, ...change);
  expect(told.out).toContain(`: ${frame} bytes over`);
  expect(told.out).toContain(`the tunnel adds ${bytes} bytes a frame.`);
});

test('what is offloaded can be named', async () => {
  const [a, b] = apart();
  const stages = async (...offloads: readonly string[]): Promise<string> =>
    (await run('path-cost', '--from', a.id, '--to', b.id, '--log', LOG, '--size', '65536', ...offloads)).out;
  expect(await stages('--offloads', 'checksum')).not.toContain('g_checksum');
  expect(await stages('--offloads', 'segmentation,checksum')).toContain('gso'); // the card does not cut inside a tunnel
  expect(await stages('--offloads')).not.toContain('gso');
});

test.each([
  [['--offloads', 'magic'], /"magic" is no offload/],
  [['--to', 'nobody'], /no VM nobody/],
  [['--size', 'big'], /--size takes a number/],
  [['--size', '63'], /64 to 65536/],
  [['--clock', '0'], /GHz/],
  [['--datapath', 'pigeon'], /kernel-ovs/],
])('%j gets a sentence and status 2', async (change, why) => {
  const [a, b] = apart();
  const told = await run('path-cost', '--from', a.id, '--to', b.id, '--log', LOG, ...change);
  expect(told).toMatchObject({ status: 2, out: '' });
  expect(told.err).toMatch(why);
});

test('a packet to oneself is refused', async () => {
  const [a] = apart();
  expect((await run('path-cost', '--from', a.id, '--to', a.id, '--log', LOG)).err).toContain('both ends');
});

test('a polling datapath tells what it asks of both hosts; one of the kernel asks nothing', async () => {
  const [a, b] = apart();
  const notes = async (datapath: string): Promise<readonly string[]> => {
    const ran = await run('path-cost', '--log', LOG, '--from', a.id, '--to', b.id, '--datapath', datapath, '--json');
    return (JSON.parse(ran.out) as PathCost).notes.filter((note) => note.includes('huge pages'));
  };
  expect(await notes('ovs-dpdk')).toEqual([
    expect.stringMatching(new RegExp(`^${a.host} needs \\d+ huge pages of 1 GiB: 720 MiB for buffers`)),
    expect.stringMatching(new RegExp(`^${b.host} needs .* takes 100 % of a core with no packet at all`)),
  ]);
  expect(await notes('kernel-ovs')).toEqual([]);
});
