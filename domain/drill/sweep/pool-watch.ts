// What a set of failed hosts does to the pools their bricks serve: placement alone would call that safe.
import type { ClusterState } from '../../readout/state.ts';
import { poolHealth } from '../faults/pool-health.ts';

/** A pool that stops with a set of hosts, in words, and the VMs elsewhere that stop with it. */
export type StoppedPool = { readonly why: string; readonly vms: number };

export type PoolWatch = (failed: readonly string[]) => readonly StoppedPool[];

/** Looks only at pools with a brick on a failed host; most sets touch none. */
export const poolWatch = (state: ClusterState): PoolWatch => {
  const served = state.pools.filter((pool) => pool.bricks.length > 0);
  const holders = new Set(served.flatMap((pool) => pool.bricks.map((b) => b.host)));
  const alreadyDown = new Set(state.hosts.filter((h) => h.up === false || h.forcedDown).map((h) => h.name));
  return (failed) => {
    if (!failed.some((host) => holders.has(host))) return [];
    return served.flatMap((pool) => {
      if (!pool.bricks.some((b) => failed.includes(b.host))) return [];
      const health = poolHealth(pool, (b) => (failed.includes(b.host) || alreadyDown.has(b.host) ? 'down' : 'up'));
      if (health.serves) return [];
      const vms = state.vms.filter((vm) => vm.pool === pool.name && !failed.includes(vm.host ?? '')).length;
      return [{ why: health.why, vms }];
    });
  };
};
