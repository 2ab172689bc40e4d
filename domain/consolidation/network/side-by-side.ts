// Network-blind beside network-aware placement on one seeded cluster of chatty VMs: same start, same search, other weights.
import { rng } from '../../base/rng.ts';
import { blindPlacement, chattyGroups } from './chatty-groups.ts';
import { improvePlacement } from './local-search.ts';
import { costOf, DEFAULT_WEIGHTS, NETWORK_BLIND, type PlacementCost, type Weights } from './objective.ts';

/** Share of a host's CPU that the start may fill, and times the search goes through all VMs. */
const CPU_THRESHOLD = 0.8;
const PASSES = 20;

export type SideBySide = {
  readonly vms: number;
  readonly flows: number;
  /** Best-fit decreasing, where both searches start. */
  readonly start: PlacementCost;
  readonly blind: PlacementCost;
  readonly aware: PlacementCost;
  readonly weights: Weights;
};

/** @param times the rates of the matrix, for asking how much hangs on them */
export const sideBySide = (vms: number, seed: string, times = 1): SideBySide => {
  const problem = chattyGroups(rng(seed), vms, times);
  const start = blindPlacement(problem, CPU_THRESHOLD);
  const searched = (weights: Weights): PlacementCost =>
    costOf(problem, improvePlacement(problem, start, weights, rng(seed), PASSES), start);
  return {
    vms,
    flows: problem.flows.length,
    start: costOf(problem, start),
    blind: searched(NETWORK_BLIND),
    aware: searched(DEFAULT_WEIGHTS),
    weights: DEFAULT_WEIGHTS,
  };
};
