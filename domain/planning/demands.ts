// Every rule that can be broken while nothing moves, with the least number of moves that would mend it by itself.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { ClusterState } from '../readout/state.ts';
import { type Constraint, explain } from './constraints.ts';
import type { Standing } from './standing.ts';

export type Demand = {
  readonly words: string;
  /** Only a move of these VMs can change it; null for any. */
  readonly vms: readonly number[] | null;
  /** Only a move to or from these hosts can change it; null for any. */
  readonly hosts: readonly number[] | null;
  /** Moves it takes at least, with nothing else in the way; 0 where it holds. */
  readonly excess: (at: Standing) => number;
  /** VMs whose moving can mend it, as things stand. */
  readonly movers: (at: Standing) => readonly number[];
};

const countsOn = (at: Standing, rows: readonly number[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>();
  for (const v of rows) {
    const h = at.host[v]!;
    if (h >= 0) counts.set(h, (counts.get(h) ?? 0) + 1);
  }
  return counts;
};

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

/** At most so many of the VMs on one host. */
const apart = (words: string, rows: readonly number[], most: number): Demand => ({
  words,
  vms: rows,
  hosts: null,
  excess: (at) => sum([...countsOn(at, rows).values()].map((n) => Math.max(0, n - most))),
  movers: (at) => {
    const counts = countsOn(at, rows);
    return rows.filter((v) => (counts.get(at.host[v]!) ?? 0) > most);
  },
});

/** All VMs inside one of the groups of hosts; a host by itself is a group. */
const together = (words: string, rows: readonly number[], groups: readonly ReadonlySet<number>[] | null): Demand => {
  const placed = (at: Standing): readonly number[] => rows.filter((v) => at.host[v]! >= 0);
  const outside = (at: Standing): number => {
    if (groups === null) return placed(at).length - Math.max(0, ...countsOn(at, rows).values());
    return Math.min(...groups.map((g) => placed(at).filter((v) => !g.has(at.host[v]!)).length));
  };
  return { words, vms: rows, hosts: null, excess: outside, movers: (at) => (outside(at) > 0 ? placed(at) : []) };
};

const wrongly = (words: string, rows: readonly number[], isWrong: (host: number) => boolean): Demand => {
  const movers = (at: Standing): readonly number[] => rows.filter((v) => at.host[v]! >= 0 && isWrong(at.host[v]!));
  return { words, vms: rows, hosts: null, excess: (at) => movers(at).length, movers };
};

/** VMs of different groups share no host. All but the largest group has to leave each host they share. */
const split = (words: string, groups: readonly (readonly number[])[]): Demand => {
  const shared = (at: Standing): ReadonlyMap<number, readonly number[]> => {
    const byHost = new Map<number, number[]>();
    for (const [g, rows] of groups.entries())
      for (const [h, n] of countsOn(at, rows)) {
        const list = byHost.get(h) ?? groups.map(() => 0);
        list[g] = n;
        byHost.set(h, list);
      }
    return byHost;
  };
  return {
    words,
    vms: groups.flat(),
    hosts: null,
    excess: (at) => sum([...shared(at).values()].map((list) => sum(list) - Math.max(...list))),
    movers: (at) => {
      const mixed = new Set([...shared(at)].flatMap(([h, list]) => (list.filter((n) => n > 0).length > 1 ? [h] : [])));
      return groups.flat().filter((v) => mixed.has(at.host[v]!));
    },
  };
};

const lonely = (words: string, rows: readonly number[]): Demand => {
  const alone = new Set(rows);
  const hosts = (at: Standing): readonly number[] => [...new Set(rows.map((v) => at.host[v]!))].filter((h) => h >= 0);
  const strangers = (at: Standing, h: number): readonly number[] => [...at.tenants(h)].filter((v) => !alone.has(v));
  const mixed = (at: Standing): readonly number[] => hosts(at).filter((h) => strangers(at, h).length > 0);
  return {
    words,
    vms: null,
    hosts: null,
    excess: (at) =>
      sum(mixed(at).map((h) => Math.min(strangers(at, h).length, at.tenants(h).size - strangers(at, h).length))),
    movers: (at) => mixed(at).flatMap((h) => [...at.tenants(h)]),
  };
};

const maxOnline = (words: string, hosts: readonly number[], most: number): Demand => {
  const online = (at: Standing): readonly number[] => hosts.filter((h) => at.tenants(h).size > 0);
  const emptied = (at: Standing): readonly number[] =>
    [...online(at)]
      .sort((a, b) => at.tenants(a).size - at.tenants(b).size)
      .slice(0, Math.max(0, online(at).length - most));
  return {
    words,
    vms: null,
    hosts,
    excess: (at) => sum(emptied(at).map((h) => at.tenants(h).size)),
    movers: (at) => (emptied(at).length > 0 ? online(at).flatMap((h) => [...at.tenants(h)]) : []),
  };
};

/** A host on which more is allocated than its capacity, as after a changed ratio or reservation. */
const overfull = (shelf: Shelf, host: number): Demand => {
  const excess = (at: Standing): number => {
    let most = 0;
    for (let r = 0; r < R; r++) {
      let over = -at.free(host, r);
      if (over <= 0) continue;
      const asks = [...at.tenants(host)].map((v) => shelf.ask[v * R + r]!).sort((a, b) => b - a);
      let k = 0;
      while (over > 0 && k < asks.length) over -= asks[k++]!;
      most = Math.max(most, k);
    }
    return most;
  };
  return {
    words: `${shelf.hosts[host]} holds no more than its capacity`,
    vms: null,
    hosts: [host],
    excess,
    movers: (at) => (excess(at) > 0 ? [...at.tenants(host)] : []),
  };
};

const demandOf = (
  c: Constraint,
  vms: (ids: readonly string[]) => readonly number[],
  hosts: (names: readonly string[]) => readonly number[],
): Demand | null => {
  const words = explain(c);
  switch (c.kind) {
    case 'ban': {
      const banned = new Set(hosts(c.hosts));
      return wrongly(words, vms(c.vms), (h) => banned.has(h));
    }
    case 'fence': {
      const allowed = new Set(hosts(c.hosts));
      return wrongly(words, vms(c.vms), (h) => !allowed.has(h));
    }
    case 'spread':
      return apart(words, vms(c.vms), 1);
    case 'gather':
      return together(words, vms(c.vms), null);
    case 'among':
      return together(
        words,
        vms(c.vms),
        c.groups.map((g) => new Set(hosts(g))),
      );
    case 'split':
      return split(words, c.groups.map(vms));
    case 'lonely':
      return lonely(words, vms(c.vms));
    case 'maxOnline':
      return maxOnline(words, hosts(c.hosts), c.most);
    case 'preserve':
    case 'quarantine':
    case 'root':
    case 'sequential':
    case 'deadline':
    case 'noDelay':
      return null; // about moves: standing still breaks none of them
  }
};

/** Everything that has to hold at rest: capacities, server groups, rules. */
export const demandsOf = (state: ClusterState, shelf: Shelf, rules: readonly Constraint[]): readonly Demand[] => {
  const vmRow = new Map(shelf.vms.map((vm, v) => [vm.id, v]));
  const hostRow = new Map(shelf.hosts.map((name, h) => [name, h]));
  const vms = (ids: readonly string[]): readonly number[] => ids.flatMap((id) => vmRow.get(id) ?? []);
  const hosts = (names: readonly string[]): readonly number[] => names.flatMap((name) => hostRow.get(name) ?? []);
  const groups = state.serverGroups.flatMap((g): Demand[] => {
    const rows = vms(g.members);
    if (g.policy === 'anti-affinity')
      return [
        apart(
          `server group ${g.name}: at most ${g.maxServerPerHost} on a host (anti-affinity)`,
          rows,
          g.maxServerPerHost,
        ),
      ];
    return g.policy === 'affinity' ? [together(`server group ${g.name}: all on one host (affinity)`, rows, null)] : [];
  });
  const written = rules.flatMap((c) => demandOf(c, vms, hosts) ?? []);
  return [...shelf.hosts.map((_, h) => overfull(shelf, h)), ...groups, ...written];
};
