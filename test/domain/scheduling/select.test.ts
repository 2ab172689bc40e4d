// Placement, filters and weighers against a second opinion written from the rules, and against cases worked by hand.
import { expect, test } from 'vitest';
import { below, pick, rng, type Rng } from '../../../domain/base/rng.ts';
import type { Candidate, GroupPolicy, SchedulingRequest } from '../../../domain/scheduling/candidate.ts';
import { capacity, libvirtInventory, shortage } from '../../../domain/scheduling/inventory.ts';
import { noValidHostSentence, selectDestination } from '../../../domain/scheduling/select.ts';
import { normalise } from '../../../domain/scheduling/weighers.ts';

const host = (name: string, change: Partial<Candidate> = {}): Candidate => ({
  name,
  up: true,
  enabled: true,
  zone: 'az-1',
  inventories: {
    VCPU: libvirtInventory(48, 0, 4),
    MEMORY_MB: libvirtInventory(131_072, 512, 1),
    DISK_GB: libvirtInventory(3600, 0, 1),
  },
  used: { VCPU: 0, MEMORY_MB: 0, DISK_GB: 0 },
  groups: {},
  ...change,
});

const request = (change: Partial<SchedulingRequest> = {}): SchedulingRequest => ({
  asked: { VCPU: 2, MEMORY_MB: 4096, DISK_GB: 40 },
  zone: null,
  group: null,
  ignore: [],
  ...change,
});

test('capacity is (total - reserved) x ratio and one VM never exceeds the physical total', () => {
  const vcpus = libvirtInventory(48, 0, 4);
  expect(capacity(vcpus)).toBe(192);
  expect(shortage('VCPU', vcpus, 191, 1)).toBeNull();
  expect(shortage('VCPU', vcpus, 191, 2)).toMatchObject({ rule: 'capacity', limit: 192 });
  expect(shortage('VCPU', vcpus, 0, 49)).toMatchObject({ rule: 'max_unit', limit: 48 });
  expect(shortage('VCPU', { ...vcpus, stepSize: 4 }, 0, 6)).toMatchObject({ rule: 'step_size' });
});

test('the emptiest host wins, and equal hosts go by name', () => {
  const full = host('a', { used: { VCPU: 40, MEMORY_MB: 90_000, DISK_GB: 900 } });
  expect(selectDestination([full, host('c'), host('b')], request())).toMatchObject({ ok: true, value: { name: 'b' } });
});

test('weights are normalised over the hosts that passed; all equal counts for nobody', () => {
  expect(normalise([2, 6, 4])).toEqual([0, 1, 0.5]);
  expect(normalise([7, 7])).toEqual([0, 0]);
});

test('no valid host says for each host, nearest first, which numbers decided', () => {
  const tight = host('compute-2', { used: { VCPU: 0, MEMORY_MB: 128_000, DISK_GB: 0 } });
  const tighter = host('compute-3', { used: { VCPU: 0, MEMORY_MB: 130_000, DISK_GB: 0 } });
  const down = host('compute-4', { up: false });
  const answer = selectDestination([host('compute-1'), down, tighter, tight], request({ ignore: ['compute-1'] }));
  expect(answer).toMatchObject({
    ok: false,
    error: { considered: 4, byFilter: { ignore_hosts: 1, ComputeFilter: 1, Placement: 2 } },
  });
  if (answer.ok) return;
  expect(noValidHostSentence(answer.error)).toBe(
    'NoValidHost: compute-2 has 2560 of 130560 MiB RAM free, 4096 asked; compute-3 has 560 of 130560 MiB RAM free, ' +
      '4096 asked; compute-4 is down',
  );
});

test('a host of unknown size neither refuses nor is preferred', () => {
  const unknown = host('a', { inventories: { VCPU: null, MEMORY_MB: null, DISK_GB: null } });
  expect(selectDestination([unknown], request())).toMatchObject({ ok: true });
  expect(selectDestination([unknown, host('b')], request())).toMatchObject({ ok: true, value: { name: 'b' } });
});

const POLICIES: readonly GroupPolicy[] = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'];

const randomCase = (r: Rng): { hosts: Candidate[]; ask: SchedulingRequest } => {
  const hosts = Array.from({ length: 1 + below(r, 6) }, (_, i) =>
    host(`h${i}`, {
      up: pick(r, [true, true, true, false, null]),
      enabled: pick(r, [true, true, true, false]),
      zone: pick(r, ['az-1', 'az-2', null]),
      inventories: {
        VCPU: r.next() < 0.1 ? null : libvirtInventory(1 + below(r, 8), below(r, 2), pick(r, [1, 4, 16])),
        MEMORY_MB: r.next() < 0.1 ? null : libvirtInventory(1 + below(r, 64), below(r, 4), pick(r, [1, 1.5])),
        DISK_GB: r.next() < 0.1 ? null : libvirtInventory(1 + below(r, 64), 0, 1),
      },
      used: { VCPU: below(r, 16), MEMORY_MB: below(r, 64), DISK_GB: below(r, 64) },
      groups: r.next() < 0.5 ? { g: below(r, 3) } : {},
    }),
  );
  const group = {
    id: 'g',
    policy: pick(r, POLICIES),
    maxServerPerHost: 1 + below(r, 2),
    hosts: hosts.filter((h) => (h.groups['g'] ?? 0) > 0).map((h) => h.name),
  };
  const asked = { VCPU: below(r, 6), MEMORY_MB: below(r, 32), DISK_GB: below(r, 32) };
  const ignore = r.next() < 0.3 ? ['h0'] : [];
  return { hosts, ask: { asked, zone: pick(r, [null, null, 'az-1']), group: r.next() < 0.5 ? group : null, ignore } };
};

/** The rules once more, written for being checked by eye: may this host take this request? */
const mayTake = (h: Candidate, q: SchedulingRequest): boolean => {
  if (q.ignore.includes(h.name) || h.up === false || h.enabled === false) return false;
  if (q.zone !== null && q.zone !== h.zone) return false;
  for (const resource of ['VCPU', 'MEMORY_MB', 'DISK_GB'] as const) {
    const i = h.inventories[resource];
    const ask = q.asked[resource];
    if (i === null || ask === 0) continue;
    if (ask > i.total || h.used[resource] + ask > (i.total - i.reserved) * i.allocationRatio) return false;
  }
  const here = h.groups['g'] ?? 0;
  if (q.group?.policy === 'anti-affinity' && here >= q.group.maxServerPerHost) return false;
  return !(q.group?.policy === 'affinity' && q.group.hosts.length > 0 && here === 0);
};

test('100,000 random placements agree with a brute-force check of the rules', () => {
  const r = rng('placements');
  let disagreements = 0;
  let chosen = 0;
  for (let i = 0; i < 100_000; i++) {
    const { hosts, ask } = randomCase(r);
    const able = hosts.filter((h) => mayTake(h, ask)).map((h) => h.name);
    const answer = selectDestination(hosts, ask);
    if (answer.ok) chosen++;
    if (
      answer.ok ? !able.includes(answer.value.name) : able.length > 0 || answer.error.refusals.length !== hosts.length
    ) {
      disagreements++;
    }
  }
  expect(disagreements).toBe(0);
  expect(chosen).toBeGreaterThan(10_000);
});
