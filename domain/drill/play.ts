// Plays a host failure: detection, fencing, one evacuation after another, on virtual time; facts out, outcomes beside them.
import { Agenda } from '../base/agenda.ts';
import { type Instant, type Millis, millis } from '../base/brand.ts';
import { err, ok, type Result } from '../base/result.ts';
import { rng } from '../base/rng.ts';
import type { Candidate as Fact } from '../events/dictionary.ts';
import { entity } from '../events/entity.ts';
import type { ClusterState, VmState } from '../readout/state.ts';
import { noValidHostSentence, selectDestination } from '../scheduling/select.ts';
import type { DrillOutcome, DrillSettings, VmOutcome } from './outcome.ts';
import { summarise } from './summary.ts';
import { charge, evacuationRequest, takeDown, worldOf, type World } from './world.ts';

/** What can happen next in a drill. */
type Step =
  | { readonly do: 'shut down' }
  | { readonly do: 'detect' }
  | { readonly do: 'fence' }
  | { readonly do: 'recover' }
  | { readonly do: 'evacuate'; readonly vm: VmState }
  | { readonly do: 'schedule'; readonly vm: VmState; readonly acceptedAt: Instant }
  | { readonly do: 'attach'; readonly move: Move }
  | { readonly do: 'spawn'; readonly move: Move }
  | { readonly do: 'finish'; readonly move: Move };

type Move = {
  readonly vm: VmState;
  readonly dest: string;
  readonly acceptedAt: Instant;
  readonly scheduledAt: Instant;
};

export type Drill = { readonly events: readonly Fact[]; readonly outcome: DrillOutcome };

const S = 1000;
/** A clean `shutdown` stops the guests first; libvirt-guests needs about a second for each to be noticed as stopped. */
const GUEST_SHUTDOWN_MS = 1000;
/** Share of the spawn that goes into block-device mapping before the domain starts. */
const MAPPING_SHARE = 0.35;

/** Nova evacuates these only (nova/compute/api.py evacuate: ACTIVE, STOPPED, ERROR). */
const EVACUABLE = new Set(['active', 'stopped', 'error']);

/** The vm_state an evacuated VM ends in: stopped if it was, or if microversion >= 2.95 lands it so. */
const landing = (vm: VmState, wasStopped: boolean, settings: DrillSettings): 'stopped' | 'active' =>
  wasStopped || settings.landStopped || vm.vmState === 'stopped' ? 'stopped' : 'active';

/** HA-tagged VMs first (Masakari's HA_Enabled), then by name; ties by id, so the order never depends on the log's. */
const recoveryOrder = (vms: readonly VmState[]): VmState[] => {
  const rank = (vm: VmState): number => (vm.tags.includes('HA_Enabled') ? 0 : 1);
  const word = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...vms].sort((a, b) => rank(a) - rank(b) || word(a.name, b.name) || word(a.id, b.id));
};

class Play {
  readonly #world: World;
  readonly #settings: DrillSettings;
  readonly #agenda: Agenda<Step>;
  readonly #start: Instant;
  readonly #failed: readonly string[];
  readonly #name: string;
  readonly #detectionMs: Millis;
  readonly #queue: VmState[];
  readonly #events: Fact[] = [];
  readonly #outcomes: VmOutcome[] = [];

  constructor(state: ClusterState, start: Instant, failed: readonly string[], settings: DrillSettings, name: string) {
    this.#world = worldOf(state);
    this.#settings = settings;
    this.#agenda = new Agenda(start);
    this.#start = start;
    this.#failed = [...failed].sort();
    this.#name = name;
    this.#queue = recoveryOrder(state.vms.filter((vm) => vm.host !== null && this.#failed.includes(vm.host)));
    // The service is down service_down_time after its last heartbeat, and is seen so at the next look, at most one
    // report_interval later (nova.md §5: T_detect = (0, 10] + 60 s). Forcing it down takes no waiting.
    const look = (1 - rng(settings.seed).child('detection').next()) * settings.reportIntervalS * S;
    this.#detectionMs = millis(settings.forceDown ? 0 : Math.round(settings.serviceDownTimeS * S + look));
  }

  run(): Drill {
    this.#fail();
    for (let step = this.#agenda.advance(); step !== null; step = this.#agenda.advance()) this.#take(step);
    this.#emit('cluster:', { type: 'drill.settled', v: 1, data: { events: this.#events.length + 1 } });
    const vms = this.#outcomes.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.vm < b.vm ? -1 : 1));
    const summary = summarise(vms, this.#failed, this.#start, this.#events.length);
    return { events: this.#events, outcome: { vms, summary, settings: this.#settings } };
  }

  #emit(address: string, fact: Pick<Fact, 'type' | 'v' | 'data'>): void {
    const event = {
      ...fact,
      entity: address,
      at: this.#agenda.now,
      evidence: 'inferred',
      line: this.#events.length + 1,
      key: null,
    };
    this.#events.push(event as Fact);
  }

  #fail(): void {
    const { seed, graceful } = this.#settings;
    const targets = [...this.#failed];
    this.#emit('cluster:', {
      type: 'fault.injected',
      v: 1,
      data: { kind: graceful ? 'shutdown' : 'crash', targets, seed },
    });
    for (const host of this.#failed) {
      this.#emit(entity('host', host), { type: 'host.failed', v: 1, data: { cause: graceful ? 'shutdown' : 'crash' } });
    }
    takeDown(this.#world, this.#failed);
    if (graceful) this.#agenda.schedule(millis(GUEST_SHUTDOWN_MS), { do: 'shut down' });
    this.#agenda.schedule(this.#detectionMs, { do: 'detect' });
  }

  #take(step: Step): void {
    switch (step.do) {
      case 'shut down':
        for (const vm of this.#queue) this.#stop(vm);
        return;
      case 'detect':
        for (const host of this.#failed) this.#disable(host);
        this.#agenda.schedule(millis(this.#settings.fencingS * S), { do: 'fence' });
        return;
      case 'fence':
        for (const host of this.#failed)
          this.#emit(entity('host', host), { type: 'host.fenced', v: 1, data: { by: 'IPMI' } });
        this.#agenda.schedule(millis(this.#settings.waitAfterFencingS * S), { do: 'recover' });
        return;
      case 'recover':
        for (let thread = 0; thread < this.#settings.threads; thread++) this.#next();
        return;
      case 'evacuate':
        this.#evacuate(step.vm);
        return;
      case 'schedule':
        this.#schedule(step.vm, step.acceptedAt);
        return;
      case 'attach':
        this.#task(step.move.vm, 'rebuild_block_device_mapping');
        this.#agenda.schedule(millis(this.#spawnMs(step.move.vm) * MAPPING_SHARE), { do: 'spawn', move: step.move });
        return;
      case 'spawn':
        this.#task(step.move.vm, 'rebuild_spawning');
        this.#agenda.schedule(millis(this.#spawnMs(step.move.vm) * (1 - MAPPING_SHARE)), {
          do: 'finish',
          move: step.move,
        });
        return;
      case 'finish':
        this.#finish(step.move);
    }
  }

  /** A free recovery thread takes the next VM. */
  #next(): void {
    const vm = this.#queue.shift();
    if (vm) this.#agenda.schedule(millis(0), { do: 'evacuate', vm });
  }

  #stop(vm: VmState): void {
    if (vm.vmState !== 'active') return;
    this.#emit(entity('vm', vm.id), {
      type: 'vm.state_changed',
      v: 1,
      data: { vmState: 'stopped', taskState: null, powerState: 'SHUTDOWN', cause: `${vm.host} was shut down` },
    });
  }

  #disable(host: string): void {
    const forcedDown = this.#settings.forceDown;
    const reason = forcedDown ? 'forced down after the failure' : 'no heartbeat';
    this.#emit(entity('host', host), {
      type: 'host.service_reported',
      v: 1,
      data: { up: false, enabled: false, forcedDown, reason },
    });
  }

  #migration(vm: VmState): string {
    return entity('migration', `${this.#name}/${vm.id}`);
  }

  #task(vm: VmState, taskState: 'rebuilding' | 'rebuild_block_device_mapping' | 'rebuild_spawning'): void {
    this.#emit(entity('vm', vm.id), { type: 'vm.state_changed', v: 1, data: { taskState } });
  }

  #spawnMs(vm: VmState): number {
    const image = vm.storage === 'local' ? this.#settings.imageFetchSPerGiB * (vm.diskGiB ?? 0) : 0;
    return Math.round((this.#settings.spawnS + image) * S);
  }

  #isStopped(vm: VmState): boolean {
    return vm.vmState === 'stopped' || (this.#settings.graceful && vm.vmState === 'active');
  }

  #evacuate(vm: VmState): void {
    const state = vm.vmState ?? 'active';
    if (!EVACUABLE.has(state)) {
      this.#giveUp(vm, 'stranded', `evacuate is refused while vm_state is ${state}; it waits for ${vm.host} to return`);
      return;
    }
    const data = { vm: vm.id, type: 'evacuation', kind: null, source: vm.host, dest: null } as const;
    this.#emit(this.#migration(vm), { type: 'migration.accepted', v: 1, data });
    this.#task(vm, 'rebuilding');
    this.#agenda.schedule(millis(this.#settings.scheduleS * S), { do: 'schedule', vm, acceptedAt: this.#agenda.now });
  }

  #schedule(vm: VmState, acceptedAt: Instant): void {
    const request = evacuationRequest(this.#world, vm, this.#failed);
    const chosen = selectDestination([...this.#world.hosts.values()], request);
    if (!chosen.ok) {
      const reason = noValidHostSentence(chosen.error);
      this.#emit(this.#migration(vm), { type: 'migration.status_changed', v: 1, data: { status: 'error', reason } });
      this.#emit(entity('vm', vm.id), {
        type: 'vm.state_changed',
        v: 1,
        data: { vmState: 'error', taskState: null, fault: reason },
      });
      this.#giveUp(vm, 'stranded', reason);
      return;
    }
    const dest = chosen.value.name;
    charge(this.#world, dest, request);
    this.#emit(this.#migration(vm), {
      type: 'migration.status_changed',
      v: 1,
      data: { status: 'pre-migrating', dest },
    });
    this.#agenda.schedule(millis(0), { do: 'attach', move: { vm, dest, acceptedAt, scheduledAt: this.#agenda.now } });
  }

  #giveUp(vm: VmState, outcome: 'stranded' | 'error', cause: string): void {
    this.#outcomes.push({
      vm: vm.id,
      name: vm.name,
      outcome,
      cause,
      source: vm.host ?? '',
      dest: null,
      storage: vm.storage,
      vmState: outcome === 'stranded' && cause.startsWith('NoValidHost') ? 'error' : vm.vmState,
      downMs: null,
      dataLost: false,
      clocks: null,
    });
    this.#next();
  }

  #finish(move: Move): void {
    const { vm, dest } = move;
    const vmState = landing(vm, this.#isStopped(vm), this.#settings);
    this.#emit(this.#migration(vm), { type: 'migration.status_changed', v: 1, data: { status: 'done', dest } });
    this.#emit(entity('vm', vm.id), {
      type: 'vm.state_changed',
      v: 1,
      data: { vmState, taskState: null, powerState: vmState === 'stopped' ? 'SHUTDOWN' : 'RUNNING' },
    });
    this.#outcomes.push(this.#recovered(move, vmState));
    this.#next();
  }

  #recovered(move: Move, vmState: 'stopped' | 'active'): VmOutcome {
    const { vm, dest } = move;
    const host = this.#world.hosts.get(dest);
    const rebuilt = vm.storage === 'local';
    const disk = rebuilt
      ? 'its local disk was on the failed host and is re-created from the image'
      : vm.storage === null
        ? 'the log does not say where its disk is; taken as shared'
        : `its disk is on ${vm.storage === 'shared' ? `shared storage${vm.pool === null ? '' : ` ${vm.pool}`}` : 'a Cinder volume'}`;
    const blind =
      host?.inventories.MEMORY_MB === null ? `; the capacity of ${dest} is not in the log, taken as enough` : '';
    const rest = vmState === 'stopped' ? '; it lands SHUTOFF and has to be started' : '';
    const detected = this.#start + this.#detectionMs;
    const fenced = detected + this.#settings.fencingS * S;
    return {
      vm: vm.id,
      name: vm.name,
      outcome: rebuilt ? 'rebuilt' : 'recovered',
      cause: `${disk}${rest}${blind}`,
      source: vm.host ?? '',
      dest,
      storage: vm.storage,
      vmState,
      downMs: this.#agenda.now - this.#start,
      dataLost: rebuilt,
      clocks: {
        detectionMs: this.#detectionMs,
        fencingMs: this.#settings.fencingS * S,
        queueMs: move.acceptedAt - fenced,
        schedulingMs: move.scheduledAt - move.acceptedAt,
        spawnMs: this.#agenda.now - move.scheduledAt,
      },
    };
  }
}

/**
 * Fails hosts at an instant and plays what follows until nothing is left to happen. The facts are those a record of the
 * same incident would hold, so they fold, draw and verify like any other; `name` makes migration ids unique to the branch.
 * Errors: a host that the log does not know, or no host at all.
 */
export const runDrill = (input: {
  readonly state: ClusterState;
  readonly at: Instant;
  readonly fail: readonly string[];
  readonly settings: DrillSettings;
  readonly name: string;
}): Result<Drill, string> => {
  const known = new Set(input.state.hosts.map((h) => h.name));
  const unknown = input.fail.filter((name) => !known.has(name));
  if (input.fail.length === 0) return err('A drill needs at least one host to fail.');
  if (unknown.length > 0) {
    const hosts = [...known].slice(0, 8).join(', ') + (known.size > 8 ? ', …' : '');
    return err(`There is no host ${unknown.join(', ')} at ${input.state.at}. Known hosts: ${hosts || 'none'}.`);
  }
  return ok(new Play(input.state, input.at, [...new Set(input.fail)], input.settings, input.name).run());
};
