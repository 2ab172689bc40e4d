// The planner's side of each constraint: may this VM go to that host, as places are now?
import type { Constraint } from './constraints.ts';

/** Rows of hosts each VM is charged on (two while it moves), rows of VMs on each host, and rows by name. */
export type Places = {
  readonly on: number[][];
  readonly tenants: readonly Set<number>[];
  readonly vmRow: ReadonlyMap<string, number>;
  readonly hostRow: ReadonlyMap<string, number>;
};

const rows = (index: ReadonlyMap<string, number>, names: readonly string[]): number[] =>
  names.flatMap((name) => index.get(name) ?? []);

/** False when taking the VM there would break the constraint, or make its end impossible to reach. */
export const guard = (c: Constraint, at: Places, vm: number, host: number, home: number): boolean => {
  const isIn = (ids: readonly string[]): boolean => rows(at.vmRow, ids).includes(vm);
  const hosts = (names: readonly string[]): number[] => rows(at.hostRow, names);
  switch (c.kind) {
    case 'ban':
      return !(isIn(c.vms) && hosts(c.hosts).includes(host));
    case 'fence':
      return !isIn(c.vms) || hosts(c.hosts).includes(host);
    case 'spread':
      return !isIn(c.vms) || rows(at.vmRow, c.vms).every((v) => v === vm || !at.on[v]!.includes(host));
    case 'gather': {
      if (!isIn(c.vms)) return true;
      // Whoever stays, or is on its way, says where.
      const others = rows(at.vmRow, c.vms).filter((v) => v !== vm && !at.on[v]!.every((h) => h === home));
      return others.every((v) => at.on[v]!.includes(host));
    }
    case 'among': {
      if (!isIn(c.vms)) return true;
      const others = rows(at.vmRow, c.vms).filter((v) => v !== vm);
      return c.groups.some((names) => {
        const group = hosts(names);
        return group.includes(host) && others.every((v) => at.on[v]!.every((h) => h === home || group.includes(h)));
      });
    }
    case 'split': {
      const mine = c.groups.find((names) => isIn(names));
      if (mine === undefined) return true;
      return c.groups.every((names) => names === mine || rows(at.vmRow, names).every((v) => !at.on[v]!.includes(host)));
    }
    case 'lonely': {
      const alone = new Set(rows(at.vmRow, c.vms));
      return [...at.tenants[host]!].every((v) => v === vm || alone.has(v) === alone.has(vm));
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
      return counted.filter((h) => at.tenants[h]!.size > 0 && h !== home).length < c.most;
    }
    case 'preserve':
    case 'sequential':
    case 'deadline':
    case 'noDelay':
      return true; // about how and when, not where
  }
};
