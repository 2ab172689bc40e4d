// Which VM leaves an overloaded host: CloudSim's four policies.
import type { Rng } from '../../base/rng.ts';
import { below } from '../../base/rng.ts';
import { mostExplained } from '../regression.ts';
import { HISTORY } from './machines.ts';
import type { World } from './world.ts';

export type SelectionName = 'mmt' | 'rs' | 'mu' | 'mc';

/** Takes the VM list of a host (never empty) and the tick; returns one of the list. */
export type Selection = (list: readonly number[], tick: number) => number;

const leastBy = (list: readonly number[], value: (vm: number) => number): number => {
  let best = list[0]!;
  for (const vm of list) if (value(vm) < value(best)) best = vm;
  return best;
};

/**
 * MC: the VM whose history the histories of the others explain best; MMT if there are too few values for that. Histories
 * run from the newest value back, as CloudSim keeps them: the order decides how the regression rounds.
 */
const maximumCorrelation = (w: World, list: readonly number[], tick: number): number => {
  const length = Math.min(HISTORY, tick);
  const rows = list.map((vm) => w.history.slice(vm * w.steps + tick - length + 1, vm * w.steps + tick + 1).reverse());
  const best = mostExplained(rows);
  return best === null ? leastBy(list, (vm) => w.vmRamMB[vm]!) : list[best]!;
};

/** Ties go to the VM that is first in the host's list. */
export const selectionOf = (name: SelectionName, w: World, rng: Rng): Selection => {
  switch (name) {
    case 'mmt':
      return (list) => leastBy(list, (vm) => w.vmRamMB[vm]!);
    case 'mu':
      return (list) => leastBy(list, (vm) => w.demand[vm]! / w.vmMips[vm]!);
    case 'rs':
      return (list) => list[below(rng, list.length)]!;
    case 'mc':
      return (list, tick) => maximumCorrelation(w, list, tick);
  }
};
