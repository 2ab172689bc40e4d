// Sweeps say the truth about small clusters, as a brute-force check of every placement does, and count their sets right.
import { expect, test } from 'vitest';
import { below, pick, rng, type Rng } from '../../../domain/base/rng.ts';
import { withExtra } from '../../../domain/drill/sweep/extra-hosts.ts';
import { leftOver, sweepNotes } from '../../../domain/drill/sweep/words.ts';
import { mergeSweeps, sweep, sweepPlan, sweepRange, type SweepResult } from '../../../domain/drill/sweep/sweep.ts';
import { shelfOf } from '../../../domain/drill/sweep/shelf.ts';
import type { ClusterState, HostState, VmState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from './states.ts';

/** A small crowded cluster: hosts with 2 to 8 units of RAM (1 unit = 1024 MiB), VMs that fill half to all of them. */
const crowded = (r: Rng): ClusterState => {
  const count = 2 + below(r, 3);
  const vms: VmState[] = [];
  const hosts: HostState[] = [];
  for (let h = 0; h < count; h++) {
    const ram = 3 + below(r, 6);
    let left = ram;
    while (left > 0 && r.next() < 0.75 && vms.length < 9) {
      const size = 1 + below(r, Math.min(4, left));
      left -= size;
      vms.push(
        vmState(`v${vms.length}`, `h${h}`, {
          ramMiB: size * 1024,
          vcpus: 1 + below(r, 3),
          diskGiB: 0,
          serverGroup: null,
          vmState: pick(r, ['active', 'active', 'active', 'stopped', 'paused']),
        }),
      );
    }
    const mine = vms.filter((vm) => vm.host === `h${h}`);
    hosts.push(
      hostState(`h${h}`, {
        vcpus: 8,
        vcpuRatio: 1,
        ramMiB: ram * 1024,
        reservedRamMiB: 0,
        enabled: r.next() < 0.9,
        ramMiBUsed: mine.reduce((a, vm) => a + vm.ramMiB!, 0),
        vcpusUsed: mine.reduce((a, vm) => a + vm.vcpus!, 0),
      }),
    );
  }
  const serverGroups =
    vms.length < 3
      ? []
      : [
          {
            id: 'g',
            name: 'g',
            policy: pick(r, ['anti-affinity', 'affinity'] as const),
            maxServerPerHost: 1,
            members: ['v0', 'v1', 'v2'],
          },
        ];
  return clusterOf(hosts, vms, { serverGroups: r.next() < 0.5 ? serverGroups : [] });
};

/** Every assignment tried: is there one in which all evacuable VMs of the failed hosts fit? */
const bruteForce = (state: ClusterState, failed: readonly string[]): boolean => {
  const open = state.hosts.filter((h) => !failed.includes(h.name) && h.up !== false && h.enabled !== false);
  const moving = state.vms.filter((v) => failed.includes(v.host!) && v.vmState !== 'paused');
  const staying = state.vms.filter((v) => !failed.includes(v.host!));
  const where = new Map(staying.map((v) => [v.id, v.host!]));
  const room = (h: HostState): boolean => {
    const here = [...staying, ...moving].filter((v) => where.get(v.id) === h.name);
    return here.reduce((a, v) => a + v.ramMiB!, 0) <= h.ramMiB! && here.reduce((a, v) => a + v.vcpus!, 0) <= h.vcpus!;
  };
  const groupsHold = (): boolean =>
    state.serverGroups.every((g) => {
      // Only what the evacuation adds is judged: members that stay may already break their rule.
      const placed = g.members.flatMap((m) => (where.has(m) ? [{ m, host: where.get(m)! }] : []));
      const moved = placed.filter(({ m }) => moving.some((v) => v.id === m));
      return moved.every(({ m, host }) => {
        const others = placed.filter((p) => p.m !== m);
        if (g.policy === 'anti-affinity') return others.every((o) => o.host !== host);
        // Nova's filter looks at where members are when each VM arrives: with those that stay, or all together.
        const stays = others.filter((o) => !moving.some((v) => v.id === o.m));
        return (stays.length > 0 ? stays : others).every((o) => o.host === host) || stays.some((o) => o.host === host);
      });
    });
  const assign = (i: number): boolean => {
    if (i === moving.length) return groupsHold();
    for (const h of open) {
      where.set(moving[i]!.id, h.name);
      if (room(h) && assign(i + 1)) return true;
      where.delete(moving[i]!.id);
    }
    return false;
  };
  return assign(0);
};

test('every single failure and every pair agrees with brute force on 1,500 small crowded clusters', () => {
  const r = rng('crowded');
  let sets = 0;
  let unsafe = 0;
  for (let i = 0; i < 1500; i++) {
    const state = crowded(r);
    for (const kind of ['1', '2'] as const) {
      const result = sweep(state, kind);
      const shelf = shelfOf(state);
      const plan = sweepPlan(shelf, state, kind);
      expect(result.undecided).toBe(0);
      const failing = new Set(result.failing.map((f) => f.hosts.join()));
      for (let k = 0; k < plan.total; k++) {
        const names = plan.set(k).map((h) => shelf.hosts[h]!);
        sets++;
        const fits = bruteForce(state, names);
        if (!fits) unsafe++;
        expect({ names, fits, i }).toEqual({ names, fits: !failing.has(names.join()), i });
      }
    }
  }
  expect(sets).toBeGreaterThan(5000);
  expect(unsafe).toBeGreaterThan(500);
});

test('pairs are counted once each, and ranges of any size merge to the same answer', () => {
  const hosts = Array.from({ length: 9 }, (_, i) => hostState(`h${i}`, { ramMiBUsed: 40_000, vms: [] }));
  const vms = hosts.map((h, i) => vmState(`v${i}`, h.name, { ramMiB: 20_000 + i * 1000 }));
  const state = clusterOf(hosts, vms);
  const plan = sweepPlan(shelfOf(state), state, '2');
  const pairs = Array.from({ length: plan.total }, (_, i) => plan.set(i).join());
  expect(pairs[0]).toBe('0,1');
  expect(pairs.at(-1)).toBe('7,8');
  expect(new Set(pairs).size).toBe(36);
  const whole = sweep(state, '2');
  const parts: SweepResult[] = [];
  for (let from = 0; from < plan.total; from += 7) {
    const run = sweepRange(state, '2', { from, to: from + 7 });
    let step = run.next();
    while (!step.done) step = run.next();
    parts.push(step.value);
  }
  expect(mergeSweeps(parts)).toEqual(whole);
});

test('the counterexample names the VM without a home and the smallest change that would give it one', () => {
  const hosts = [
    hostState('compute-1'),
    hostState('compute-2', { ramMiBUsed: 63_000 }),
    hostState('compute-3', { ramMiBUsed: 60_000 }),
  ];
  const result = sweep(clusterOf(hosts, [vmState('a', 'compute-1', { name: 'vm-mail-2', ramMiB: 8192 })]), '1');
  expect(result).toMatchObject({ safe: false, checked: 3, failingCount: 1 });
  expect(result.failing[0]).toMatchObject({
    hosts: ['compute-1'],
    vms: [{ name: 'vm-mail-2' }],
    relaxation: 'compute-3 would need 3168 MiB RAM more for vm-mail-2',
  });
});

test('a host that is down already is part of no set, and a disabled one takes no VM', () => {
  const hosts = [hostState('a'), hostState('b', { up: false }), hostState('c', { enabled: false })];
  const result = sweep(clusterOf(hosts, [vmState('v', 'a')]), '1');
  expect(result.total).toBe(2);
  expect(result.failing.map((f) => f.hosts)).toEqual([['a']]);
});

test('racks and zones fail as one', () => {
  const hosts = ['a', 'b', 'c', 'd'].map((name, i) =>
    hostState(name, { rack: i < 2 ? 'A1' : 'B1', az: 'az-1', ramMiBUsed: 40_000 }),
  );
  const vms = hosts.map((h, i) => vmState(`v${i}`, h.name, { ramMiB: 20_000 }));
  expect(sweep(clusterOf(hosts, vms), 'rack')).toMatchObject({ safe: true, total: 2 });
  expect(sweep(clusterOf(hosts, vms), 'az')).toMatchObject({ safe: false, total: 1 });
});

test('a set that fails says how many hosts more it takes, and that many are enough but one less is not', () => {
  const hosts = ['a', 'b', 'c'].map((n) => hostState(`compute-${n}`, { ramMiBUsed: 60_000 }));
  const vms = [1, 2, 3].map((i) => vmState(`v${i}`, 'compute-a', { ramMiB: 30_000 }));
  const state = clusterOf(hosts, vms);
  const result = sweep(state, '1');
  expect(result.extraLike).toBe('compute-a');
  const [set] = result.failing;
  expect(set).toMatchObject({ hosts: ['compute-a'], extraHosts: 2 }); // two of them fit on one host, the third needs another
  for (const [count, safe] of [
    [1, false],
    [2, true],
  ] as const) {
    const larger = sweep(withExtra(state, hosts[0]!, count), '1');
    expect(larger.failing.some((s) => s.hosts.includes('compute-a'))).toBe(!safe);
  }
  expect(sweepNotes(result).join()).toContain('2 hosts more like compute-a would be enough for every failing set');
});

test('a VM too large for any host of the kind is not helped by more of them', () => {
  const hosts = [hostState('compute-big', { ramMiB: 200_000 }), hostState('compute-a'), hostState('compute-b')];
  const result = sweep(clusterOf(hosts, [vmState('v', 'compute-big', { ramMiB: 150_000 })]), '1');
  expect(result.failing).toMatchObject([{ hosts: ['compute-big'], extraHosts: null }]);
  expect(sweepNotes(result).join()).toContain('Room is not all that is missing');
});

test('two hosts that hold all copies of a pool are not safe together, whatever room there is', () => {
  const pool = {
    name: 'gluster',
    kind: 'glusterfs',
    layout: null,
    transport: null,
    status: 'Started',
    replicas: 2,
    bricks: ['a', 'b'].map((n) => ({ host: `compute-${n}`, path: '/brick' })),
    sizeGiB: null,
    usedGiB: null,
    mountedAt: null,
  };
  const hosts = ['a', 'b', 'c', 'd'].map((n) => hostState(`compute-${n}`));
  const state = clusterOf(hosts, [vmState('v', 'compute-c')], { pools: [pool] });
  expect(sweep(state, '1').safe).toBe(true);
  const pairs = sweep(state, '2');
  expect(pairs).toMatchObject({
    safe: false,
    failingCount: 1,
    failing: [{ hosts: ['compute-a', 'compute-b'], vms: [] }],
  });
  expect(leftOver(pairs.failing[0]!)).toContain('gluster has no brick left');
});

test('an undecided set says how far it is known and that a larger budget may decide it', () => {
  const result = { ...sweep(clusterOf([hostState('compute-a')], []), '1'), undecided: 1, safe: null };
  expect(sweepNotes(result).join()).toContain('undecided after 200000 search steps');
});
