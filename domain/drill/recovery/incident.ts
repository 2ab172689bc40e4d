// Hosts that fail together, and their recovery: noticed, disabled, fenced, evacuated a few at a time, or back by themselves.
import type { Instant } from '../../base/brand.ts';
import { rng } from '../../base/rng.ts';
import { isoInstant } from '../../base/time.ts';
import type { VmState } from '../../readout/state.ts';
import { guestsRunOn, type HostFaultKind, serviceStaysUp } from '../faults/fault.ts';
import { setUp } from '../world.ts';
import { completeTombstone, evacuate, giveBack, hostAddress } from './evacuation.ts';
import { S, type Stage } from './stage.ts';
import type { Storage } from './storage.ts';
import { outcomeInPlace } from './tell.ts';

/** A clean `shutdown` stops the guests first; libvirt-guests needs about a second for each to be noticed as stopped. */
const GUEST_SHUTDOWN_MS = 1000;

/** HA-tagged VMs first (Masakari's HA_Enabled), then by name; ties by id, so the order never depends on the log's. */
const recoveryOrder = (vms: readonly VmState[]): VmState[] => {
  const rank = (vm: VmState): number => (vm.tags.includes('HA_Enabled') ? 0 : 1);
  const word = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...vms].sort((a, b) => rank(a) - rank(b) || word(a.name, b.name) || word(a.id, b.id));
};

export class Incident {
  readonly hosts: readonly string[];
  readonly #stage: Stage;
  readonly #storage: Storage;
  readonly #by: HostFaultKind;
  /** How often each VM was evacuated in this drill, over all its incidents. */
  readonly #attempts: Map<string, number>;
  readonly #failedAt: Instant;
  /** When Nova calls the service down; before that, evacuate is refused. */
  readonly #seenDownAt: number;
  /** When recovery begins to work: Nova's own look, the HA tool's monitor, or at once. */
  readonly #noticedMs: number;
  #noticedAt: Instant;
  #fencedAt: Instant;
  #fenced = false;
  readonly #queue: VmState[];
  readonly #moved: { readonly vm: VmState; readonly attempt: number }[] = [];
  readonly #waiting: VmState[] = [];
  readonly #back = new Set<string>();

  constructor(
    {
      stage,
      storage,
      attempts,
    }: { readonly stage: Stage; readonly storage: Storage; readonly attempts: Map<string, number> },
    { by, hosts, index }: { readonly by: HostFaultKind; readonly hosts: readonly string[]; readonly index: number },
  ) {
    this.#stage = stage;
    this.#storage = storage;
    this.#attempts = attempts;
    this.#by = by;
    this.hosts = [...hosts].sort();
    this.#failedAt = stage.now;
    this.#noticedAt = stage.now;
    this.#fencedAt = stage.now;
    this.#queue = recoveryOrder(
      [...stage.vms.values()].filter((vm) => vm.host !== null && this.hosts.includes(vm.host)),
    );
    const { seed, forceDown, reportIntervalS, serviceDownTimeS, monitorS } = stage.settings;
    // The service is down service_down_time after its last heartbeat, and is seen so at the next look, at most one
    // report_interval later (nova.md §5: T_detect = (0, 10] + 60 s). Forcing it down takes no waiting.
    const look =
      (1 -
        rng(seed)
          .child(index === 0 ? 'detection' : `detection ${index}`)
          .next()) *
      reportIntervalS *
      S;
    const nova = Math.round(serviceDownTimeS * S + look);
    this.#noticedMs = forceDown ? 0 : monitorS === null ? nova : monitorS * S;
    this.#seenDownAt = stage.now + (forceDown ? 0 : nova);
  }

  begin(): void {
    const stage = this.#stage;
    const { seed, forceDown } = stage.settings;
    const targets = [...this.hosts];
    stage.emit('cluster:', { type: 'fault.injected', v: 1, data: { kind: this.#by, targets, seed } });
    for (const host of this.hosts) {
      stage.emit(hostAddress(host), { type: 'host.failed', v: 1, data: { cause: this.#by } });
    }
    if (serviceStaysUp(this.#by) && !forceDown) return this.#refuseAll();
    for (const host of this.hosts) setUp(stage.world, host, false);
    if (this.#by === 'shutdown') stage.after(GUEST_SHUTDOWN_MS, () => this.#shutGuestsDown());
    stage.after(this.#noticedMs, () => this.#notice());
  }

  /** The host is back: what was not moved starts where it was, what was moved gives its old place up. */
  returned(host: string): void {
    const stage = this.#stage;
    this.#back.add(host);
    stage.emit(hostAddress(host), { type: 'host.returned', v: 1, data: {} });
    const data = { up: true, enabled: true, forcedDown: false, reason: null };
    stage.emit(hostAddress(host), { type: 'host.service_reported', v: 1, data });
    setUp(stage.world, host, true);
    const left = [...this.#queue, ...this.#waiting].filter((vm) => vm.host === host);
    for (const list of [this.#queue, this.#waiting]) {
      list.splice(0, list.length, ...list.filter((vm) => vm.host !== host));
    }
    for (const vm of left) this.#restore(vm);
    for (const { vm, attempt } of this.#moved) if (vm.host === host) this.#tidy(vm, attempt);
  }

  /** True while the host is down in this incident: it cannot fail once more before it has returned. */
  holds(host: string): boolean {
    return this.hosts.includes(host) && !this.#back.has(host);
  }

  /** Evacuated VMs whose old host still holds their allocation. */
  get doubled(): number {
    return this.#moved.filter(({ vm }) => !this.#back.has(vm.host ?? '')).length;
  }

  /** The service reports on although the guests' disks are gone: Nova refuses to evacuate from a host that is up. */
  #refuseAll(): void {
    for (const vm of this.#queue.splice(0)) {
      const cause = `evacuate is refused (ComputeServiceInUse): nova-compute on ${vm.host} still reports, only its storage failed; force the service down`;
      this.#stage.emitVm(vm, { vmState: 'paused', powerState: 'PAUSED', cause: `I/O errors on ${vm.host}` });
      this.#stage.settle(outcomeInPlace(vm, 'stranded', cause, { vmState: 'paused' }));
      this.#waiting.push(vm);
    }
  }

  #shutGuestsDown(): void {
    for (const vm of this.#queue) {
      if (vm.vmState !== 'active') continue;
      const cause = `${vm.host} was shut down`;
      this.#stage.emitVm(vm, { vmState: 'stopped', taskState: null, powerState: 'SHUTDOWN', cause });
    }
  }

  #still(): readonly string[] {
    return this.hosts.filter((host) => !this.#back.has(host));
  }

  #notice(): void {
    const stage = this.#stage;
    if (this.#still().length === 0) return;
    this.#noticedAt = stage.now;
    for (const host of this.#still()) this.#disable(host);
    stage.after(stage.settings.fencingS * S, () => this.#fence());
  }

  #disable(host: string): void {
    const stage = this.#stage;
    const { forceDown } = stage.settings;
    const tell = (data: { up?: boolean; enabled?: boolean; forcedDown?: boolean; reason: string }): void =>
      stage.emit(hostAddress(host), { type: 'host.service_reported', v: 1, data });
    const early = stage.now < this.#seenDownAt;
    if (early) {
      tell({ enabled: false, reason: 'disabled by the recovery tool' });
      stage.after(this.#seenDownAt - stage.now, () => {
        if (!this.#back.has(host)) tell({ up: false, reason: 'no heartbeat' });
      });
    } else {
      const reason = forceDown ? 'forced down after the failure' : 'no heartbeat';
      tell({ up: false, enabled: false, forcedDown: forceDown, reason });
    }
  }

  #fence(): void {
    const stage = this.#stage;
    const still = this.#still();
    if (still.length === 0) return;
    this.#fencedAt = stage.now;
    if (!stage.settings.fence && guestsRunOn(this.#by)) return this.#leaveRunning();
    this.#fenced = stage.settings.fence;
    if (this.#fenced) {
      for (const host of still) stage.emit(hostAddress(host), { type: 'host.fenced', v: 1, data: { by: 'IPMI' } });
    }
    stage.after(stage.settings.waitAfterFencingS * S, () => {
      for (let thread = 0; thread < stage.settings.threads; thread++) this.#next();
    });
  }

  /** Guests of a host that nobody fenced may still run: a second copy would write to the same disk. */
  #leaveRunning(): void {
    for (const vm of this.#queue.splice(0)) {
      this.#waiting.push(vm);
      const outcome =
        this.#by === 'service'
          ? outcomeInPlace(vm, 'recovered', `only nova-compute failed on ${vm.host}: it never stopped`, { downMs: 0 })
          : outcomeInPlace(
              vm,
              'stranded',
              `${vm.host} is cut off and not fenced: it may still run there, so it is not started twice`,
            );
      this.#stage.settle(outcome);
    }
  }

  /** A free recovery thread takes the next VM. */
  #next(): void {
    const vm = this.#queue.shift();
    if (vm) this.#stage.after(0, () => this.#recover(vm));
  }

  /** When the VM stopped answering: with its host, or only when that was fenced. */
  #downFrom(): Instant {
    return this.#by === 'service' ? this.#fencedAt : this.#failedAt;
  }

  #recover(vm: VmState): void {
    const stage = this.#stage;
    if (this.#back.has(vm.host ?? '')) {
      this.#restore(vm);
      return this.#next();
    }
    const pool = this.#storage.healthOf(vm.pool);
    if (!pool.serves) {
      const cause = pool.lost
        ? `${pool.why}: its disk is gone`
        : `${pool.why}: it cannot be rebuilt until that serves again`;
      stage.settle(outcomeInPlace(vm, pool.lost ? 'lost' : 'stranded', cause, { dataLost: pool.lost }));
      this.#waiting.push(vm);
      return this.#next();
    }
    if (stage.now < this.#seenDownAt) {
      const until = isoInstant(this.#seenDownAt as Instant);
      const early = Math.ceil((this.#seenDownAt - stage.now) / S);
      const cause = `evacuate is refused (ComputeServiceInUse): Nova counts ${vm.host} as up until ${until}, ${early} s later; wait longer or force the service down`;
      stage.settle(outcomeInPlace(vm, 'stranded', cause));
      this.#waiting.push(vm);
      return this.#next();
    }
    const attempt = (this.#attempts.get(vm.id) ?? 0) + 1;
    this.#attempts.set(vm.id, attempt);
    const downFrom = this.#downFrom();
    evacuate(stage, {
      vm,
      attempt,
      downFrom,
      detectedAt: downFrom > this.#noticedAt ? downFrom : this.#noticedAt,
      fencedAt: this.#fencedAt,
      seenStopped: this.#by === 'shutdown' && vm.vmState === 'active',
      ignore: this.hosts,
      done: (dest) => {
        if (dest !== null) {
          this.#moved.push({ vm, attempt });
          if (this.#back.has(vm.host ?? '')) this.#tidy(vm, attempt);
        } else if (stage.outcomeOf(vm)?.vmState !== 'error') this.#waiting.push(vm);
        this.#next();
      },
    });
  }

  #tidy(vm: VmState, attempt: number): void {
    giveBack(this.#stage, vm);
    completeTombstone(this.#stage, vm, attempt);
  }

  /** Its host is back before it was moved: guests that were killed stay shut off (resume_guests_state_on_host_boot is off). */
  #restore(vm: VmState): void {
    const stage = this.#stage;
    const survived = (guestsRunOn(this.#by) && !this.#fenced) || this.#by === 'storage';
    const downMs = this.#by === 'service' && !this.#fenced ? 0 : stage.now - this.#downFrom();
    if (survived) {
      if (this.#by === 'storage')
        stage.emitVm(vm, { vmState: vm.vmState === 'active' ? 'active' : 'stopped', powerState: 'RUNNING' });
      const cause =
        downMs === 0
          ? `only nova-compute failed on ${vm.host}: it never stopped`
          : `${vm.host} returned with its guests`;
      return stage.settle(outcomeInPlace(vm, 'recovered', cause, { downMs }));
    }
    stage.emitVm(vm, {
      vmState: 'stopped',
      taskState: null,
      powerState: 'SHUTDOWN',
      cause: `${vm.host} started again`,
    });
    const cause = `${vm.host} returned before it was evacuated; it is SHUTOFF there and has to be started`;
    stage.settle(outcomeInPlace(vm, 'recovered', cause, { vmState: 'stopped', downMs }));
    stage.vms.set(vm.id, { ...vm, vmState: 'stopped' });
  }
}
