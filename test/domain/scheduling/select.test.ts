// Filters, weighers and NoValidHost: example by example, and at random against a checker that shares no code with them.
import { expect, test } from 'vitest';
import { below, pick, type Rng, rng } from '../../../domain/base/rng.ts';
import type { Candidate, GroupPolicy, SchedulingRequest } from '../../../domain/scheduling/candidate.ts';
import { FILTERS, refusal } from '../../../domain/scheduling/filters.ts';
import { capacity, libvirtInventory, NOTHING, shortage } from '../../../domain/scheduling/inventory.ts';
import { type Change, relaxationSentence } from '../../../domain/scheduling/relaxation.ts';
import { RELEASES } from '../../../domain/scheduling/release.ts';
import { noValidHostSentence, selectDestination } from '../../../domain/scheduling/select.ts';
import { meets } from '../../../domain/scheduling/spec-match.ts';
import { normalise } from '../../../domain/scheduling/weighers.ts';
import { heaviest, mayTake } from './brute-force.ts';
import { candidate, request } from './hosts.ts';

test("Placement's rule: capacity after reservation and ratio, no more than the physical host to one VM, whole steps", () => {
  const vcpus = libvirtInventory(48, 0, 4);
  expect(capacity(vcpus)).toBe(192);
  expect(shortage('VCPU', vcpus, 191, 1)).toBeNull();
  expect(shortage('VCPU', vcpus, 191, 2)).toMatchObject({ rule: 'capacity', limit: 192 });
  expect(shortage('VCPU', vcpus, 0, 49)).toMatchObject({ rule: 'max_unit', limit: 48 });
  expect(shortage('VCPU', { ...vcpus, stepSize: 4 }, 0, 6)).toMatchObject({ rule: 'step_size' });
});

test('the emptiest host wins, and equal hosts go by name', () => {
  const full = candidate('a', { used: { VCPU: 40, MEMORY_MB: 90_000, DISK_GB: 900, PCPU: 0 } });
  expect(selectDestination([full, candidate('c'), candidate('b')], request())).toMatchObject({
    ok: true,
    value: { name: 'b' },
  });
});

test('weights are normalised over the hosts that passed; RAM, CPU, disk and IO from zero, the others from the least', () => {
  expect(normalise([2, 6, 4])).toEqual([0, 1, 0.5]);
  expect(normalise([3, 6, -2], 0)).toEqual([0.5, 1, 0]);
  expect(normalise([7, 7])).toEqual([0, 0]);
  expect(normalise([7, 7], 0)).toEqual([1, 1]);
  expect(normalise([-1, 0], 0)).toEqual([0, 0]);
});

test('RAM weighs as it is, whatever its ratio: an overcommitted host is not preferred for it', () => {
  const small = { VCPU: libvirtInventory(8, 0, 4), DISK_GB: null, PCPU: null };
  const over = candidate('a', { inventories: { ...small, MEMORY_MB: libvirtInventory(65_536, 512, 2) } });
  const plain = candidate('b', { inventories: { ...small, MEMORY_MB: libvirtInventory(66_000, 512, 1) } });
  expect(selectDestination([over, plain], request())).toMatchObject({ ok: true, value: { name: 'b' } });
});

test("an aggregate's multiplier holds for its hosts: a negative one stacks", () => {
  const stacks = [{ name: 'stack', metadata: { ram_weight_multiplier: '-5' } }];
  const full = candidate('a', { used: { ...NOTHING, MEMORY_MB: 60_000 }, aggregates: stacks });
  const empty = candidate('b', { aggregates: stacks });
  expect(selectDestination([empty, full], request())).toMatchObject({ ok: true, value: { name: 'a' } });
});

test('no valid host says for each host, nearest first, which numbers decided, and what the smallest change is', () => {
  const tight = candidate('compute-2', { used: { ...NOTHING, MEMORY_MB: 128_000 } });
  const tighter = candidate('compute-3', { used: { ...NOTHING, MEMORY_MB: 130_000 } });
  const down = candidate('compute-4', { up: false });
  const hosts = [candidate('compute-1'), down, tighter, tight];
  const answer = selectDestination(hosts, request({ ignore: ['compute-1'] }));
  expect(answer).toMatchObject({
    ok: false,
    error: { considered: 4, byFilter: { ignore_hosts: 1, ComputeFilter: 1, Placement: 2 } },
  });
  if (answer.ok) return;
  expect(noValidHostSentence(answer.error)).toBe(
    'NoValidHost: compute-2 has 2560 of 130560 MiB RAM free, 4096 asked; compute-3 has 560 of 130560 MiB RAM free, ' +
      '4096 asked; compute-4 is down. Smallest change: free 1536 MiB RAM on compute-2',
  );
  expect(answer.error.refusals.map((r) => r.code)).toEqual(['excluded', 'dest-down', 'ram-capacity', 'ram-capacity']);
});

test('a host of unknown size neither refuses nor is preferred', () => {
  const unknown = candidate('a', { inventories: { VCPU: null, MEMORY_MB: null, DISK_GB: null, PCPU: null } });
  expect(selectDestination([unknown], request())).toMatchObject({ ok: true });
  expect(selectDestination([unknown, candidate('b')], request())).toMatchObject({ ok: true, value: { name: 'b' } });
});

test('a host kept for projects refuses the others, and one whose aggregate lacks what the flavor demands', () => {
  const kept = candidate('a', { aggregates: [{ name: 'acme', metadata: { filter_tenant_id: 'p1,p2' } }] });
  expect(refusal(kept, request({ project: 'p3' }))).toMatchObject({ code: 'tenant-isolation' });
  expect(refusal(kept, request({ project: 'p2' }))).toBeNull();
  const wantsSsd = request({ extraSpecs: { 'aggregate_instance_extra_specs:ssd': '<or> true <or> nvme' } });
  expect(refusal(candidate('b'), wantsSsd)).toMatchObject({
    code: 'aggregate-spec',
    detail: 'does not meet ssd = <or> true <or> nvme: no aggregate of it sets ssd',
  });
  const fast = candidate('c', { aggregates: [{ name: 'fast', metadata: { ssd: 'nvme' } }] });
  expect(refusal(fast, wantsSsd)).toBeNull();
});

test("extra specs are compared with Nova's operators", () => {
  const yes = [
    ['12', '>= 8'],
    ['8', '= 8'],
    ['9', '= 8'],
    ['x86_64', 's== x86_64'],
    ['avx avx2', '<in> avx2'],
    ['avx avx2', '<all-in> avx avx2'],
    ['b', '<or> a <or> b'],
    ['true', 'true'],
  ] as const;
  for (const [has, wants] of yes) expect([has, wants, meets(has, wants)]).toEqual([has, wants, true]);
  const no = [
    ['7', '>= 8'],
    ['9', '== 8'],
    ['x', 's!= x'],
    ['c', '<or> a <or> b'],
    ['true', 'false'],
  ] as const;
  for (const [has, wants] of no) expect([has, wants, meets(has, wants)]).toEqual([has, wants, false]);
});

test('Grizzly looks at RAM alone and knows no server groups; Rocky looks at all three', () => {
  const [grizzly, rocky] = RELEASES;
  const group = { id: 'g', policy: 'anti-affinity' as const, maxServerPerHost: 1, members: new Map([['a', 1]]) };
  const taken = candidate('a');
  expect(selectDestination([taken], request({ group }), grizzly)).toMatchObject({ ok: true });
  expect(selectDestination([taken], request({ group }), rocky)).toMatchObject({ ok: false });
});

const POLICIES: readonly GroupPolicy[] = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'];

const randomHost = (r: Rng, name: string): Candidate => {
  const cell = () => ({ cpus: 4, pcpus: below(r, 5), ramMiB: 64, hugePages: [{ sizeKiB: 2048, count: below(r, 24) }] });
  const cells = [cell(), cell()];
  const ram = libvirtInventory(1 + below(r, 64), below(r, 4), pick(r, [1, 1.5]));
  const metadata = [{ filter_tenant_id: 'p' }, { ssd: 'true' }, { ram_weight_multiplier: pick(r, ['-1', '0.5', 'x']) }];
  return candidate(name, {
    up: pick(r, [true, true, true, false, null]),
    enabled: pick(r, [true, true, true, false]),
    zone: pick(r, ['az-1', 'az-2', null]),
    inventories: {
      VCPU: r.next() < 0.1 ? null : libvirtInventory(1 + below(r, 8), below(r, 2), pick(r, [1, 4, 16])),
      MEMORY_MB: r.next() < 0.1 ? null : { ...ram, stepSize: pick(r, [1, 1, 1, 2]), minUnit: pick(r, [1, 1, 4]) },
      DISK_GB: r.next() < 0.1 ? null : libvirtInventory(1 + below(r, 64), 0, 1),
      PCPU: r.next() < 0.5 ? null : libvirtInventory(below(r, 6), below(r, 2), 1),
    },
    used: { VCPU: below(r, 12), MEMORY_MB: below(r, 40), DISK_GB: below(r, 40), PCPU: below(r, 4) },
    aggregates: metadata.filter(() => r.next() < 0.15).map((m, i) => ({ name: `agg-${i}`, metadata: m })),
    numa:
      r.next() < 0.5
        ? null
        : {
            cells,
            used: cells.map(() => ({ cpus: 0, pcpus: below(r, 2), ramMiB: 0, pages: { 2048: below(r, 8) } })),
            vcpuRatio: 4,
            ramRatio: 1,
          },
    ioOps: below(r, 3),
    hypervisorVersion: r.next() < 0.9 ? pick(r, [8_000_000, 9_001_000]) : null,
  });
};

const randomCase = (r: Rng): { hosts: Candidate[]; ask: SchedulingRequest } => {
  const hosts = Array.from({ length: 2 + below(r, 7) }, (_, i) => randomHost(r, `h${i}`));
  const group = {
    id: 'g',
    policy: pick(r, POLICIES),
    maxServerPerHost: 1 + below(r, 2),
    members: new Map(hosts.flatMap((h) => (r.next() < 1 / 3 ? [[h.name, 1 + below(r, 2)] as const] : []))),
  };
  const nodes = Array.from({ length: 1 + below(r, 2) }, () => ({
    cpus: 0,
    pcpus: below(r, 3),
    ramMiB: 2 * below(r, 12),
  }));
  const ask = request({
    asked: {
      VCPU: below(r, 4),
      MEMORY_MB: below(r, 16),
      DISK_GB: below(r, 16),
      PCPU: r.next() < 0.2 ? below(r, 3) : 0,
    },
    zone: pick(r, [null, null, 'az-1']),
    group: r.next() < 0.5 ? group : null,
    ignore: r.next() < 0.3 ? ['h0'] : [],
    project: pick(r, ['p', 'q', null]),
    extraSpecs: r.next() < 0.1 ? { 'aggregate_instance_extra_specs:ssd': 'true' } : {},
    numa: r.next() < 0.2 ? { nodes, page: 2048 } : null,
  });
  return { hosts, ask };
};

/** The host and the request as a relaxation would have them. */
const changed = (
  host: Candidate,
  ask: SchedulingRequest,
  changes: readonly Change[],
): [Candidate, SchedulingRequest] => {
  let [h, q] = [host, ask];
  for (const change of changes) {
    switch (change.what) {
      case 'enable':
        h = { ...h, enabled: true };
        break;
      case 'start':
        h = { ...h, up: true };
        break;
      case 'unpin':
        q = { ...q, zone: null };
        break;
      case 'free':
        h = { ...h, used: { ...h.used, [change.resource]: h.used[change.resource] - change.by } };
        break;
      case 'allow':
        q = { ...q, group: { ...q.group!, maxServerPerHost: change.perHost } };
        break;
      case 'move group':
        q = { ...q, group: { ...q.group!, members: new Map([[h.name, 1]]) } };
    }
  }
  return [h, q];
};

test('100,000 random placements agree with a brute-force check of the rules, the choice and the smallest change', () => {
  const r = rng('placements');
  const disagreements: string[] = [];
  let [chosen, relaxed] = [0, 0];
  for (let i = 0; i < 100_000; i++) {
    const { hosts, ask } = randomCase(r);
    const able = hosts.filter((h) => mayTake(h, ask));
    const answer = selectDestination(hosts, ask);
    const wrong = (what: string): void => void disagreements.push(`${i}: ${what}`);
    if (answer.ok) {
      chosen++;
      if (!heaviest(able, ask).includes(answer.value.name)) wrong(`chose ${answer.value.name}`);
      continue;
    }
    const { relaxation, refusals, byFilter } = answer.error;
    if (able.length > 0 || refusals.length !== hosts.length) wrong(`refused ${able.length} able hosts`);
    const counted = Object.values(byFilter).reduce((a, b) => a + b, 0);
    if (counted !== hosts.length) wrong(`counted ${counted} of ${hosts.length}`);
    if (relaxation === null) continue;
    relaxed++;
    const host = hosts.find((h) => h.name === relaxation.host)!;
    const [h, q] = changed(host, ask, relaxation.changes);
    if (!mayTake(h, q)) wrong(`${relaxationSentence(relaxation)} does not help`);
    // Nothing smaller: with any of its changes left out the host still refuses.
    for (const left of relaxation.changes) {
      const [h2, q2] = changed(
        host,
        ask,
        relaxation.changes.filter((c) => c !== left),
      );
      if (mayTake(h2, q2)) wrong(`${left.what} is not needed`);
    }
  }
  expect(disagreements.slice(0, 5)).toEqual([]);
  expect(chosen).toBeGreaterThan(20_000);
  expect(relaxed).toBeGreaterThan(10_000);
}, 180_000); // 5 s of CPU, on a machine that may be busy with others

test('every filter of every release is one that is known', () => {
  for (const { filters } of RELEASES) for (const name of filters) expect(FILTERS).toContain(name);
});
