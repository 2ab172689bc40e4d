// Whether stages add up: the increments of bridge and tunnel measured alone, against both together.
import type { Answer, Prediction } from './datapath-predict.ts';

type Measured = { readonly cpu_ratio_of_minima?: number };

/** A compute node's shape has a bridge at each end and one tunnel. */
const BRIDGES = 2;

/** Reads `this_machine.results`, CPU relative to a bare veth by `shape|traffic`. */
export const additivity = (file: Readonly<Record<string, unknown>>): Answer => {
  const machine = file['this_machine'] as { readonly results?: Readonly<Record<string, Measured>> } | undefined;
  const results = machine?.results ?? {};
  const predictions: Prediction[] = [];
  const skipped: { name: string; why: string }[] = [];
  const ratio = (shape: string, traffic: string): number | null =>
    results[`${shape}|${traffic}`]?.cpu_ratio_of_minima ?? null;
  for (const key of Object.keys(results)) {
    const [shape = '', traffic = ''] = key.split('|');
    const [bridge, tunnel, both] = [ratio('bridge', traffic), ratio('vxlan', traffic), ratio(shape, traffic)];
    if (shape === 'bridge+vxlan' && bridge !== null && tunnel !== null && both !== null) {
      predictions.push({
        name: key,
        row: key,
        measured: both,
        predicted: 1 + BRIDGES * (bridge - 1) + (tunnel - 1),
        unit: 'times veth',
        comparison: `bridge+vxlan over traffic`,
        configuration: 'increments of bridge and tunnel added',
        said: 'CPU time, minima of seven runs',
        readingError: 0.3,
        fitted: false,
        clockSupposedGhz: null,
      });
    } else {
      const why =
        both === null
          ? 'no usable run'
          : 'an increment the sums are made of; on a shared virtual CPU its cycles are not those of the reference core';
      skipped.push({ name: `this machine, ${key}`, why });
    }
  }
  return { predictions, skipped };
};
