// How long VMs were without service on a timeline after an instant: what the facts themselves tell, of a record or a what-if.
import { type Instant, type Row } from '../base/brand.ts';
import { byteAt, NO_ROW, refAt, rowAt } from '../base/column.ts';
import { type Cluster, forkCluster, PRESENT } from '../cluster/cluster.ts';
import { taskStates, triOf, vmStates } from '../cluster/codes.ts';
import { fold } from '../cluster/fold.ts';
import { findRow, idAt } from '../cluster/registry.ts';
import type { LogEvent } from '../events/dictionary.ts';
import { idOf, kindOf } from '../events/entity.ts';

export type Outage = {
  readonly vm: string;
  readonly name: string;
  /** When it stopped serving, milliseconds since 1970, and the host it was on. */
  readonly from: number;
  readonly source: string;
  /** The host it was last seen in place on, where that is another. */
  readonly dest: string | null;
  /** Until it is in place again, running or SHUTOFF, on a host that is up; null: not by the end. Listings tell when that was seen. */
  readonly backMs: number | null;
  /** Until it runs again; null: not by the end, or it did not run before either. */
  readonly runsMs: number | null;
};

/** Which outages are meant. */
export type OutageQuestion = {
  /** Only those that begin by this instant. */
  readonly beginBy: Instant;
  /** Only of these VMs; null for all. */
  readonly vms: ReadonlySet<string> | null;
};

/** What a VM is good for at an instant. */
type Service = 'runs' | 'in place' | 'stopped' | 'broken';

const ACTIVE = vmStates.code('active');
const STOPPED = vmStates.code('stopped');
const ERROR = vmStates.code('error');

/** A guest that was shut down longer before its host failed than this was not stopped by that (a clean shutdown of a host). */
const STOPPED_WITH_HOST_MS = 5 * 60_000;

/** One outage while it lasts. `broken`: its host was down or the VM in ERROR at some time, so that nobody just stopped it. */
type Open = {
  readonly row: Row;
  readonly from: Instant;
  readonly source: Row;
  readonly ran: boolean;
  broken: boolean;
  backAt: Instant | null;
  runsAt: Instant | null;
  dest: Row;
};

class Watch {
  readonly #c: Cluster;
  readonly #q: OutageQuestion;
  readonly #hostDown = new Map<Row, boolean>();
  readonly #wanted: ReadonlySet<Row> | null;
  readonly #open = new Map<Row, Open>();
  readonly #closed = new Map<Row, Open>();
  readonly #before = new Map<Row, Service>();
  readonly #touched = new Set<Row>();

  constructor(cluster: Cluster, q: OutageQuestion) {
    this.#c = cluster;
    this.#q = q;
    this.#wanted = q.vms === null ? null : new Set([...q.vms].map((id) => findRow(cluster.vms.ids, id)));
    for (let host = 0; host < cluster.hosts.ids.ids.length; host++)
      this.#hostDown.set(host as Row, this.#isDown(host as Row));
    for (const vm of this.#rows()) this.#before.set(vm, this.#service(vm));
  }

  /** True when nothing that is meant can begin any more, and what began is over. */
  isOver(at: Instant): boolean {
    return at > this.#q.beginBy && this.#open.size === 0;
  }

  hear(e: LogEvent): void {
    const c = this.#c;
    const kind = kindOf(e.entity);
    if (kind === 'vm') return void this.#touched.add(findRow(c.vms.ids, idOf(e.entity)));
    if (kind === 'migration') return void this.#touched.add(this.#movedBy(findRow(c.migrations.ids, idOf(e.entity))));
    if (kind !== 'host') return;
    const host = findRow(c.hosts.ids, idOf(e.entity));
    const down = this.#isDown(host);
    if (down === (this.#hostDown.get(host) ?? false)) return;
    this.#hostDown.set(host, down);
    for (const vm of this.#rows()) if (rowAt(c.vms.col.host, vm) === host) this.#touched.add(vm);
  }

  /** Looks at whom the facts of an instant were about, when all of them are told: a move ends before its VM's state is. */
  settle(at: Instant): void {
    for (const vm of this.#touched) this.#look(vm, at);
    this.#touched.clear();
  }

  /** The first outage of each VM, in order of names. */
  outages(): readonly Outage[] {
    const { vms, hosts } = this.#c;
    const all = [...this.#closed.values(), ...[...this.#open.values()].filter(({ row }) => !this.#closed.has(row))];
    return all
      .filter(({ broken }) => broken)
      .map(({ row, from, source, dest, ran, backAt, runsAt }): Outage => {
        const id = idAt(vms.ids, row);
        return {
          vm: id,
          name: refAt(vms.col.about, row)?.name ?? id,
          from,
          source: idAt(hosts.ids, source),
          dest: dest === source || dest === NO_ROW ? null : idAt(hosts.ids, dest),
          backMs: backAt === null ? null : backAt - from,
          runsMs: runsAt === null || !ran ? null : runsAt - from,
        };
      })
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.vm < b.vm ? -1 : 1));
  }

  #rows(): readonly Row[] {
    if (this.#wanted !== null) return [...this.#wanted].filter((row) => row !== NO_ROW);
    return this.#c.vms.ids.ids.map((_, row) => row as Row);
  }

  #movedBy(migration: Row): Row {
    const { sameAs, vm } = this.#c.migrations.col;
    if (migration === NO_ROW) return NO_ROW;
    const same = rowAt(sameAs, migration);
    return rowAt(vm, same === NO_ROW ? migration : same);
  }

  #isDown(host: Row): boolean {
    const { up, forcedDown } = this.#c.hosts.col;
    return triOf(byteAt(up, host)) === false || triOf(byteAt(forcedDown, host)) === true;
  }

  #service(vm: Row): Service {
    const { present, host, vmState, taskState } = this.#c.vms.col;
    const on = rowAt(host, vm);
    const state = byteAt(vmState, vm);
    if (byteAt(present, vm) !== PRESENT || on === NO_ROW) return 'stopped';
    if ((this.#hostDown.get(on) ?? false) || state === ERROR) return 'broken';
    if (taskStates.word(byteAt(taskState, vm))?.startsWith('rebuild') === true) return 'broken';
    return state === ACTIVE ? 'runs' : state === STOPPED ? 'in place' : 'stopped';
  }

  #look(vm: Row, at: Instant): void {
    if (vm === NO_ROW || (this.#wanted !== null && !this.#wanted.has(vm))) return;
    const now = this.#service(vm);
    const before = this.#before.get(vm);
    this.#before.set(vm, now);
    const open = this.#open.get(vm);
    if (open === undefined) return this.#begin(vm, at, before ?? 'stopped', now);
    const host = rowAt(this.#c.vms.col.host, vm);
    if (!open.broken && now === 'broken' && at - open.from > STOPPED_WITH_HOST_MS) {
      this.#open.delete(vm); // somebody had stopped it, long before its host failed
      return this.#begin(vm, at, 'in place', now);
    }
    open.broken ||= now === 'broken';
    open.dest = host;
    // In place only counts once something was wrong: a guest that is shut down before its host is still going down.
    if (now === 'runs' || (now === 'in place' && open.broken)) open.backAt ??= at;
    else open.backAt = null;
    const isOver = now === 'runs' || (now === 'in place' && !open.ran && open.broken);
    if (!isOver) return;
    open.runsAt = at;
    this.#open.delete(vm);
    if (open.broken && !this.#closed.has(vm)) this.#closed.set(vm, open);
  }

  #begin(vm: Row, at: Instant, before: Service, now: Service): void {
    const ran = before === 'runs';
    const begins = ran ? now !== 'runs' : before === 'in place' && now === 'broken';
    if (!begins || at > this.#q.beginBy) return;
    const source = rowAt(this.#c.vms.col.host, vm);
    const broken = now === 'broken';
    this.#open.set(vm, { row: vm, from: at, source, ran, broken, backAt: null, runsAt: null, dest: source });
  }
}

/**
 * Folds the events onto the cluster (which stays as it is) and tells the first outage of each VM: from the fact that its host
 * is down or itself in ERROR, or shut down just before, until it is in place and until it runs. Stops when all that began is over.
 */
export const outagesAfter = (
  cluster: Cluster,
  events: Iterable<LogEvent>,
  question: OutageQuestion,
): readonly Outage[] => {
  const c = forkCluster(cluster);
  const watch = new Watch(c, question);
  let now: Instant | null = null;
  for (const e of events) {
    if (now !== null && e.at > now) watch.settle(now);
    if (watch.isOver(e.at)) break;
    now = e.at;
    fold(c, e);
    watch.hear(e);
  }
  if (now !== null) watch.settle(now);
  return watch.outages();
};
