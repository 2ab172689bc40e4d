// Replays a plan instant by instant against the rules, knowing nothing of how it was made; any breach refuses it.
import { asked, demandOf, worldOf } from '../drill/world.ts';
import type { ClusterState, VmState } from '../readout/state.ts';
import type { Candidate } from '../scheduling/candidate.ts';
import { type FilterName, refusal, STANDING } from '../scheduling/filters.ts';
import { type Resource, RESOURCES, shortage } from '../scheduling/inventory.ts';
import { claimCells, type NumaRoom } from '../scheduling/numa.ts';
import { brokenAt, brokenBy, type Moment } from './constraint-checks.ts';
import { payloadBytesPerS } from '../migration/encapsulation.ts';
import { goalsMissed, type Rest } from './goal-checks.ts';
import { type PlanOptions, policyOf } from './options.ts';
import type { Plan, PlannedMove } from './plan.ts';
import { namerOf } from './rule-names.ts';

export type Checked = { readonly ok: boolean; readonly notes: readonly string[] };

/** Milliseconds by which two computed instants may differ and still be one. */
const ROUNDING_MS = 1e-6;
/** Share by which bytes may seem to outrun a link: the last portion of a move leaves the buffer at once. */
const LINK_ROUNDING = 0.01;
/** Broken rules spelled out; the count goes on. */
const MOST_NOTES = 20;

type Step = { readonly atMs: number; readonly ends: boolean; readonly move: PlannedMove };

/** What is allocated on each host, who is where, and what has been found wrong. */
class Replay {
  readonly #state: ClusterState;
  readonly #world: ReturnType<typeof worldOf>;
  readonly #used = new Map<string, Record<Resource, number>>();
  /** NUMA cells of hosts that VMs came to; those of a VM that leaves stay taken. */
  readonly #cells = new Map<string, NumaRoom>();
  readonly #standing: readonly FilterName[];
  readonly #on = new Map<string, Set<string>>();
  readonly #outgoing = new Map<string, number>();
  readonly #incoming = new Map<string, number>();
  readonly #groupOf: ReadonlyMap<string, string>;
  readonly #o: PlanOptions;
  readonly #drained: ReadonlySet<string>;
  readonly wrong: string[] = [];

  constructor(state: ClusterState, plan: Plan, o: PlanOptions) {
    this.#state = state;
    this.#o = o;
    this.#drained = new Set(plan.drained);
    this.#world = worldOf(state);
    this.#standing = this.#world.release.filters.filter((name) => STANDING.has(name));
    for (const [name, host] of this.#world.hosts) this.#used.set(name, { ...host.used });
    for (const vm of state.vms) this.#on.set(vm.id, new Set(vm.host === null ? [] : [vm.host]));
    this.#groupOf = new Map(state.serverGroups.flatMap((g) => g.members.map((m) => [m, g.id] as const)));
  }

  step({ atMs, ends, move }: Step): void {
    const when = `at ${(atMs / 1000).toFixed(1)} s`;
    if (move.kind === 'stop') return;
    if (ends) this.#end(move);
    else this.#start(move, when);
    for (const broken of brokenAt(this.#o.constraints, this.moment))
      this.wrong.push(`${when} does not hold: ${broken}`);
  }

  #start(move: PlannedMove, when: string): void {
    const { vm: id, name, source, dest } = move;
    const vm = this.#world.vms.get(id);
    const on = this.#on.get(id);
    const host = this.#world.hosts.get(dest);
    if (vm === undefined || on === undefined) return void this.wrong.push(`there is no VM ${id}`);
    if (host === undefined) return void this.wrong.push(`there is no host ${dest}`);
    if (on.size !== 1 || !on.has(source))
      this.wrong.push(`${when} ${name} is on ${[...on].join(' and ')}, not on ${source}`);
    if (source === dest) this.wrong.push(`${name} would move to where it is`);
    if (this.#drained.has(dest)) this.wrong.push(`${name} would go to ${dest}, which is to be emptied`);
    if (host.up === false || host.enabled === false)
      this.wrong.push(`${dest} is ${host.up === false ? 'down' : 'disabled'}`);
    if (move.kind === 'live' && vm.vmState !== 'active' && vm.vmState !== 'paused')
      this.wrong.push(`${name} is ${vm.vmState} and cannot move live`);
    if (vm.taskState !== null) this.wrong.push(`${name} is busy (${vm.taskState})`);
    const used = this.#used.get(dest)!;
    const want = asked(vm);
    for (const r of RESOURCES) {
      const inventory = host.inventories[r];
      const short = inventory && shortage(r, inventory, used[r], want[r]);
      if (short)
        this.wrong.push(
          `${when} ${dest} has no room for ${name}: ${used[r]} ${r} used, ${want[r]} asked, limit ${short.limit}`,
        );
      used[r] += want[r];
    }
    this.#admit(vm, host, when);
    this.#group(id, name, dest, when);
    on.add(dest);
    this.#limit(this.#outgoing, source, 1, this.#o.perHost, `${when} moves leave ${source}`);
    this.#limit(this.#incoming, dest, 1, this.#o.perDest ?? Infinity, `${when} moves enter ${dest}`);
  }

  #limit(counts: Map<string, number>, host: string, by: 1 | -1, most: number, words: string): void {
    const n = (counts.get(host) ?? 0) + by;
    counts.set(host, n);
    if (n > most) this.wrong.push(`${words}: ${n}, at most ${most}`);
  }

  /** Zone, aggregates and NUMA cells, by the scheduler's own filters. */
  #admit(vm: VmState, host: Candidate, when: string): void {
    const request = { ...demandOf(vm), zone: vm.requestedZone, group: null, ignore: [] };
    const no = refusal(host, request, this.#standing);
    if (no !== null) this.wrong.push(`${when} ${host.name} may not take ${vm.name}: ${no.detail}`);
    const room = this.#cells.get(host.name) ?? host.numa;
    if (request.numa === null || room === null || !this.#world.release.filters.includes('NUMATopologyFilter')) return;
    const claimed = claimCells(room, request.numa);
    if (claimed === null) this.wrong.push(`${when} ${host.name} has no NUMA cells for ${vm.name}`);
    else this.#cells.set(host.name, claimed);
  }

  #group(id: string, name: string, dest: string, when: string): void {
    const group = this.#state.serverGroups.find((g) => g.id === this.#groupOf.get(id));
    if (group === undefined) return;
    const others = group.members.filter((m) => m !== id).map((m) => this.#on.get(m) ?? new Set<string>());
    const here = others.filter((hosts) => hosts.has(dest)).length;
    if (group.policy === 'anti-affinity' && here >= group.maxServerPerHost) {
      this.wrong.push(`${when} ${dest} has ${here} of ${group.name} already, ${name} may not join`);
    }
    if (group.policy === 'affinity' && here === 0 && others.some((hosts) => hosts.size > 0)) {
      this.wrong.push(`${when} ${name} would leave its affinity group ${group.name}`);
    }
  }

  #end({ vm: id, source, dest }: PlannedMove): void {
    const vm = this.#world.vms.get(id);
    const used = this.#used.get(source);
    if (vm === undefined || used === undefined) return;
    const want = asked(vm);
    for (const r of RESOURCES) used[r] -= want[r];
    this.#on.get(id)?.delete(source);
    this.#limit(this.#outgoing, source, -1, Infinity, '');
    this.#limit(this.#incoming, dest, -1, Infinity, '');
  }

  /** Who is charged where now, and who was where before the plan. */
  get moment(): Moment {
    return { at: this.#on, home: (vm) => this.#world.vms.get(vm)?.host ?? null };
  }

  get world(): ReturnType<typeof worldOf> {
    return this.#world;
  }

  /** Who is where and what is allocated now, as values that stay as they are. */
  rest(): Rest {
    return {
      at: new Map([...this.#on].map(([vm, hosts]) => [vm, new Set(hosts)])),
      used: new Map([...this.#used].map(([host, used]) => [host, { ...used }])),
      cells: new Map(this.#cells),
    };
  }

  isRunning(vm: string): boolean {
    return this.#world.vms.get(vm)?.vmState !== 'stopped';
  }

  /** A VM goes no further than its policy lets it, and not at all when it was left out. */
  kept(move: PlannedMove): readonly string[] {
    const vm = this.#world.vms.get(move.vm);
    if (vm === undefined) return [];
    const policy = policyOf(this.#o, vm);
    const isAllowed = move.kind === 'live' || policy === 'stop' || (policy === 'cold' && move.kind === 'cold');
    return [
      ...(isAllowed
        ? []
        : [`${move.name} would ${move.kind === 'cold' ? 'move cold' : 'be stopped'}, its policy is ${policy}`]),
      ...(this.#o.skip.includes(move.vm) ? [`${move.name} moves though it was left out`] : []),
    ];
  }
}

/** Figures of one move that cannot be. */
const impossible = (m: PlannedMove, i: number, moves: readonly PlannedMove[]): readonly string[] => {
  const wrong: string[] = [];
  const numbers = [m.startMs, m.endMs, m.downtimeMs, m.bytes];
  if (!numbers.every((n) => Number.isFinite(n) && n >= 0)) wrong.push(`${m.name} has an impossible figure`);
  if (m.endMs <= m.startMs) wrong.push(`${m.name} ends before it starts`);
  if (m.downtimeMs > m.endMs - m.startMs + ROUNDING_MS) wrong.push(`${m.name} is down longer than it moves`);
  for (const before of m.after) {
    const other = moves[before];
    if (other === undefined || before === i) wrong.push(`${m.name} waits for a move that is not there`);
    else if (other.endMs > m.startMs + ROUNDING_MS)
      wrong.push(`${m.name} starts before ${other.name}, which it waits for, has ended`);
  }
  return wrong;
};

/** No adapter can have carried more than it carries: over every stretch between a start and an end of moves that lie in it. */
const outrun = (moves: readonly PlannedMove[], o: PlanOptions): readonly string[] => {
  const wrong: string[] = [];
  for (const end of ['source', 'dest'] as const) {
    for (const [host, all] of Map.groupBy(moves, (m) => m[end])) {
      const perMs = payloadBytesPerS(o.nics[host] ?? o.nicBitsPerS, o.mtuBytes, 'none') / 1000;
      const sorted = [...all].sort((a, b) => a.endMs - b.endMs);
      for (const fromMs of new Set(all.map((m) => m.startMs))) {
        let bytes = 0;
        for (const m of sorted) {
          if (m.startMs < fromMs) continue;
          bytes += m.bytes;
          if (bytes <= perMs * (m.endMs - fromMs) * (1 + LINK_ROUNDING)) continue;
          wrong.push(
            `${host} would carry ${Math.round(bytes / 1e6)} MB in ${((m.endMs - fromMs) / 1000).toFixed(1)} s`,
          );
          break;
        }
      }
    }
  }
  return wrong;
};

/** The links a move crosses, in words: the adapters of its hosts, and the uplinks of their racks where these are told. */
const crossed = (move: PlannedMove, rackOf: ReadonlyMap<string, string | null>, o: PlanOptions): readonly string[] => {
  const [from, to] = [rackOf.get(move.source) ?? null, rackOf.get(move.dest) ?? null];
  const uplinks =
    o.uplinkBitsPerS === null || from === to ? [] : [from && `out of rack ${from}`, to && `into rack ${to}`];
  return [`out of ${move.source}`, `into ${move.dest}`, ...uplinks.filter((l) => l !== null)];
};

/** Links with more moves under way at once than one may have: counted at every start. */
const crowded = (state: ClusterState, moves: readonly PlannedMove[], o: PlanOptions): readonly string[] => {
  const { perLink } = o;
  if (perLink === null) return [];
  const rackOf = new Map(state.hosts.map((h) => [h.name, h.rack]));
  const on = new Map<string, PlannedMove[]>();
  for (const move of moves.filter((m) => m.kind !== 'stop'))
    for (const link of crossed(move, rackOf, o)) on.set(link, [...(on.get(link) ?? []), move]);
  return [...on].flatMap(([link, all]) => {
    const most = all.reduce(
      (n, { startMs }) =>
        Math.max(n, all.filter((m) => m.startMs <= startMs && m.endMs > startMs + ROUNDING_MS).length),
      0,
    );
    return most > perLink ? [`${most} moves at once go ${link}, at most ${perLink} may`] : [];
  });
};

/** Whether a plan keeps what it has to, on this state. The notes say what it does not, or what was looked at. */
export const checkPlan = (state: ClusterState, plan: Plan, o: PlanOptions): Checked => {
  const { moves } = plan;
  const replay = new Replay(state, plan, o);
  const steps = moves
    .flatMap((move): Step[] => [
      { atMs: move.startMs, ends: false, move },
      { atMs: move.endMs, ends: true, move },
    ])
    .sort((a, b) => a.atMs - b.atMs || Number(b.ends) - Number(a.ends));
  const wrong = [...moves.flatMap(impossible), ...outrun(moves, o), ...crowded(state, moves, o)];
  const before = replay.rest();
  for (const step of steps) replay.step(step);
  const isRunning = (vm: string): boolean => replay.isRunning(vm);
  wrong.push(
    ...replay.wrong,
    ...brokenBy(o.constraints, replay.moment, moves, isRunning).map((rule) => `does not hold: ${rule}`),
    ...moves.flatMap((m) => replay.kept(m)),
    ...goalsMissed({ state, world: replay.world, plan, options: o, before, end: replay.rest() }),
  );

  const blocked = new Set(plan.blocked.map((b) => b.vm));
  const stopped = new Set(moves.filter((m) => m.kind === 'stop').map((m) => m.vm));
  for (const [id, hosts] of replay.moment.at) {
    const left = [...hosts].find((h) => plan.drained.includes(h));
    if (left !== undefined && !blocked.has(id) && !stopped.has(id))
      wrong.push(`${id} is still on ${left}, and the plan does not say why`);
  }
  if (plan.feasible && blocked.size > 0) wrong.push('the plan says it is complete and leaves VMs behind');
  const end = moves.reduce((most, m) => Math.max(most, m.endMs), 0);
  if (Math.abs(end - plan.makespanMs) > 1)
    wrong.push(`the last move ends at ${end} ms, the plan says ${plan.makespanMs} ms`);
  if (plan.lowerBoundMs > plan.makespanMs * (1 + LINK_ROUNDING) + 1)
    wrong.push('the plan is shorter than its own lower bound');
  if (wrong.length === 0) {
    return {
      ok: true,
      notes: [
        `replayed ${moves.length} moves at ${steps.length} instants: room on both ends, server groups, ${o.constraints.length === 1 ? '1 rule' : `${o.constraints.length} rules`}, limits of hosts and adapters`,
      ],
    };
  }
  const more = wrong.length > MOST_NOTES ? [`and ${wrong.length - MOST_NOTES} more`] : [];
  return { ok: false, notes: [...wrong.slice(0, MOST_NOTES), ...more].map(namerOf(state, o.constraints)) };
};
