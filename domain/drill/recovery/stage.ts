// Where a drill is played: the world that changes, virtual time, the facts told so far and each VM's outcome.
import { Agenda } from '../../base/agenda.ts';
import { type Instant, millis } from '../../base/brand.ts';
import type { Candidate as Fact } from '../../events/dictionary.ts';
import { entity } from '../../events/entity.ts';
import type { ClusterState, PortState, VmState } from '../../readout/state.ts';
import type { DrillSettings, VmOutcome } from '../outcome.ts';
import { type World, worldOf } from '../world.ts';
import { Fetches } from './fetches.ts';

/** A fact without what the stage knows: whom, when and in what order. */
type Told = Pick<Fact, 'type' | 'v' | 'data'>;

export const S = 1000;

const byName = (a: VmOutcome, b: VmOutcome): number =>
  a.name < b.name ? -1 : a.name > b.name ? 1 : a.vm < b.vm ? -1 : 1;

export class Stage {
  readonly world: World;
  readonly settings: DrillSettings;
  readonly start: Instant;
  readonly events: Fact[] = [];
  /** VMs that the drill looked up, as it has left them: where they are now, and in which vm_state. */
  readonly #vms = new Map<string, VmState>();
  readonly #agenda: Agenda<() => void>;
  readonly #outcomes = new Map<string, VmOutcome>();
  readonly #name: string;
  readonly #ports = new Map<string, PortState[]>();
  readonly fetches: Fetches;

  constructor(state: ClusterState, start: Instant, settings: DrillSettings, name: string) {
    this.world = worldOf(state);
    this.settings = settings;
    this.start = start;
    this.#agenda = new Agenda(start);
    this.#name = name;
    this.fetches = new Fetches(
      { sPerGiB: settings.imageFetchSPerGiB, nicGbitPerS: settings.nicGbitPerS },
      { now: () => this.now, after: (ms, act) => this.after(ms, act) },
    );
  }

  get now(): Instant {
    return this.#agenda.now;
  }

  after(ms: number, act: () => void): void {
    this.#agenda.schedule(millis(ms), act);
  }

  run(): void {
    for (let act = this.#agenda.advance(); act !== null; act = this.#agenda.advance()) act();
  }

  emit(address: string, fact: Told): void {
    const line = this.events.length + 1;
    this.events.push({ ...fact, entity: address, at: this.now, evidence: 'inferred', line, key: null } as Fact);
  }

  emitVm(vm: VmState, data: Extract<Fact, { type: 'vm.state_changed' }>['data']): void {
    this.emit(entity('vm', vm.id), { type: 'vm.state_changed', v: 1, data });
  }

  /** Ids unique to the branch; a VM evacuated twice has two records. */
  migrationOf(vm: VmState, attempt: number): string {
    return entity('migration', `${this.#name}/${vm.id}${attempt === 1 ? '' : `/${attempt}`}`);
  }

  /** Everybody as they are now. */
  *vms(): Iterable<VmState> {
    const { vms } = this.world.state;
    if (this.#vms.size === 0) yield* vms;
    else for (const vm of vms) yield this.#vms.get(vm.id) ?? vm;
  }

  vm(id: string): VmState | undefined {
    return this.#vms.get(id) ?? this.world.vms.get(id);
  }

  /** A VM is elsewhere now, or in another state. */
  place(vm: VmState): void {
    this.#vms.set(vm.id, vm);
  }

  /** Looks up VMs that will have to move, their groups and ports, once for all of them: a cluster has far more than that. */
  lookUp(vms: readonly VmState[]): void {
    for (const vm of vms) {
      this.#vms.set(vm.id, vm);
      this.#ports.set(vm.id, []);
    }
    this.world.groups.lookUp(vms);
    for (const port of this.world.state.ports) if (port.vm !== null) this.#ports.get(port.vm)?.push(port);
  }

  /** None before they were looked up. */
  portsOf(vm: string): readonly PortState[] {
    return this.#ports.get(vm) ?? [];
  }

  /** Neutron binds the ports of a VM to its new host. */
  movePorts(vm: VmState, dest: string): void {
    for (const port of this.portsOf(vm.id)) {
      const address = entity('port', port.id);
      this.emit(address, { type: 'port.bound', v: 1, data: { host: dest, binding: 'ACTIVE' } });
      if (vm.host !== null) this.emit(address, { type: 'port.unbound', v: 1, data: { host: vm.host } });
    }
  }

  outcomeOf(vm: VmState): VmOutcome | undefined {
    return this.#outcomes.get(vm.id);
  }

  /** The last word about a VM counts. */
  settle(outcome: VmOutcome): void {
    this.#outcomes.set(outcome.vm, outcome);
  }

  outcomes(): readonly VmOutcome[] {
    return [...this.#outcomes.values()].sort(byName);
  }
}
