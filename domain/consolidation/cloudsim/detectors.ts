// CloudSim's overload detectors by name: a static threshold, and four that look at the host's history first.
import type { Detector } from './detector.ts';
import { demandTest, NO_VM } from './kept-sums.ts';
import { regressionDetector } from './regression-detector.ts';
import { IQR, MAD, spreadDetector } from './spread-detector.ts';
import type { World } from './world.ts';

export type DetectorName = 'thr' | 'mad' | 'iqr' | 'lr' | 'lrr';

/** THR: demand above a fixed share of the host's MIPS. */
const thresholdDetector = (w: World, threshold: number): Detector => {
  const demand = demandTest(w);
  return {
    begin: (draft) => demand.begin(draft),
    overloaded: (host) => demand.share(host, NO_VM) > threshold,
    overloadedWith: (host, vm) => demand.share(host, vm) > threshold,
  };
};

/** @param safety the threshold of THR, the multiplier of the others */
export const detectorOf = (name: DetectorName, w: World, safety: number): Detector => {
  switch (name) {
    case 'thr':
      return thresholdDetector(w, safety);
    case 'mad':
      return spreadDetector(w, safety, MAD);
    case 'iqr':
      return spreadDetector(w, safety, IQR);
    case 'lr':
    case 'lrr':
      return regressionDetector(w, safety);
  }
};
