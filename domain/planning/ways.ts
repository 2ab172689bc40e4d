// How each VM could leave where it is: worked out once a VM, by the policy that holds for it, or every reason why not.
import { admits, type Shelf } from '../drill/sweep/shelf.ts';
import { worldOf } from '../drill/world.ts';
import type { ClusterState, VmState } from '../readout/state.ts';
import { verdictOf } from '../scheduling/blockers.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { vmFindings } from '../scheduling/blockers-vm.ts';
import type { Destination, Finding, Subject } from '../scheduling/finding.ts';
import { destinationsOf, subjectOf } from './check.ts';
import { type Constraint, explain } from './constraints.ts';
import { type Job, liveBytesPerS, type Prices, wayOf } from './jobs.ts';
import { groupsByVm, moveRequest } from './move-request.ts';
import { type PlanOptions, policyOf } from './options.ts';

export type WayOut =
  | { readonly job: Job; readonly reasons: null }
  | { readonly job: null; readonly reasons: readonly Finding[] };

/** Reasons that change while a plan is made: the books know them better. */
const CHANGING = new Set([
  'vcpu-capacity',
  'ram-capacity',
  'disk-capacity',
  'pcpu-capacity',
  'anti-affinity',
  'affinity',
  'numa-cells',
]);

const SKIPPED: Finding = {
  kind: 'blocker',
  code: 'skipped',
  detail: 'was left out of the plan by whoever asked for it',
  fix: null,
};

const heldBy = (rule: Constraint): Finding => ({
  kind: 'blocker',
  code: rule.kind,
  detail: `the rule "${explain(rule)}" holds it where it is`,
  fix: 'leave out the rule',
});

type About = {
  readonly subject: Subject;
  readonly found: readonly Finding[];
  /** Codes of what is found whatever the destination. */
  readonly codes: ReadonlySet<string>;
};

export class Ways {
  readonly #shelf: Shelf;
  readonly #o: PlanOptions;
  readonly #around: Surroundings;
  readonly #subjectOf: (vm: VmState) => Subject;
  readonly #dests: ReadonlyMap<string, Destination>;
  readonly #hasStatic: boolean;
  /** Only looked at where zones, aggregates or units refuse somebody. */
  readonly #rows: ReadonlyMap<string, number>;
  readonly #prices: Prices = new Map();
  readonly #known = new Map<number, WayOut>();
  readonly #about = new Map<string, About>();
  /** What hosts say to each VM, by id: placements ask the same again and again. */
  readonly #refusals = new Map<string, (string | null | undefined)[]>();

  constructor(state: ClusterState, around: Surroundings, shelf: Shelf, o: PlanOptions) {
    this.#shelf = shelf;
    this.#o = o;
    this.#around = around;
    const world = worldOf(state);
    const groups = groupsByVm(world);
    this.#subjectOf = (vm) => subjectOf(state, vm, moveRequest(world, vm, groups.get(vm.id)), around);
    this.#dests = new Map(destinationsOf(world, around, liveBytesPerS(o)).map((d) => [d.candidate.name, d]));
    const hasLeftovers = state.ports.some((p) => p.bindings.some((b) => b.binding === 'INACTIVE'));
    this.#hasStatic = around.hardware.size > 0 || around.mountedBy.size > 0 || hasLeftovers;
    this.#rows = shelf.admission === null ? new Map() : new Map(shelf.vms.map((vm, row) => [vm.id, row]));
  }

  of(row: number): WayOut {
    let way = this.#known.get(row);
    if (way === undefined) {
      way = this.#workedOut(row);
      this.#known.set(row, way);
    }
    return way;
  }

  #workedOut(row: number): WayOut {
    const vm = this.#shelf.vms[row]!;
    if (this.#o.skip.includes(vm.id)) return { job: null, reasons: [SKIPPED] };
    const rule = this.#o.constraints.find(
      (c) =>
        (c.kind === 'root' && c.vms.includes(vm.id)) || (c.kind === 'quarantine' && c.hosts.includes(vm.host ?? '')),
    );
    if (rule !== undefined) return { job: null, reasons: [heldBy(rule)] };
    const way = wayOf(vm, this.#lookAt(vm).found, this.#o, this.sampled(vm), this.#prices, policyOf(this.#o, vm));
    if (way.kind === null) return { job: null, reasons: way.reasons };
    return { job: { ...way.cost, row, vm, source: this.#shelf.home[row]!, kind: way.kind }, reasons: null };
  }

  #lookAt(vm: VmState): About {
    let about = this.#about.get(vm.id);
    if (about === undefined) {
      const subject = this.#subjectOf(vm);
      const found = vmFindings(subject);
      about = { subject, found, codes: new Set(found.map((f) => f.code)) };
      this.#about.set(vm.id, about);
    }
    return about;
  }

  /** Pages a second; null where telemetry has none. */
  sampled(vm: VmState): number | null {
    return this.#around.dirtyPagesPerS.get(vm.id) ?? null;
  }

  /** How many of the jobs lean on an assumed write rate. */
  unsampled(jobs: readonly Job[]): number {
    return jobs.filter((j) => j.kind === 'live' && j.vm.vmState === 'active' && this.sampled(j.vm) === null).length;
  }

  /** Why a host refuses a VM whatever else moves: zone, aggregates, hardware, mounts, left-over bindings; null when it does not. */
  readonly staticRefusal = (vm: VmState, host: number): string | null => {
    const row = this.#rows.get(vm.id);
    if (!this.#hasStatic && (row === undefined || admits(this.#shelf, row, host))) return null;
    let said = this.#refusals.get(vm.id);
    if (said === undefined) {
      said = Array.from<string | null | undefined>({ length: this.#shelf.hosts.length });
      this.#refusals.set(vm.id, said);
    }
    let code = said[host];
    if (code === undefined) {
      code = this.#refusedBy(vm, host);
      said[host] = code;
    }
    return code;
  };

  #refusedBy(vm: VmState, host: number): string | null {
    const dest = this.#dests.get(this.#shelf.hosts[host]!);
    if (dest === undefined) return null;
    const { subject, codes } = this.#lookAt(vm);
    const against = verdictOf(subject, dest).reasons;
    return against.find((r) => !codes.has(r.code) && !CHANGING.has(r.code))?.code ?? null;
  }
}
