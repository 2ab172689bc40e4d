// CPUs of a VM's own, NUMA cells and huge pages, and other releases: from the facts of a log to what a host refuses.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dedicatedCpus } from '../../../domain/cluster/pinning.ts';
import { evacuationRequest, worldOf } from '../../../domain/drill/world.ts';
import { refusal } from '../../../domain/scheduling/filters.ts';
import {
  claimCells,
  type NumaDemand,
  numaDemand,
  type NumaRoom,
  releaseCells,
  UNUSED,
} from '../../../domain/scheduling/numa.ts';
import { RELEASE_NAMES, underRelease } from '../../../domain/scheduling/release.ts';
import { event, host, stateAfter, vm } from '../cluster/facts.ts';
import { request } from './hosts.ts';

const PINNED = { 'hw:cpu_policy': 'dedicated' };

test("a flavor's extra specs say how many of its CPUs are its own", () => {
  expect(dedicatedCpus({}, 8)).toBe(0);
  expect(dedicatedCpus({ 'hw:cpu_policy': 'shared' }, 8)).toBe(0);
  expect(dedicatedCpus(PINNED, 8)).toBe(8);
  expect(dedicatedCpus({ ...PINNED, 'hw:emulator_threads_policy': 'isolate' }, 8)).toBe(9);
  expect(dedicatedCpus({ 'hw:cpu_policy': 'mixed', 'hw:cpu_dedicated_mask': '2-5,^3' }, 8)).toBe(3);
  expect(dedicatedCpus({ 'hw:cpu_policy': 'mixed', 'hw:cpu_realtime_mask': '^0-1' }, 8)).toBe(6);
  expect(dedicatedCpus({ 'resources:PCPU': '4' }, 8)).toBe(4);
});

const apart = [
  host(0, 'h1', { vcpus: 4, pcpus: 8, ramMiB: 65_536, diskGiB: 100 }),
  event(0, 'flavor.reported', 'flavor:c1.pinned', { vcpus: 6, ramMiB: 1024, diskGiB: 1, extraSpecs: PINNED }),
];

test('where hosts keep CPUs apart pinned VMs are charged for those, and the others share the rest', () => {
  const state = stateAfter(
    ...apart,
    vm(1, 'a', { host: 'h1', flavor: 'c1.pinned' }),
    vm(2, 'b', { host: 'h1', vcpus: 2, ramMiB: 512, diskGiB: 1 }),
  );
  expect(state.hosts[0]).toMatchObject({ vcpusUsed: 2, pcpusUsed: 6 });
  expect(state.vms.map((v) => v.pcpus)).toEqual([6, 0]);
  const world = worldOf(state);
  const ask = evacuationRequest(world, state.vms[0]!, []);
  expect(refusal(world.hosts.get('h1')!, ask)).toMatchObject({
    code: 'pcpu-capacity',
    detail: 'has 2 of 8 dedicated CPU free, 6 asked',
  });
});

test('a flavor described after its VMs, and a resize to another one, move the charge', () => {
  const [h1, flavor] = apart;
  const late = stateAfter(h1!, vm(1, 'a', { host: 'h1', flavor: 'c1.pinned' }), { ...flavor!, at: vm(2, 'a', {}).at });
  expect(late.hosts[0]).toMatchObject({ vcpusUsed: 0, pcpusUsed: 6 });
  const resized = stateAfter(
    ...apart,
    vm(1, 'a', { host: 'h1', flavor: 'c1.pinned' }),
    vm(2, 'a', { host: 'h1', flavor: 'm1', vcpus: 3 }),
  );
  expect(resized.hosts[0]).toMatchObject({ vcpusUsed: 3, pcpusUsed: 0 });
});

test('where no host keeps CPUs apart a pinned VM is charged like any other', () => {
  const state = stateAfter(
    host(0, 'h1', { vcpus: 12 }),
    vm(1, 'a', { host: 'h1', vcpus: 6, ramMiB: 1024, diskGiB: 1, extraSpecs: PINNED }),
  );
  expect(state.hosts[0]).toMatchObject({ vcpusUsed: 6, pcpusUsed: 0, pcpus: null });
  expect(state.vms[0]).toMatchObject({ pcpus: 0 });
});

test('asked under Rocky the dedicated CPUs are VCPUs at 16:1; a release nobody knows is refused with those that are', () => {
  const state = stateAfter(...apart, vm(1, 'a', { host: 'h1', flavor: 'c1.pinned' }));
  const rocky = underRelease(state, 'Rocky');
  if (!rocky.ok) throw new Error(rocky.error);
  const before = worldOf(rocky.value).hosts.get('h1')!;
  expect(before.inventories).toMatchObject({ VCPU: { total: 12, allocationRatio: 16 }, PCPU: null });
  expect(before.used).toMatchObject({ VCPU: 6, PCPU: 0 });
  const grizzly = underRelease(state, 'grizzly');
  if (!grizzly.ok) throw new Error(grizzly.error);
  const vast = request({ asked: { VCPU: 1000, MEMORY_MB: 1024, DISK_GB: 5000, PCPU: 0 } });
  const world = worldOf(grizzly.value);
  expect(refusal(world.hosts.get('h1')!, vast, world.release.filters)).toBeNull();
  expect(underRelease(state, 'bobcat')).toEqual({
    ok: false,
    error: `There is no release bobcat here. Known releases: ${RELEASE_NAMES.join(', ')}.`,
  });
});

const cell = { cpus: 4, pcpus: 4, ramMiB: 16_384, hugePages: [{ sizeKiB: 1_048_576, count: 4 }] };
const room = (cells: number): NumaRoom => ({
  cells: Array.from({ length: cells }, () => cell),
  used: Array.from({ length: cells }, () => UNUSED),
  vcpuRatio: 4,
  ramRatio: 1,
});
const claimed = (r: NumaRoom, specs: Record<string, string>, vcpus: number, ramMiB: number): NumaRoom | null =>
  claimCells(r, numaDemand(specs, vcpus, ramMiB)!);

test('pinned CPUs have to fit in one cell, not in the host: six of eight free are too many where cells have four', () => {
  expect(claimed(room(2), PINNED, 6, 2048)).toBeNull();
  expect(claimed(room(2), { ...PINNED, 'hw:numa_nodes': '2' }, 6, 2048)).not.toBeNull();
  const half = claimed(room(2), PINNED, 3, 2048)!;
  expect(claimed(half, PINNED, 2, 2048)?.used.map((u) => u.pcpus)).toEqual([3, 2]);
});

test('huge pages come whole from one pool of one cell', () => {
  const pages = { 'hw:mem_page_size': '1GB' };
  const one = claimed(room(1), pages, 2, 3072)!;
  expect(one.used[0]!.pages).toEqual({ 1_048_576: 3 });
  expect(claimed(one, pages, 2, 2048)).toBeNull();
  expect(claimed(one, { 'hw:mem_page_size': '2MB' }, 1, 1024)).toBeNull();
  expect(claimed(one, { 'hw:mem_page_size': 'any' }, 1, 1536)).not.toBeNull(); // not whole pages: small ones do
});

test('cells in the log refuse a pinned VM whose CPUs no cell holds, and say what each cell has', () => {
  const state = stateAfter(
    host(0, 'h1', { vcpus: 8, pcpus: 8, ramMiB: 65_536, numaCells: [cell, cell] }),
    vm(1, 'a', { host: 'h1', vcpus: 3, ramMiB: 1024, extraSpecs: PINNED }),
    vm(2, 'b', { host: 'h1', vcpus: 2, ramMiB: 1024, extraSpecs: PINNED }),
  );
  const h1 = worldOf(state).hosts.get('h1')!;
  const ask = request({
    asked: { VCPU: 0, MEMORY_MB: 1024, DISK_GB: 0, PCPU: 3 },
    numa: numaDemand(PINNED, 3, 1024),
  });
  expect(refusal(h1, ask)).toMatchObject({
    code: 'numa-cells',
    detail:
      'no NUMA cells hold 3 own CPUs and 1024 MiB: cell 0 has 1 of 4 own CPUs and 15360 MiB free; cell 1 has 2 of 4 own CPUs and 15360 MiB free',
  });
});

test('what leaves gives back what it took: as much is free as before, and the same fits again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ pcpus: fc.integer({ min: 0, max: 6 }), pages: fc.integer({ min: 0, max: 12 }) }), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.array(fc.record({ pcpus: fc.integer({ min: 0, max: 3 }), ramMiB: fc.integer({ min: 0, max: 5 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
      fc.integer({ min: 0, max: 3 }),
      (cells, wanted, others) => {
        const nodes = wanted.map(({ pcpus, ramMiB }) => ({ cpus: 0, pcpus, ramMiB: 2 * ramMiB }));
        const demand: NumaDemand = { nodes, page: 2048 };
        let room: NumaRoom | null = {
          cells: cells.map(({ pcpus, pages }) => ({
            cpus: 4,
            pcpus,
            ramMiB: 64,
            hugePages: [{ sizeKiB: 2048, count: pages }],
          })),
          used: cells.map(() => UNUSED),
          vcpuRatio: 4,
          ramRatio: 1,
        };
        for (let i = 0; i < others && room !== null; i++) room = claimCells(room, demand);
        const with_ = room && claimCells(room, demand);
        if (room === null || with_ === null) return;
        const without = releaseCells(with_, demand);
        const sums = (r: NumaRoom | null) => [
          r?.used.reduce((n, u) => n + u.pcpus, 0),
          r?.used.reduce((n, u) => n + (u.pages[2048] ?? 0), 0),
        ];
        expect(sums(without)).toEqual(sums(room));
        expect(claimCells(without!, demand)).not.toBeNull();
      },
    ),
    { numRuns: 500 },
  );
});
