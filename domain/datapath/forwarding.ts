// CPU that forwarding takes of each host while VMs are moved about: the part of a host's demand that is no VM's own.
import type { ClusterState } from '../readout/state.ts';
import { recordedTraffic } from './cluster-traffic.ts';
import { moveEffect, noEffect } from './move-effect.ts';
import type { ProfileName } from './profiles.ts';
import { REFERENCE_CLOCK_GHZ } from './stages.ts';
import { applyMove, forkLoad, hostCores, type TrafficLoad } from './traffic-load.ts';

/** Mutable: `moveTalker` keeps it true. */
export type Forwarding = {
  readonly load: TrafficLoad;
  readonly rowOfVm: ReadonlyMap<string, number>;
  readonly rowOfHost: ReadonlyMap<string, number>;
};

const CYCLES_PER_S = REFERENCE_CLOCK_GHZ * 1e9;

/** Null where no traffic is recorded and nothing polls. Its load is its own: moves in it change nothing elsewhere. */
export const forwardingOf = (state: ClusterState, datapath: ProfileName): Forwarding | null => {
  const traffic = recordedTraffic(state, datapath);
  if (traffic === null) return null;
  const { load } = traffic;
  return {
    load,
    rowOfVm: new Map(load.matrix.vms.map((vm, row) => [vm, row])),
    rowOfHost: new Map(load.fabric.hosts.map((host, row) => [host, row])),
  };
};

/** Cores of a host that forwarding takes. */
export const forwardingCores = (f: Forwarding | null, host: string): number => {
  const row = f?.rowOfHost.get(host);
  return f === null || row === undefined ? 0 : hostCores(f.load, row, REFERENCE_CLOCK_GHZ);
};

const effect = noEffect();

/**
 * Cores that a VM's move adds to the host it leaves (mostly below zero) and to the one it enters; no other host's change. And
 * the bits it adds between hosts, each stream once.
 */
export const forwardingChange = (
  f: Forwarding | null,
  vm: string,
  dest: string,
): { readonly source: number; readonly dest: number; readonly crossBitsPerS: number } => {
  const [row, to] = [f?.rowOfVm.get(vm), f?.rowOfHost.get(dest)];
  if (f === null || row === undefined || to === undefined) return { source: 0, dest: 0, crossBitsPerS: 0 };
  moveEffect(f.load, row, to, effect);
  return {
    source: effect.sourceCyclesPerS / CYCLES_PER_S,
    dest: effect.destCyclesPerS / CYCLES_PER_S,
    crossBitsPerS: effect.crossBitsPerS,
  };
};

/** Moves a VM; to null it falls silent. One that sends nothing where it is sends nothing elsewhere. */
export const moveTalker = (f: Forwarding | null, vm: string, dest: string | null): void => {
  const row = f?.rowOfVm.get(vm);
  if (f === null || row === undefined || f.load.placement[row] === -1) return;
  applyMove(f.load, row, dest === null ? -1 : (f.rowOfHost.get(dest) ?? -1));
};

/** A copy to try moves on. */
export const forkForwarding = (f: Forwarding | null): Forwarding | null =>
  f === null ? null : { ...f, load: forkLoad(f.load) };

/** Bits a second between hosts, each stream once. */
export const crossBitsPerS = (f: Forwarding | null): number =>
  f === null ? 0 : f.load.hostOutBitsPerS.reduce((sum, bits) => sum + bits, 0);
