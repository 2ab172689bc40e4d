// Pools while a drill runs: which still serve, and what happens to the guests of one that stops.
import type { Instant } from '../../base/brand.ts';
import { entity } from '../../events/entity.ts';
import type { VmState } from '../../readout/state.ts';
import { type BrickState, poolHealth, type PoolHealth } from '../faults/pool-health.ts';
import type { Stage } from './stage.ts';
import { outcomeInPlace } from './tell.ts';

const HEALTHY: PoolHealth = { serves: true, degraded: false, why: 'nothing is known of the pool' };

export class Storage {
  readonly #stage: Stage;
  readonly #destroyed = new Set<string>();
  readonly #stopped = new Set<string>();
  /** Guests that wait for their disk, and since when. */
  readonly #frozen = new Map<string, { readonly vm: VmState; readonly since: Instant }>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  stop(pool: string): void {
    this.#stopped.add(pool);
    this.#stage.emit(entity('pool', pool), { type: 'pool.reported', v: 1, data: { status: 'Stopped' } });
    this.review();
  }

  destroy(node: string, path: string | null): void {
    for (const pool of this.#stage.world.state.pools) {
      for (const b of pool.bricks)
        if (b.host === node && (path === null || b.path === path)) this.#destroyed.add(`${b.host}:${b.path}`);
    }
    this.#stage.emit(entity('storage_node', node), {
      type: 'storage_node.failed',
      v: 1,
      data: { cause: 'its bricks are destroyed' },
    });
    this.review();
  }

  healthOf(name: string | null): PoolHealth {
    const pool = this.#stage.world.state.pools.find((p) => p.name === name);
    if (!pool) return HEALTHY;
    if (this.#stopped.has(pool.name)) return { serves: false, lost: false, why: `${pool.name} is stopped` };
    return poolHealth(pool, (b): BrickState => {
      if (this.#destroyed.has(`${b.host}:${b.path}`)) return 'destroyed';
      return this.#stage.world.hosts.get(b.host)?.up === false ? 'down' : 'up';
    });
  }

  /** Looks at every pool again: guests stop where it stopped serving, and go on where it serves again. */
  review(): void {
    for (const { name } of this.#stage.world.state.pools) {
      const health = this.healthOf(name);
      if (health.serves && this.#frozen.size === 0) continue; // nobody to stop, nobody to wake
      for (const vm of this.#stage.vms.values()) {
        if (vm.pool !== name) continue;
        if (health.serves) this.#thaw(vm);
        else if (this.#stage.world.hosts.get(vm.host ?? '')?.up !== false) this.#freeze(vm, health);
      }
    }
  }

  /** A guest without its disk: paused by the hypervisor at its next write, or gone with the data. */
  #freeze(vm: VmState, { lost, why }: Extract<PoolHealth, { serves: false }>): void {
    if (this.#frozen.has(vm.id) && !lost) return;
    const stage = this.#stage;
    if (lost) {
      stage.emitVm(vm, { vmState: 'error', taskState: null, powerState: 'CRASHED', fault: why });
      stage.settle(outcomeInPlace(vm, 'lost', `${why}: its disk is gone`, { vmState: 'error', dataLost: true }));
      this.#frozen.delete(vm.id);
      return;
    }
    this.#frozen.set(vm.id, { vm, since: stage.now });
    if (vm.vmState === 'active') stage.emitVm(vm, { vmState: 'paused', powerState: 'PAUSED', cause: why });
    stage.settle(outcomeInPlace(vm, 'stranded', `${why}: it waits for its disk`, { vmState: 'paused' }));
  }

  #thaw(now: VmState): void {
    const frozen = this.#frozen.get(now.id);
    if (!frozen) return;
    this.#frozen.delete(now.id);
    const { vm, since } = frozen;
    const stage = this.#stage;
    if (vm.vmState === 'active')
      stage.emitVm(vm, { vmState: 'active', powerState: 'RUNNING', cause: `${vm.pool} serves again` });
    stage.settle(outcomeInPlace(vm, 'recovered', `${vm.pool} serves again`, { downMs: stage.now - since }));
  }
}
