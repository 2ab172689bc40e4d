// Where VMs would stand at the end: moves tried on the books and taken back, while a goal is sought.
import { R, type Shelf } from '../drill/sweep/shelf.ts';
import type { NumaRoom } from '../scheduling/numa.ts';
import { Books } from './books.ts';
import { endsWell, isOfSeveral, type OfSeveral } from './constraint-guards.ts';
import type { Job } from './jobs.ts';
import type { PlanOptions } from './options.ts';
import type { Ways } from './ways.ts';

export class Standing {
  readonly shelf: Shelf;
  readonly ways: Ways;
  readonly #books: Books;
  /** Row of the host of each VM as things would be; −1 for none. */
  readonly host: Int32Array;
  readonly #tenants: readonly Set<number>[];
  readonly #shut: ReadonlySet<number>;
  /** Rules about several VMs that each move has to leave well. */
  readonly #ofSeveral: readonly OfSeveral[];
  readonly #rowOf: ReadonlyMap<string, number>;

  /** `isMending`: a rule about several VMs may stay broken after one move, because others follow. */
  constructor(shelf: Shelf, ways: Ways, o: PlanOptions, isMending = false) {
    this.shelf = shelf;
    this.ways = ways;
    this.#books = new Books(shelf, o.constraints);
    this.host = shelf.home.slice();
    this.#tenants = shelf.hosts.map(() => new Set());
    for (const [vm, h] of shelf.home.entries()) if (h >= 0) this.#tenants[h]!.add(vm);
    this.#ofSeveral = isMending ? [] : o.constraints.filter(isOfSeveral);
    this.#rowOf = new Map(this.#ofSeveral.length === 0 ? [] : shelf.vms.map((vm, row) => [vm.id, row]));
    const shut = new Set(o.constraints.flatMap((c) => (c.kind === 'quarantine' ? c.hosts : [])));
    this.#shut = new Set(shelf.hosts.flatMap((name, h) => (shut.has(name) ? [h] : [])));
  }

  /** Up, enabled and not quarantined. */
  isOpen(host: number): boolean {
    return this.shelf.usable[host] === 1 && !this.#shut.has(host);
  }

  tenants(host: number): ReadonlySet<number> {
    return this.#tenants[host]!;
  }

  free(host: number, r: number): number {
    return this.#books.free(host, r);
  }

  cells(host: number): NumaRoom | null {
    return this.#books.cells(host);
  }

  /** The VM's way out; null where it has none, and once it has moved: a plan moves no VM twice. */
  job(vm: number): Job | null {
    return this.host[vm] === this.shelf.home[vm] ? this.ways.of(vm).job : null;
  }

  /** Why the host would not take the VM, as things would be once it has left its own; null when it would. */
  refuses(vm: number, host: number): string | null {
    if (!this.isOpen(host)) return 'host-closed';
    const from = this.host[vm]!;
    if (from === host) return 'same-host';
    if (from >= 0) this.#books.take(vm, from);
    const no = this.#books.refuses(vm, host);
    if (from >= 0) this.#books.put(vm, from);
    return no ?? this.ways.staticRefusal(this.shelf.vms[vm]!, host) ?? this.#breaksApart(vm, host);
  }

  /** The rule about several VMs that would not hold if this one went there and the others stayed; null where none. */
  #breaksApart(vm: number, host: number): string | null {
    const { hosts, vms } = this.shelf;
    const broken = this.#ofSeveral.find((rule) => {
      if (!rule.vms.includes(vms[vm]!.id)) return false;
      const rows = rule.vms.map((id) => this.#rowOf.get(id) ?? -1);
      const ends = rows.map((row) => (row === vm ? host : (this.host[row] ?? -1))).filter((h) => h >= 0);
      return !endsWell(
        rule,
        ends.map((h) => hosts[h]!),
      );
    });
    return broken?.kind ?? null;
  }

  /** Whether the host could take the VM if everybody else left: what no other move changes. */
  isEverFit(vm: number, host: number): boolean {
    const { ask, maxUnit, vms } = this.shelf;
    for (let r = 0; r < R; r++) if (ask[vm * R + r]! > maxUnit[host * R + r]!) return false;
    return this.isOpen(host) && this.ways.staticRefusal(vms[vm]!, host) === null;
  }

  move(vm: number, host: number): void {
    const from = this.host[vm]!;
    if (from >= 0) {
      this.#books.take(vm, from);
      this.#tenants[from]!.delete(vm);
    }
    this.#books.put(vm, host);
    this.#tenants[host]!.add(vm);
    this.host[vm] = host;
  }

  /** Back to where it was before anything moved. */
  back(vm: number): void {
    this.move(vm, this.shelf.home[vm]!);
  }

  /** Rows of the VMs that have moved. */
  moved(): readonly number[] {
    const rows: number[] = [];
    for (const [vm, h] of this.host.entries()) if (h !== this.shelf.home[vm]) rows.push(vm);
    return rows;
  }

  /** Share of a host that stays free of its scarcest resource among those the VM asks for, if it came. */
  roomAfter(vm: number, host: number): number {
    let least = 1;
    for (let r = 0; r < R; r++) {
      const want = this.shelf.ask[vm * R + r]!;
      const unit = this.shelf.maxUnit[host * R + r]!;
      if (want > 0 && Number.isFinite(unit)) least = Math.min(least, (this.free(host, r) - want) / unit);
    }
    return least;
  }
}
