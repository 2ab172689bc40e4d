// CloudSim's policies in the honest experiment: same detectors, selection and best fit, with their shortcuts corrected.
import { rng } from '../../base/rng.ts';
import { detectorOf } from '../cloudsim/detectors.ts';
import { placeInitially } from '../cloudsim/initial-placement.ts';
import { planTick } from '../cloudsim/plan.ts';
import { type Policy, policyName } from '../cloudsim/policy.ts';
import { initialPlacementOf } from '../cloudsim/run.ts';
import { selectionOf } from '../cloudsim/selection.ts';
import type { HonestStrategy } from './run.ts';

/** A migrating policy starts from CloudSim's spread placement; the others from first fit and never move. */
export const textbook = (policy: Policy, seed = 'honest'): HonestStrategy => ({
  name: policyName(policy),
  place: (w) => placeInitially(w, initialPlacementOf(policy)),
  planner: (w) => {
    if (policy.kind !== 'migrating') return () => [];
    const detector = detectorOf(policy.detector, w, policy.param);
    const selection = selectionOf(policy.selection, w, rng(seed).child('vm-selection'));
    return (tick) => planTick(w, detector, selection, tick);
  },
});
