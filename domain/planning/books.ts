// Who is charged where while a plan is made: free room, group members and VM places, with the reason why a host refuses.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import { claimCells, type NumaRoom } from '../scheduling/numa.ts';
import type { Constraint } from './constraints.ts';
import { guard, type Places } from './constraint-guards.ts';

const SHORT = ['vcpu-capacity', 'ram-capacity', 'disk-capacity', 'pcpu-capacity'] as const;

export class Books {
  readonly #shelf: Shelf;
  readonly #free: Float64Array;
  /** Members of each group by host. */
  readonly #members: readonly Map<number, number>[];
  /** VMs that ask for cells and come to a host, in order; the cells of one that leaves stay taken, nobody knows which they are. */
  readonly #arrivals = new Map<number, number[]>();
  readonly #places: Places;
  readonly #rules: readonly Constraint[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(shelf: Shelf, rules: readonly Constraint[]) {
    this.#shelf = shelf;
    this.#free = shelf.free.slice();
    this.#members = shelf.groups.map(({ members }) => {
      const counts = new Map<number, number>();
      for (const h of members) counts.set(h, (counts.get(h) ?? 0) + 1);
      return counts;
    });
    this.#rules = rules;
    this.#ids = rules.length === 0 ? new Map() : new Map(shelf.vms.map((vm, i) => [vm.id, i]));
    const on: number[][] = shelf.vms.map((_, v) => (shelf.home[v]! < 0 ? [] : [shelf.home[v]!]));
    const tenants: Set<number>[] = shelf.hosts.map(() => new Set());
    if (rules.length > 0) for (const [v, hosts] of on.entries()) for (const h of hosts) tenants[h]!.add(v);
    const hostRow = new Map(shelf.hosts.map((h, i) => [h, i]));
    this.#places = { on, tenants, vmRow: this.#ids, hostRow, homes: shelf.home };
  }

  /** Why the host cannot take the VM beside whatever it is charged for now; null when it can. */
  refuses(vm: number, host: number): string | null {
    const { ask, maxUnit, group, groups, home } = this.#shelf;
    if (this.#places.on[vm]!.includes(host)) return 'same-host';
    for (let r = 0; r < R; r++) {
      const want = ask[vm * R + r]!;
      if (want > 0 && (want > this.#free[host * R + r]! || want > maxUnit[host * R + r]!)) return SHORT[r]!;
    }
    const g = group[vm]!;
    if (g >= 0) {
      const counts = this.#members[g]!;
      const here = counts.get(host) ?? 0;
      if (!groups[g]!.affinity && here >= groups[g]!.maxServerPerHost) return 'anti-affinity';
      if (groups[g]!.affinity && here === 0) {
        let others = -this.#places.on[vm]!.length;
        for (const n of counts.values()) others += n;
        if (others > 0) return 'affinity';
      }
    }
    if (this.#lacksCells(vm, host)) return 'numa-cells';
    if (this.#rules.length === 0) return null;
    const broken = this.#rules.find((rule) => !guard(rule, this.#places, vm, host, home[vm]!));
    return broken ? broken.kind : null;
  }

  #asksCells(vm: number, host: number): boolean {
    const { cells, home } = this.#shelf;
    return cells !== null && cells.demands[vm] !== null && cells.rooms[host] !== null && home[vm] !== host;
  }

  /** NUMA cells of a host with whoever came on them; null where it tells none. */
  cells(host: number): NumaRoom | null {
    const { cells } = this.#shelf;
    let room = cells?.rooms[host] ?? null;
    if (cells === null || room === null) return null;
    for (const vm of this.#arrivals.get(host) ?? []) room = claimCells(room, cells.demands[vm]!) ?? room;
    return room;
  }

  #lacksCells(vm: number, host: number): boolean {
    return this.#asksCells(vm, host) && claimCells(this.cells(host)!, this.#shelf.cells!.demands[vm]!) === null;
  }

  put(vm: number, host: number): void {
    this.#charge(vm, host, 1);
    if (this.#asksCells(vm, host)) this.#arrivals.set(host, [...(this.#arrivals.get(host) ?? []), vm]);
    this.#places.on[vm]!.push(host);
    this.#places.tenants[host]!.add(vm);
  }

  take(vm: number, host: number): void {
    this.#charge(vm, host, -1);
    const arrivals = this.#arrivals.get(host);
    if (arrivals?.includes(vm))
      this.#arrivals.set(
        host,
        arrivals.filter((other) => other !== vm),
      );
    const on = this.#places.on[vm]!;
    on.splice(on.indexOf(host), 1);
    this.#places.tenants[host]!.delete(vm);
  }

  #charge(vm: number, host: number, sign: 1 | -1): void {
    for (let r = 0; r < R; r++) this.#free[host * R + r]! -= sign * this.#shelf.ask[vm * R + r]!;
    const g = this.#shelf.group[vm]!;
    if (g < 0) return;
    const counts = this.#members[g]!;
    counts.set(host, (counts.get(host) ?? 0) + sign);
  }

  free(host: number, r: number): number {
    return this.#free[host * R + r]!;
  }

  where(vm: number): readonly number[] {
    return this.#places.on[vm]!;
  }

  /** Room of every host now, for the question what a failure would need. */
  freeNow(): Float64Array {
    return this.#free.slice();
  }
}
