// Hosts that fail together, and what is known of it when: noticed, disabled, fenced, handed to the crew, or back by themselves.
import type { Instant } from '../../base/brand.ts';
import { rng } from '../../base/rng.ts';
import type { VmState } from '../../readout/state.ts';
import { guestsRunOn, type HostFaultKind, isCutOff, serviceStaysUp } from '../faults/fault.ts';
import { setUp } from '../world.ts';
import { Crew, HA_TAG } from './crew.ts';
import { hostAddress } from './evacuation.ts';
import { S, type Stage } from './stage.ts';
import type { Storage } from './storage.ts';
import { outcomeInPlace } from './tell.ts';

/** A clean `shutdown` stops the guests first; libvirt-guests needs about a second for each to be noticed as stopped. */
const GUEST_SHUTDOWN_MS = 1000;

/** HA-tagged VMs first, then by name; ties by id, so the order never depends on the log's. */
const recoveryOrder = (vms: readonly VmState[]): VmState[] => {
  const rank = (vm: VmState): number => (vm.tags.includes(HA_TAG) ? 0 : 1);
  const word = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...vms].sort((a, b) => rank(a) - rank(b) || word(a.name, b.name) || word(a.id, b.id));
};

export class Incident {
  readonly hosts: readonly string[];
  readonly #stage: Stage;
  readonly #storage: Storage;
  readonly #crew: Crew;
  readonly #by: HostFaultKind;
  readonly #failedAt: Instant;
  /** When Nova calls the service down; before that, evacuate is refused. */
  readonly #seenDownAt: number;
  /** When recovery begins to work: Nova's own look, the HA tool's monitor, or at once. */
  readonly #noticedMs: number;
  #noticedAt: Instant;
  /** When the crew was let in: with the fence, or without waiting for it. */
  #clearedAt: Instant;
  #fenced = false;
  readonly #back = new Set<string>();

  constructor(
    shared: { readonly stage: Stage; readonly storage: Storage; readonly attempts: Map<string, number> },
    { by, hosts, index }: { readonly by: HostFaultKind; readonly hosts: readonly string[]; readonly index: number },
  ) {
    const { stage, storage } = shared;
    this.#stage = stage;
    this.#storage = storage;
    this.#by = by;
    this.hosts = [...hosts].sort();
    this.#failedAt = stage.now;
    this.#noticedAt = stage.now;
    this.#clearedAt = stage.now;
    const { seed, forceDown, reportIntervalS, serviceDownTimeS, monitorS } = stage.settings;
    // The service is down service_down_time after its last heartbeat, and is seen so at the next look, at most one
    // report_interval later (nova.md §5: T_detect = (0, 10] + 60 s). Forcing it down takes no waiting.
    const draw = rng(seed).child(index === 0 ? 'detection' : `detection ${index}`);
    const nova = Math.round(serviceDownTimeS * S + (1 - draw.next()) * reportIntervalS * S);
    this.#noticedMs = forceDown ? 0 : monitorS === null ? nova : monitorS * S;
    this.#seenDownAt = stage.now + (forceDown ? 0 : nova);
    const down = new Set(this.hosts);
    const scene = {
      hosts: this.hosts,
      isBack: (host: string) => this.#back.has(host),
      copyRuns: (vm: VmState) =>
        guestsRunOn(this.#by) && !this.#fenced && !this.#back.has(vm.host ?? '') && this.#reachesDisk(vm),
      copiesStay: (host: string) => isCutOff(this.#by) && !this.#fenced && this.#back.has(host),
      clocks: () => ({ downFrom: this.#downFrom(), noticedAt: this.#noticedAt, fencedAt: this.#clearedAt }),
      seenDownAt: this.#seenDownAt,
      seenStopped: (vm: VmState) => this.#by === 'shutdown' && vm.vmState === 'active',
      restore: (vm: VmState) => this.#restore(vm),
    };
    const hit: VmState[] = [];
    for (const vm of stage.vms()) if (vm.host !== null && down.has(vm.host)) hit.push(vm);
    stage.lookUp(hit);
    this.#crew = new Crew(shared, scene, recoveryOrder(hit));
  }

  begin(): void {
    const stage = this.#stage;
    const { seed, forceDown } = stage.settings;
    const targets = [...this.hosts];
    stage.emit('cluster:', { type: 'fault.injected', v: 1, data: { kind: this.#by, targets, seed } });
    const cause = this.#by === 'tor' ? 'partition' : this.#by;
    for (const host of this.hosts) stage.emit(hostAddress(host), { type: 'host.failed', v: 1, data: { cause } });
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
    for (const vm of this.#crew.hostReturned(host)) this.#restore(vm);
  }

  /** True while the host is down in this incident: it cannot fail once more before it has returned. */
  holds(host: string): boolean {
    return this.hosts.includes(host) && !this.#back.has(host);
  }

  /** Evacuated VMs whose old host still holds their allocation. */
  get doubled(): number {
    return this.#crew.doubled;
  }

  /** The service reports on although the guests' disks are gone: Nova refuses to evacuate from a host that is up. */
  #refuseAll(): void {
    this.#crew.strand((vm) => {
      const cause = `evacuate is refused (ComputeServiceInUse): nova-compute on ${vm.host} still reports, only its storage failed; force the service down`;
      this.#stage.emitVm(vm, { vmState: 'paused', powerState: 'PAUSED', cause: `I/O errors on ${vm.host}` });
      return outcomeInPlace(vm, 'stranded', cause, { vmState: 'paused' });
    });
  }

  #shutGuestsDown(): void {
    for (const vm of this.#crew.left) {
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
    const { waitForFence, fence, fencingS } = stage.settings;
    if (!waitForFence) this.#clear();
    if (waitForFence || fence) stage.after(fencingS * S, () => this.#fence());
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
    const { fence, waitForFence } = stage.settings;
    if (fence) {
      this.#fenced = true;
      for (const host of still) stage.emit(hostAddress(host), { type: 'host.fenced', v: 1, data: { by: 'IPMI' } });
    }
    if (!waitForFence) return;
    if (!fence && guestsRunOn(this.#by)) this.#leaveRunning();
    else this.#clear();
  }

  #clear(): void {
    this.#clearedAt = this.#stage.now;
    this.#crew.begin();
  }

  /** Guests of a host that nobody fenced may still run: a second copy would write to the same disk. */
  #leaveRunning(): void {
    this.#clearedAt = this.#stage.now;
    this.#crew.strand((vm) =>
      isCutOff(this.#by)
        ? outcomeInPlace(
            vm,
            'unreachable',
            this.#reachesDisk(vm)
              ? `${vm.host} is cut off${this.#by === 'tor' ? ' behind its top-of-rack switch' : ''} and not fenced: it may still run there, so it is not started twice`
              : `${vm.host} is cut off behind its top-of-rack switch, from its ${vm.storage === 'volume' ? 'volumes' : 'shared disk'} too, and not fenced: it waits there for its disk, and is not started twice`,
          )
        : outcomeInPlace(vm, 'recovered', `only nova-compute failed on ${vm.host}: it never stopped`, { downMs: 0 }),
    );
  }

  /** A lost switch cuts the storage network too: taken as one, which is how racks with one switch are wired. */
  #reachesDisk(vm: VmState): boolean {
    return this.#by !== 'tor' || this.#storage.reachesFrom(vm, new Set(this.hosts));
  }

  /** When the VM stopped answering: with its host, or only when that was fenced. */
  #downFrom(): Instant {
    return this.#by === 'service' ? this.#clearedAt : this.#failedAt;
  }

  /** Its host is back before it was moved: guests that were killed stay shut off (resume_guests_state_on_host_boot is off). */
  #restore(vm: VmState): void {
    const stage = this.#stage;
    const survived = (guestsRunOn(this.#by) && !this.#fenced) || this.#by === 'storage';
    const downMs = this.#by === 'service' && !this.#fenced ? 0 : stage.now - this.#downFrom();
    if (survived) {
      const runs = vm.vmState === 'active';
      stage.emitVm(vm, { vmState: runs ? 'active' : 'stopped', powerState: runs ? 'RUNNING' : 'SHUTDOWN' });
      const cause =
        downMs === 0
          ? `only nova-compute failed on ${vm.host}: it never stopped`
          : `${vm.host} returned with its guests${this.#reachesDisk(vm) ? '' : '; it waited there for its disk'}`;
      return stage.settle(outcomeInPlace(vm, 'recovered', cause, { downMs }));
    }
    const cause = `${vm.host} started again`;
    stage.emitVm(vm, { vmState: 'stopped', taskState: null, powerState: 'SHUTDOWN', cause });
    const told = `${vm.host} returned before it was evacuated; it is SHUTOFF there and has to be started`;
    stage.settle(outcomeInPlace(vm, 'restarted', told, { vmState: 'stopped', downMs }));
    stage.place({ ...vm, vmState: 'stopped' });
  }
}
