// What is left of a replicated pool when bricks are down or destroyed: GlusterFS's replica sets, counted one by one.
import type { PoolState } from '../../readout/state.ts';

export type PoolHealth =
  /** Reads and writes go on; `degraded` when a copy is missing somewhere. */
  | { readonly serves: true; readonly degraded: boolean; readonly why: string }
  /** No writes: guests stop at their next one. `lost` when the data will not come back with the nodes. */
  | { readonly serves: false; readonly lost: boolean; readonly why: string };

export type BrickState = 'up' | 'down' | 'destroyed';

/** Client quorum is `auto` by default from three replicas on (cluster.quorum-type); two replicas serve with one left. */
const QUORUM_FROM = 3;

const brickName = (b: { readonly host: string; readonly path: string }): string => `${b.host}:${b.path}`;

/**
 * GlusterFS forms replica sets of consecutive bricks. A set with no brick up stops everything on it; with all of them
 * destroyed its data is lost. Which image lies on which set is not in the log, so one set stands for the pool.
 */
export const poolHealth = (
  pool: PoolState,
  stateOf: (brick: { readonly host: string; readonly path: string }) => BrickState,
): PoolHealth => {
  const size = Math.max(1, pool.replicas ?? 1);
  const sets = Math.ceil(pool.bricks.length / size);
  let missing = 0;
  let worst: PoolHealth | null = null;
  for (let s = 0; s < sets; s++) {
    const set = pool.bricks.slice(s * size, (s + 1) * size);
    const states = set.map(stateOf);
    const up = states.filter((x) => x === 'up').length;
    missing += set.length - up;
    const needed = set.length >= QUORUM_FROM ? Math.ceil(set.length / 2) : 1;
    if (up >= needed) continue;
    const names = set
      .filter((_, i) => states[i] !== 'up')
      .map(brickName)
      .join(' and ');
    const of = sets > 1 ? `replica set ${s + 1} of ${sets} of ${pool.name}` : pool.name;
    const lost = states.every((x) => x === 'destroyed');
    if (worst !== null && !worst.serves && worst.lost) continue;
    const what = lost ? 'lost every copy' : up > 0 ? 'lost its quorum' : 'has no brick left';
    worst = { serves: false, lost, why: `${of} ${what} (${names})` };
  }
  if (worst !== null) return worst;
  return missing === 0
    ? { serves: true, degraded: false, why: `${pool.name} is whole` }
    : {
        serves: true,
        degraded: true,
        why: `${pool.name} lost ${missing} of ${pool.bricks.length} bricks and serves on`,
      };
};
