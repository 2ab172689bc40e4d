// Pools and Cinder backends while a drill runs: which still serve, and what happens to the guests of one that stops.
import type { Instant } from '../../base/brand.ts';
import { entity } from '../../events/entity.ts';
import type { PoolState, VmState, VolumeState } from '../../readout/state.ts';
import type { BackendPart } from '../faults/fault.ts';
import { type BrickState, poolHealth, type PoolHealth } from '../faults/pool-health.ts';
import type { Stage } from './stage.ts';
import { outcomeInPlace } from './tell.ts';

type Ill = Extract<PoolHealth, { serves: false }>;

const HEALTHY: PoolHealth = { serves: true, degraded: false, why: 'nothing is known of its storage' };

const backendsByVm = (volumes: readonly VolumeState[]): ReadonlyMap<string, readonly string[]> => {
  const backends = new Map<string, readonly string[]>();
  for (const { vm, backend } of volumes) {
    if (vm === null || backend === null) continue;
    const known = backends.get(vm) ?? [];
    if (!known.includes(backend)) backends.set(vm, [...known, backend].sort());
  }
  return backends;
};

export class Storage {
  readonly #stage: Stage;
  readonly #pools: ReadonlyMap<string, PoolState>;
  /** Cinder backends that hold volumes of a VM, by VM. */
  #backendsOf: ReadonlyMap<string, readonly string[]> | null = null;
  readonly #destroyed = new Set<string>();
  readonly #stopped = new Set<string>();
  readonly #backends = new Map<string, BackendPart>();
  /** Guests that wait for their disk, since when and why. */
  readonly #frozen = new Map<string, { readonly vm: VmState; readonly since: Instant; readonly why: string }>();

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#pools = new Map(stage.world.state.pools.map((p) => [p.name, p]));
  }

  stop(pool: string): void {
    this.#stopped.add(pool);
    this.#reportPool(pool, 'Stopped');
  }

  start(pool: string): void {
    this.#stopped.delete(pool);
    this.#reportPool(pool, 'Started');
  }

  stopBackend(backend: string, part: BackendPart): void {
    this.#backends.set(backend, part);
    this.review();
  }

  startBackend(backend: string): void {
    this.#backends.delete(backend);
    this.review();
  }

  destroy(node: string, path: string | null): void {
    for (const pool of this.#pools.values()) {
      for (const b of pool.bricks)
        if (b.host === node && (path === null || b.path === path)) this.#destroyed.add(`${b.host}:${b.path}`);
    }
    const data = { cause: 'its bricks are destroyed' };
    this.#stage.emit(entity('storage_node', node), { type: 'storage_node.failed', v: 1, data });
    this.review();
  }

  /** Whether everything this VM's disks are on can be read and written. */
  healthOf(vm: VmState): PoolHealth {
    const pool = this.#poolHealth(vm.pool);
    if (!pool.serves) return pool;
    const stopped = this.#backendsUnder(vm).find((b) => this.#backends.get(b) === 'volumes');
    return stopped === undefined ? pool : { serves: false, lost: false, why: `Cinder backend ${stopped} is down` };
  }

  /** Why Cinder cannot attach this VM's volumes to another host; null when it can, or has none of them. */
  attaches(vm: VmState): string | null {
    const down = this.#backendsUnder(vm).find((b) => this.#backends.has(b));
    return down === undefined
      ? null
      : `Cinder cannot attach its volume: cinder-volume of backend ${down} does not answer, and the rebuild ends in ERROR`;
  }

  /**
   * Whether a guest behind a switch that is lost, among these hosts, still reaches its disk: a local one, or a pool whose bricks
   * are behind the same switch. Where a Cinder backend or a pool without bricks stands no log tells: taken as elsewhere.
   */
  reachesFrom(vm: VmState, behind: ReadonlySet<string>): boolean {
    if (vm.storage === 'local' || vm.storage === null) return true;
    const pool = this.#pools.get(vm.pool ?? '');
    if (vm.storage === 'volume' || pool === undefined || pool.bricks.length === 0) return false;
    const stateOf = (b: { readonly host: string; readonly path: string }): BrickState =>
      this.#destroyed.has(`${b.host}:${b.path}`) ? 'destroyed' : behind.has(b.host) ? 'up' : 'down';
    return poolHealth(pool, stateOf).serves;
  }

  /** Looks at every disk again: guests stop where it stopped serving, and go on where it serves again. */
  review(): void {
    const ill = new Map<string, Ill>();
    for (const name of this.#pools.keys()) {
      const health = this.#poolHealth(name);
      if (!health.serves) ill.set(name, health);
    }
    if (ill.size === 0 && this.#backends.size === 0 && this.#frozen.size === 0) return;
    for (const vm of this.#stage.vms()) {
      const health = ill.get(vm.pool ?? '') ?? this.healthOf(vm);
      if (health.serves) this.#thaw(vm);
      else if (this.#stage.world.hosts.get(vm.host ?? '')?.up !== false) this.#freeze(vm, health);
    }
  }

  #backendsUnder(vm: VmState): readonly string[] {
    if (this.#backends.size === 0) return []; // nobody asks which
    this.#backendsOf ??= backendsByVm(this.#stage.world.state.volumes);
    return this.#backendsOf.get(vm.id) ?? [];
  }

  #reportPool(name: string, status: string): void {
    this.#stage.emit(entity('pool', name), { type: 'pool.reported', v: 1, data: { status } });
    this.review();
  }

  #poolHealth(name: string | null): PoolHealth {
    const pool = this.#pools.get(name ?? '');
    if (!pool) return HEALTHY;
    if (this.#stopped.has(pool.name)) return { serves: false, lost: false, why: `${pool.name} is stopped` };
    return poolHealth(pool, (b): BrickState => {
      if (this.#destroyed.has(`${b.host}:${b.path}`)) return 'destroyed';
      return this.#stage.world.hosts.get(b.host)?.up === false ? 'down' : 'up';
    });
  }

  /** A guest without its disk: paused by the hypervisor at its next write, or gone with the data. */
  #freeze(vm: VmState, { lost, why }: Ill): void {
    if (this.#frozen.has(vm.id) && !lost) return;
    const stage = this.#stage;
    if (lost) {
      stage.emitVm(vm, { vmState: 'error', taskState: null, powerState: 'CRASHED', fault: why });
      stage.settle(outcomeInPlace(vm, 'lost', `${why}: its disk is gone`, { vmState: 'error', dataLost: true }));
      this.#frozen.delete(vm.id);
      return;
    }
    this.#frozen.set(vm.id, { vm, since: stage.now, why });
    if (vm.vmState === 'active') stage.emitVm(vm, { vmState: 'paused', powerState: 'PAUSED', cause: why });
    stage.settle(outcomeInPlace(vm, 'stranded', `${why}: it waits for its disk`, { vmState: 'paused' }));
  }

  #thaw(now: VmState): void {
    const frozen = this.#frozen.get(now.id);
    if (!frozen) return;
    this.#frozen.delete(now.id);
    const { vm, since, why } = frozen;
    const stage = this.#stage;
    const cause = `it waited for its disk (${why}) and goes on`;
    if (vm.vmState === 'active') stage.emitVm(vm, { vmState: 'active', powerState: 'RUNNING', cause });
    stage.settle(outcomeInPlace(vm, 'recovered', cause, { downMs: stage.now - since }));
  }
}
