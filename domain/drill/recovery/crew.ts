// Who works through the VMs of an incident: so many threads, round after round, towards any host or a reserved one.
import type { Instant } from '../../base/brand.ts';
import { isoInstant } from '../../base/time.ts';
import type { VmState } from '../../readout/state.ts';
import type { DrillSettings, VmOutcome } from '../outcome.ts';
import { openHost } from '../world.ts';
import { completeTombstone, evacuate, giveBack, hostAddress } from './evacuation.ts';
import { S, type Stage } from './stage.ts';
import type { Storage } from './storage.ts';
import { outcomeInPlace } from './tell.ts';

/** Metadata that Masakari looks for ([host_failure] ha_enabled_instance_metadata_key). */
export const HA_TAG = 'HA_Enabled';

/** One pass over everybody who is left: towards any host (null) or one reserved host, after a wait. */
type Round = { readonly target: string | null; readonly waitS: number };

/**
 * The rounds of a recovery method. Each of Masakari's two workflows, `auto` and `reserved_host`, begins by disabling the
 * service and waiting; within the second the reserved hosts are tried one after another until nobody is left over.
 */
const roundsOf = ({ method, reservedHosts, waitAfterFencingS }: DrillSettings): readonly Round[] => {
  const any: Round = { target: null, waitS: waitAfterFencingS };
  const reserved = reservedHosts.map((target, i): Round => ({ target, waitS: i === 0 ? waitAfterFencingS : 0 }));
  switch (method) {
    case 'auto':
      return [any];
    case 'reserved_host':
      return reserved;
    case 'auto_priority':
      return [any, ...reserved];
    case 'rh_priority':
      return [...reserved, any];
  }
};

/** What an incident tells its crew. */
export type Scene = {
  readonly hosts: readonly string[];
  readonly isBack: (host: string) => boolean;
  /** True while the failed host's own copy of this guest still runs and reaches its disk. */
  readonly copyRuns: (vm: VmState) => boolean;
  /** True when the host is back without having stopped: its own copies of its guests go on, and nobody cleans up after them. */
  readonly copiesStay: (host: string) => boolean;
  /** When the VMs stopped answering, the failure was noticed, the crew could begin. */
  readonly clocks: () => { readonly downFrom: Instant; readonly noticedAt: Instant; readonly fencedAt: Instant };
  /** Until then Nova refuses to evacuate. */
  readonly seenDownAt: number;
  readonly seenStopped: (vm: VmState) => boolean;
  /** The VM's host is back before its turn came. */
  readonly restore: (vm: VmState) => void;
};

export class Crew {
  readonly #stage: Stage;
  readonly #storage: Storage;
  readonly #scene: Scene;
  /** How often each VM was evacuated in this drill, over all its incidents. */
  readonly #attempts: Map<string, number>;
  readonly #queue: VmState[];
  readonly #waiting: VmState[] = [];
  readonly #moved: { readonly vm: VmState; readonly attempt: number }[] = [];
  readonly #rounds: Round[] = [];
  #target: string | null = null;
  #retriesLeft: number;
  #busy = 0;

  constructor(
    shared: { readonly stage: Stage; readonly storage: Storage; readonly attempts: Map<string, number> },
    scene: Scene,
    queue: readonly VmState[],
  ) {
    this.#stage = shared.stage;
    this.#storage = shared.storage;
    this.#attempts = shared.attempts;
    this.#scene = scene;
    this.#queue = [...queue];
    this.#retriesLeft = shared.stage.settings.retries;
  }

  /** VMs whose turn has not come, and those nobody helps any more. */
  get left(): readonly VmState[] {
    return [...this.#queue, ...this.#waiting];
  }

  /** Evacuated VMs whose old host still holds their allocation. */
  get doubled(): number {
    const { isBack, copiesStay } = this.#scene;
    return this.#moved.filter(({ vm }) => !isBack(vm.host ?? '') || copiesStay(vm.host ?? '')).length;
  }

  /** The host is known to be out of the way: the first round begins after its wait. */
  begin(): void {
    this.#leaveUntagged();
    const rounds = roundsOf(this.#stage.settings);
    if (rounds.length === 0) {
      const cause = `recovery method ${this.#stage.settings.method} has no reserved host (ReservedHostsUnavailable)`;
      return this.strand((vm) => outcomeInPlace(vm, 'stranded', cause));
    }
    this.#rounds.push(...rounds);
    this.#nextRound();
  }

  /** Everybody waits: nothing is tried. */
  strand(tell: (vm: VmState) => VmOutcome): void {
    for (const vm of this.#queue.splice(0)) {
      this.#waiting.push(vm);
      this.#stage.settle(tell(vm));
    }
  }

  /** The host is back: those of its VMs who were not moved, taken out; the others give their old place up. */
  hostReturned(host: string): readonly VmState[] {
    const here = this.left.filter((vm) => vm.host === host);
    for (const list of [this.#queue, this.#waiting]) {
      list.splice(0, list.length, ...list.filter((vm) => vm.host !== host));
    }
    for (const { vm, attempt } of this.#moved) if (vm.host === host) this.#tidy(vm, attempt);
    // Nova keeps a VM in ERROR there until somebody resets it.
    return here.filter((vm) => this.#stage.outcomeOf(vm)?.vmState !== 'error');
  }

  #leaveUntagged(): void {
    if (this.#stage.settings.evacuateAll) return;
    const untagged = this.#queue.filter((vm) => !vm.tags.includes(HA_TAG));
    this.#queue.splice(0, this.#queue.length, ...this.#queue.filter((vm) => vm.tags.includes(HA_TAG)));
    for (const vm of untagged) {
      this.#waiting.push(vm);
      const cause = `it is not tagged ${HA_TAG}, and only those are evacuated (evacuate_all_instances is off)`;
      this.#stage.settle(outcomeInPlace(vm, 'stranded', cause));
    }
  }

  #nextRound(): void {
    const round = this.#rounds.shift();
    if (round === undefined) return this.#tryAgain();
    this.#stage.after(round.waitS * S, () => {
      this.#target = round.target;
      if (round.target !== null && this.#queue.length > 0) this.#open(round.target);
      this.#work();
    });
  }

  /** Masakari takes a notification that ended in error up once more; who has failed then has failed for good. */
  #tryAgain(): void {
    const { retryAfterS, waitAfterFencingS, method } = this.#stage.settings;
    if (this.#retriesLeft === 0 || method === 'reserved_host' || this.#failed().length === 0) return;
    this.#retriesLeft--;
    this.#requeue();
    this.#rounds.push({ target: null, waitS: retryAfterS + waitAfterFencingS });
    this.#nextRound();
  }

  /** Those a new try may help: who was left out on purpose or has lost its disk is not among them. */
  #failed(): readonly VmState[] {
    const { evacuateAll } = this.#stage.settings;
    return this.#waiting.filter(
      (vm) => (evacuateAll || vm.tags.includes(HA_TAG)) && this.#stage.outcomeOf(vm)?.outcome !== 'lost',
    );
  }

  #requeue(): void {
    const failed = this.#failed();
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((vm) => !failed.includes(vm)));
    this.#queue.push(...failed);
  }

  /** A reserved host is enabled, and joins what the failed host belonged to. */
  #open(name: string): void {
    const stage = this.#stage;
    const { joinAggregates } = stage.settings;
    const like = joinAggregates ? (stage.world.hosts.get(this.#scene.hosts[0] ?? '') ?? null) : null;
    openHost(stage.world, name, like);
    const data = { enabled: true, reason: null };
    stage.emit(hostAddress(name), { type: 'host.service_reported', v: 1, data });
    if (like === null) return;
    const aggregates =
      stage.world.hosts
        .get(name)
        ?.aggregates.map((a) => a.name)
        .sort() ?? [];
    const joined = {
      ...(like.zone === null ? {} : { zone: like.zone }),
      ...(aggregates.length === 0 ? {} : { aggregates }),
    };
    if (Object.keys(joined).length > 0) stage.emit(hostAddress(name), { type: 'host.reported', v: 1, data: joined });
  }

  #work(): void {
    while (this.#busy < this.#stage.settings.threads) {
      const vm = this.#queue.shift();
      if (vm === undefined) break;
      this.#busy++;
      this.#stage.after(0, () => this.#recover(vm));
    }
    if (this.#busy > 0 || this.#queue.length > 0) return;
    if (this.#rounds.length > 0) this.#requeue();
    if (this.#rounds.length === 0 || this.#queue.length > 0) this.#nextRound();
  }

  #twice(vm: VmState): void {
    const outcome = this.#stage.outcomeOf(vm);
    if (outcome === undefined || vm.storage === 'local') return;
    const cause = `${outcome.cause}; ${vm.host} is back with its own copy of it, which writes to the same disk until nova-compute there is restarted`;
    this.#stage.settle({ ...outcome, dataLost: true, cause });
  }

  /** A thread is free for the next VM. */
  #free(): void {
    this.#busy--;
    this.#work();
  }

  #wait(vm: VmState, outcome: VmOutcome): void {
    this.#stage.settle(outcome);
    this.#waiting.push(vm);
    this.#free();
  }

  #recover(vm: VmState): void {
    const stage = this.#stage;
    const { scene, pool } = { scene: this.#scene, pool: this.#storage.healthOf(vm) };
    if (scene.isBack(vm.host ?? '')) {
      scene.restore(vm);
      return this.#free();
    }
    if (!pool.serves) {
      const cause = pool.lost
        ? `${pool.why}: its disk is gone`
        : `${pool.why}: it cannot be rebuilt until that serves again`;
      return this.#wait(vm, outcomeInPlace(vm, pool.lost ? 'lost' : 'stranded', cause, { dataLost: pool.lost }));
    }
    if (stage.now < scene.seenDownAt) {
      const until = isoInstant(scene.seenDownAt as Instant);
      const early = Math.ceil((scene.seenDownAt - stage.now) / S);
      const cause = `evacuate is refused (ComputeServiceInUse): Nova counts ${vm.host} as up until ${until}, ${early} s later; wait longer or force the service down`;
      return this.#wait(vm, outcomeInPlace(vm, 'stranded', cause));
    }
    const attempt = (this.#attempts.get(vm.id) ?? 0) + 1;
    this.#attempts.set(vm.id, attempt);
    const { downFrom, noticedAt, fencedAt } = scene.clocks();
    evacuate(stage, {
      vm,
      attempt,
      target: this.#target,
      downFrom,
      detectedAt: downFrom > noticedAt ? downFrom : noticedAt,
      fencedAt,
      seenStopped: scene.seenStopped(vm),
      attaches: () => this.#storage.attaches(vm),
      copyRuns: () => scene.copyRuns(vm),
      release: () => this.#free(),
      done: (dest) => {
        if (dest === null) return void this.#waiting.push(this.#stage.vm(vm.id) ?? vm);
        this.#moved.push({ vm, attempt });
        if (scene.isBack(vm.host ?? '')) this.#tidy(vm, attempt);
      },
    });
  }

  /** nova-compute cleans up when it starts; on a host that was only cut off it has run on, and so have the guests. */
  #tidy(vm: VmState, attempt: number): void {
    if (this.#scene.copiesStay(vm.host ?? '')) return this.#twice(vm);
    giveBack(this.#stage, vm);
    completeTombstone(this.#stage, vm, attempt);
  }
}
