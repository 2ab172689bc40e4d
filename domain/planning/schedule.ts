// Which move when: list scheduling that keeps the busiest links full, with both ends charged, into an order that any timing keeps.
import type { Shelf } from '../drill/sweep/shelf.ts';
import { Books } from './books.ts';
import { type Constraint, isContinuous } from './constraints.ts';
import type { Job } from './jobs.ts';
import type { Network } from './network.ts';
import type { PlanOptions } from './options.ts';
import { type Sending, UnderWay } from './under-way.ts';

/** One leg; a VM that goes through a pivot has two. */
export type Leg = {
  readonly job: Job;
  readonly source: number;
  readonly dest: number;
  readonly because: string;
};

export type Ordered = Leg & {
  /** Indices of legs, in the order returned, that have to have ended. */
  readonly after: readonly number[];
  /** By estimate: links shared fairly, each move sending what it sends alone. */
  readonly startMs: number;
};

export type Deadlock = {
  /** Names: `vm on host waits for host`, closing on itself. */
  readonly cycle: readonly string[];
  readonly stuck: readonly Leg[];
};

export type Order = { readonly legs: readonly Ordered[]; readonly deadlock: Deadlock | null; readonly pivots: number };

type Running = Sending & { readonly index: number };

/**
 * How far moves share links: the least share of the rate each has alone that every one of them keeps. 1 leaves an adapter to
 * one move, which sends the fewest bytes; less keeps a link busy while other moves are prepared.
 */
export type Sharing = {
  /** Of links that carry less than two moves at their own rates. */
  readonly adapter: number;
  /** Of wider ones. */
  readonly uplink: number;
  /** Of moves that hold up the end alike, the longest first; or, mixing sizes, as they are listed. */
  readonly longestFirst: boolean;
};

/** Ways of sharing worth trying, those that send the fewest bytes first. */
const SHARINGS: readonly Sharing[] = [
  { adapter: 1, uplink: 1, longestFirst: true },
  { adapter: 1, uplink: 0.75, longestFirst: true },
  { adapter: 1, uplink: 0.5, longestFirst: true },
  { adapter: 1, uplink: 0.4, longestFirst: false },
  { adapter: 0.5, uplink: 0.5, longestFirst: true },
  { adapter: 0.35, uplink: 0.35, longestFirst: true },
  { adapter: 0.25, uplink: 0.25, longestFirst: true },
  { adapter: 0.25, uplink: 0.25, longestFirst: false },
];

/** Those that differ: without uplinks, adapters are all there is. */
export const sharingsFor = (o: PlanOptions): readonly Sharing[] =>
  o.uplinkBitsPerS === null ? SHARINGS.filter((s) => s.adapter === s.uplink) : SHARINGS;

export const sharingWords = ({ adapter, uplink, longestFirst }: Sharing): string => {
  const links =
    adapter === uplink
      ? `links shared down to ${adapter * 100} % of a move's own rate`
      : `adapters shared down to ${adapter * 100} % of a move's own rate, wider links to ${uplink * 100} %`;
  return longestFirst ? links : `${links}, sizes mixed`;
};

/** Links are full up to rounding. */
const ROUNDING = 1e-6;

/** What a move asks of its links by estimate: as fast as alone, at most what the narrowest carries. */
const sendingOf = (job: Job, links: readonly number[], capacities: readonly number[], o: PlanOptions): Sending => {
  const coldMs = job.kind === 'cold' ? o.coldOverheadMs : 0;
  const alone = job.bytes / Math.max(1, job.soloMs - coldMs);
  const demand = links.reduce((least, l) => Math.min(least, capacities[l]! / 1000), alone);
  return { links, demand, bytes: job.bytes, prepareMs: o.prepareMs + coldMs };
};

class Scheduler {
  readonly #shelf: Shelf;
  readonly #paths: Network;
  readonly #o: PlanOptions;
  /** Those that hold on the way: destinations are chosen, the others they keep already. */
  readonly #rules: readonly Constraint[];
  readonly #books: Books;
  readonly #accepts: Uint8Array;
  readonly #sharing: Sharing;
  readonly #legs: Ordered[] = [];
  readonly #ended: number[] = [];
  readonly #linksOf = new Map<Leg, readonly number[]>();
  readonly #underWay: UnderWay;
  /** What the moves under way ask of each link, bytes/ms. */
  readonly #asked: Float64Array;
  /** Moves under way over each link. */
  readonly #over: Int32Array;
  readonly #outgoing: Int32Array;
  readonly #incoming: Int32Array;
  readonly #work: Float64Array;
  readonly #lastOnLink = new Map<number, number>();
  readonly #running = new Map<number, Running>();
  #waiting: Leg[];
  #pivots = 0;

  constructor(
    shelf: Shelf,
    paths: Network,
    legs: readonly Leg[],
    o: PlanOptions,
    accepts: Uint8Array,
    sharing: Sharing,
  ) {
    this.#shelf = shelf;
    this.#paths = paths;
    this.#o = o;
    this.#rules = o.constraints.filter(isContinuous);
    this.#books = new Books(shelf, this.#rules);
    this.#accepts = accepts;
    this.#sharing = sharing;
    this.#underWay = new UnderWay(paths);
    this.#asked = new Float64Array(paths.capacities.length);
    this.#over = new Int32Array(paths.capacities.length);
    this.#outgoing = new Int32Array(shelf.hosts.length);
    this.#incoming = new Int32Array(shelf.hosts.length);
    this.#work = new Float64Array(paths.capacities.length);
    this.#waiting = [...legs];
    for (const leg of legs) for (const l of this.#links(leg)) this.#work[l]! += this.#loadS(leg, l);
  }

  #links(leg: Leg): readonly number[] {
    let links = this.#linksOf.get(leg);
    if (links === undefined) {
      links = this.#paths.path(this.#shelf.hosts[leg.source]!, this.#shelf.hosts[leg.dest]!) ?? [];
      this.#linksOf.set(leg, links);
    }
    return links;
  }

  #loadS(leg: Leg, link: number): number {
    return leg.job.bytes / this.#paths.capacities[link]! + this.#o.prepareMs / 1000;
  }

  run(): Order {
    for (;;) {
      this.#startAll();
      while (this.#unlock()) this.#startAll();
      if (this.#waiting.length === 0) break;
      if (this.#running.size === 0) return { legs: this.#legs, deadlock: this.#deadlock(), pivots: this.#pivots };
      this.#advance();
    }
    return { legs: this.#legs, deadlock: null, pivots: this.#pivots };
  }

  /** The remaining work of the busiest link a move crosses: who holds up the end goes first. */
  #urgency(leg: Leg): number {
    let most = 0;
    for (const l of this.#links(leg)) most = Math.max(most, this.#work[l]!);
    return most;
  }

  #startAll(): void {
    const dated = this.#o.constraints.some((c) => c.kind === 'deadline' || c.kind === 'noDelay');
    const queue = this.#waiting.map((leg) => ({
      leg,
      rank: dated ? this.#rank(leg.job.vm.id) : 0,
      urgency: this.#urgency(leg),
      length: this.#sharing.longestFirst ? leg.job.soloMs : 0,
    }));
    queue.sort(
      (a, b) => a.rank - b.rank || b.urgency - a.urgency || b.length - a.length || a.leg.job.row - b.leg.job.row,
    );
    this.#waiting = queue.flatMap(({ leg }) => (this.#start(leg) ? [] : [leg]));
  }

  /** VMs that may not wait first, then those with a deadline, earliest first. */
  #rank(vm: string): number {
    let least = Infinity;
    for (const c of this.#o.constraints) {
      if (c.kind === 'noDelay' && c.vms.includes(vm)) return -1;
      if (c.kind === 'deadline' && c.vms.includes(vm)) least = Math.min(least, c.atMs);
    }
    return least;
  }

  #start(leg: Leg): boolean {
    if (this.#outgoing[leg.source]! >= this.#o.perHost) return false;
    if (this.#o.perDest !== null && this.#incoming[leg.dest]! >= this.#o.perDest) return false;
    if (this.#isSequentialBusy(leg.job.vm.id)) return false;
    const [on, alsoOn] = this.#books.where(leg.job.row);
    if (on !== leg.source || alsoOn !== undefined) return false; // its first leg has not ended
    if (this.#books.refuses(leg.job.row, leg.dest) !== null) return false;
    const links = this.#links(leg);
    const { perLink } = this.#o;
    if (perLink !== null && links.some((l) => this.#over[l]! >= perLink)) return false;
    const sending = sendingOf(leg.job, links, this.#paths.capacities, this.#o);
    for (const l of links) {
      const asked = this.#asked[l]!;
      const capacity = this.#paths.capacities[l]! / 1000;
      const least = capacity >= 2 * sending.demand ? this.#sharing.uplink : this.#sharing.adapter;
      if (asked > 0 && (asked + sending.demand) * least > capacity * (1 + ROUNDING)) return false;
    }
    const index = this.#legs.length;
    this.#legs.push({ ...leg, after: this.#afterOf(leg, links), startMs: this.#underWay.nowMs });
    this.#books.put(leg.job.row, leg.dest);
    this.#underWay.start(index, sending);
    this.#running.set(index, { ...sending, index });
    for (const l of links) {
      this.#asked[l]! += sending.demand;
      this.#over[l]! += 1;
    }
    this.#outgoing[leg.source]! += 1;
    this.#incoming[leg.dest]! += 1;
    return true;
  }

  #isSequentialBusy(vm: string): boolean {
    return this.#o.constraints.some(
      (c) =>
        c.kind === 'sequential' &&
        c.vms.includes(vm) &&
        [...this.#running.keys()].some((i) => c.vms.includes(this.#legs[i]!.job.vm.id)),
    );
  }

  /**
   * What has to have ended for this start to stay allowed however long moves really take: all that left the destination (its
   * room, its group members), all earlier ones in the way of a limit, and under constraints everything that ended.
   */
  #afterOf(leg: Leg, links: readonly number[]): readonly number[] {
    if (this.#rules.length > 0) return [...this.#ended];
    const after = new Set<number>();
    for (const i of this.#ended) {
      const done = this.#legs[i]!;
      if (done.source === leg.dest || done.source === leg.source || done.job.row === leg.job.row) after.add(i);
      if (this.#o.perDest !== null && done.dest === leg.dest) after.add(i);
      if (this.#o.perLink !== null && this.#links(done).some((l) => links.includes(l))) after.add(i);
    }
    for (const l of links) {
      const last = this.#lastOnLink.get(l);
      if (last !== undefined) after.add(last);
    }
    return this.#reduced(after);
  }

  /** Without those that another one waits for anyway. */
  #reduced(after: ReadonlySet<number>): readonly number[] {
    const implied = new Set<number>();
    for (const i of after) for (const j of this.#legs[i]!.after) implied.add(j);
    return [...after].filter((i) => !implied.has(i)).sort((a, b) => a - b);
  }

  /** On to the next instant at which a move ends. */
  #advance(): void {
    for (const index of this.#underWay.advance()) this.#end(this.#running.get(index)!);
  }

  #end(r: Running): void {
    const leg = this.#legs[r.index]!;
    this.#running.delete(r.index);
    this.#books.take(leg.job.row, leg.source);
    this.#ended.push(r.index);
    this.#outgoing[leg.source]! -= 1;
    this.#incoming[leg.dest]! -= 1;
    for (const l of r.links) {
      this.#asked[l] = Math.max(0, this.#asked[l]! - r.demand);
      this.#over[l]! -= 1;
      this.#work[l]! -= this.#loadS(leg, l);
      this.#lastOnLink.set(l, r.index);
    }
  }

  /** Moves that never get room though all others end as far as they can: played through on the books, and undone. */
  #stuck(): readonly Leg[] {
    if (this.#waiting.every((leg) => this.#books.refuses(leg.job.row, leg.dest) === null)) return [];
    const underWay = new Set([...this.#running.keys()].map((i) => this.#legs[i]!.job));
    let left = this.#waiting.filter((leg) => !underWay.has(leg.job));
    const undo: (() => void)[] = [];
    const leave = (leg: Leg): void => {
      this.#books.take(leg.job.row, leg.source);
      undo.push(() => this.#books.put(leg.job.row, leg.source));
    };
    for (const i of this.#running.keys()) leave(this.#legs[i]!);
    for (let before = -1; before !== left.length;) {
      before = left.length;
      left = left.filter((leg) => {
        if (this.#books.refuses(leg.job.row, leg.dest) !== null) return true;
        this.#books.put(leg.job.row, leg.dest);
        undo.push(() => this.#books.take(leg.job.row, leg.dest));
        leave(leg);
        return false;
      });
    }
    for (const step of undo.reverse()) step();
    return left;
  }

  /** Breaks a cycle: the cheapest stuck VM that a third host can hold for a while goes there first. False when none could. */
  #unlock(): boolean {
    const cheapest = [...this.#stuck()].sort((a, b) => a.job.bytes - b.job.bytes || a.job.row - b.job.row);
    for (const leg of cheapest) {
      if (this.#legs.some((l) => l.job.row === leg.job.row)) continue; // moved aside once already
      const hosts = [...this.#shelf.emptiest].sort((a, b) => this.#incoming[a]! - this.#incoming[b]!);
      for (const host of hosts) {
        if (this.#accepts[host] !== 1 || host === leg.dest || this.#books.refuses(leg.job.row, host) !== null) continue;
        const because = `a pivot: ${this.#shelf.hosts[leg.dest]} is full until others have left it`;
        const out = { ...leg, dest: host, because };
        if (!this.#start(out)) continue;
        this.#pivots++;
        const on = { ...leg, source: host };
        this.#waiting = this.#waiting.filter((l) => l !== leg);
        this.#waiting.push(on);
        for (const l of [...this.#links(out), ...this.#links(on)]) this.#work[l]! += this.#loadS(leg, l);
        return true;
      }
    }
    return false;
  }

  /** Who waits for whom, followed until it closes. */
  #deadlock(): Deadlock {
    const name = (h: number): string => this.#shelf.hosts[h] ?? '?';
    const bySource = new Map(this.#waiting.map((leg) => [leg.source, leg]));
    const seen: Leg[] = [];
    let leg = this.#waiting[0];
    while (leg !== undefined && !seen.includes(leg)) {
      seen.push(leg);
      leg = bySource.get(leg.dest);
    }
    const from = leg === undefined ? 0 : seen.indexOf(leg);
    const cycle = seen
      .slice(from)
      .map((l) => `${l.job.vm.name} on ${name(l.source)} waits for room on ${name(l.dest)}`);
    return { cycle, stuck: this.#waiting };
  }
}

export type OrderInput = {
  readonly shelf: Shelf;
  readonly paths: Network;
  readonly legs: readonly Leg[];
  readonly options: PlanOptions;
  /** Hosts that may hold a VM for a while. */
  readonly accepts: Uint8Array;
  readonly sharing: Sharing;
};

/** Orders legs; O(moves²) in the worst case, with small constants. */
export const order = (input: OrderInput): Order =>
  new Scheduler(input.shelf, input.paths, input.legs, input.options, input.accepts, input.sharing).run();
