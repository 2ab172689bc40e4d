// The planner's side of each constraint: may this VM go to that host, as places are now?
import { type Constraint, isContinuous } from './constraints.ts';

/** Rows of hosts each VM is charged on (two while it moves), rows of VMs on each host, and rows by name. */
export type Places = {
  readonly on: number[][];
  readonly tenants: readonly Set<number>[];
  readonly vmRow: ReadonlyMap<string, number>;
  readonly hostRow: ReadonlyMap<string, number>;
  /** Row of the host of each VM before the plan; -1 for none. */
  readonly homes: Int32Array;
};

const rows = (index: ReadonlyMap<string, number>, names: readonly string[]): number[] =>
  names.flatMap((name) => index.get(name) ?? []);

/** Of the groups of hosts, how many hold one of these. */
const groupsHit = (groups: readonly (readonly number[])[], hosts: Iterable<number>): number => {
  const set = new Set(hosts);
  return groups.filter((g) => g.some((h) => set.has(h))).length;
};

/**
 * Whether a continuous rule that says how few hosts or groups may be in use stays as well kept as it was: `count` of the hosts
 * in use, of all VMs it is about, is at most `most` or what it was before the plan.
 */
const staysWithin = (
  at: Places,
  vms: readonly number[],
  host: number,
  most: number,
  count: (hosts: Iterable<number>) => number,
): boolean =>
  count([...vms.flatMap((v) => at.on[v]!), host]) <=
  Math.max(most, count(vms.map((v) => at.homes[v]!).filter((h) => h >= 0)));

/** False when taking the VM there would break the constraint, or make its end impossible to reach. */
export const guard = (c: Constraint, at: Places, vm: number, host: number, home: number): boolean => {
  const isIn = (ids: readonly string[]): boolean => rows(at.vmRow, ids).includes(vm);
  const hosts = (names: readonly string[]): number[] => rows(at.hostRow, names);
  const always = isContinuous(c);
  /** Whether another VM is in the way there: on the way too, or where it ends up as far as is known. */
  const isThere = (v: number): boolean => (always ? at.on[v]!.includes(host) : at.on[v]!.at(-1) === host);
  switch (c.kind) {
    case 'ban':
      return !(isIn(c.vms) && hosts(c.hosts).includes(host));
    case 'fence':
      return !isIn(c.vms) || hosts(c.hosts).includes(host);
    case 'spread':
      return !isIn(c.vms) || rows(at.vmRow, c.vms).every((v) => v === vm || !isThere(v));
    case 'gather': {
      if (!isIn(c.vms)) return true;
      const all = rows(at.vmRow, c.vms);
      if (always && all.length > 1 && !staysWithin(at, all, host, 1, (used) => new Set(used).size)) return false;
      // Whoever stays, or is on its way, says where.
      const others = all.filter((v) => v !== vm && !at.on[v]!.every((h) => h === home));
      return others.every((v) => at.on[v]!.includes(host));
    }
    case 'among': {
      if (!isIn(c.vms)) return true;
      const all = rows(at.vmRow, c.vms);
      const groups = c.groups.map(hosts);
      if (always && !staysWithin(at, all, host, 1, (used) => groupsHit(groups, used))) return false;
      const others = all.filter((v) => v !== vm);
      return groups.some(
        (group) => group.includes(host) && others.every((v) => at.on[v]!.every((h) => h === home || group.includes(h))),
      );
    }
    case 'split': {
      const mine = c.groups.find((names) => isIn(names));
      if (mine === undefined) return true;
      return c.groups.every((names) => names === mine || rows(at.vmRow, names).every((v) => !isThere(v)));
    }
    case 'lonely': {
      const alone = new Set(rows(at.vmRow, c.vms));
      return [...at.tenants[host]!].every((v) => v === vm || !isThere(v) || alone.has(v) === alone.has(vm));
    }
    case 'quarantine': {
      const shut = hosts(c.hosts);
      return !shut.includes(host) && !shut.includes(home);
    }
    case 'root':
      return !isIn(c.vms);
    case 'maxOnline': {
      const counted = hosts(c.hosts);
      if (!counted.includes(host) || at.tenants[host]!.size > 0) return true;
      const online = counted.filter((h) => at.tenants[h]!.size > 0);
      // A host that is being emptied counts no more; one whose VM has been taken off it counts by those that are left.
      const isEmptied = at.on[vm]!.includes(home);
      if (!always) return online.filter((h) => h !== home || !isEmptied).length < c.most;
      const before = new Set(at.homes);
      return online.length < Math.max(c.most, counted.filter((h) => before.has(h)).length);
    }
    case 'preserve':
    case 'sequential':
    case 'deadline':
    case 'noDelay':
      return true; // about how and when, not where
  }
};

/** Rules about where several VMs end together. */
export type OfSeveral = Extract<Constraint, { readonly kind: 'gather' | 'among' }>;

export const isOfSeveral = (rule: Constraint): rule is OfSeveral => rule.kind === 'gather' || rule.kind === 'among';

/** Whether VMs that end on these hosts keep what is said of all of them together. */
export const endsWell = (rule: OfSeveral, hosts: readonly string[]): boolean =>
  rule.kind === 'gather'
    ? new Set(hosts).size <= 1
    : rule.groups.some((group) => hosts.every((host) => group.includes(host)));
