// Throughput and CPU as curves over packet size, flows, cores and datapath: the same price asked many times.
import { pathCost, type PathCostInput } from './path-cost.ts';
import type { ProfileName } from './profiles.ts';
import { contextMpps } from './context.ts';
import { lineRateMpps } from './frame.ts';

export type CurvePoint = {
  readonly x: number;
  readonly mppsMax: number;
  readonly gbpsMax: number;
  /** Of one core, on the busier host, at the input's share of the greatest rate. */
  readonly cpuPercent: number;
  readonly bottleneck: string;
};

export type Curve = { readonly datapath: ProfileName; readonly points: readonly CurvePoint[] };

/** What a curve runs over. */
export type Axis = 'sizeBytes' | 'flows' | 'cores';

/** Where each axis is looked at. */
export const AXIS_VALUES: Readonly<Record<Axis, readonly number[]>> = {
  /** Sizes of RFC 2544 that fit a tunnelled network, and a 64 KiB skb. */
  sizeBytes: [64, 128, 256, 512, 1024, 1280, 1468, 65_536],
  flows: [1, 10, 100, 1000, 8192, 20_000, 100_000],
  cores: [1, 2, 4, 8, 16],
};

/** Along cores, guests get as many queues: with one, one thread empties it, and the curve would tell nothing else. */
const at = (input: PathCostInput, axis: Axis, x: number): PathCostInput =>
  axis === 'cores' ? { ...input, cores: x, guestCores: Math.max(x, input.guestCores) } : { ...input, [axis]: x };

const point = (input: PathCostInput, axis: Axis, x: number): CurvePoint => {
  const cost = pathCost(at(input, axis, x));
  return {
    x,
    mppsMax: cost.mppsMax,
    gbpsMax: cost.gbpsMax,
    cpuPercent: Math.max(...Object.values(cost.cpuPercent)),
    bottleneck: cost.bottleneck.context,
  };
};

/** One curve a datapath, over values of the axis, everything else as in `input`. Cores are of use to as many flows. */
export const curves = (input: PathCostInput, axis: Axis, datapaths: readonly ProfileName[]): readonly Curve[] =>
  datapaths.map((datapath) => ({
    datapath,
    points: AXIS_VALUES[axis].map((x) => point({ ...input, datapath }, axis, x)),
  }));

/** Frames a second of MoonGen in Mpps: so much a core, and never more than its ports' line rate. */
export const generatorMpps = (
  frameBytes: number,
  load: { readonly cores: number; readonly ports: number; readonly portGbps: number; readonly clockGhz: number },
): number => {
  const uses = [{ stage: 'u_generate', times: 1, bytes: frameBytes }] as const;
  const made = contextMpps(
    { name: 'generator', host: '', uses, cores: load.cores, pollingCores: load.cores },
    load.clockGhz,
  );
  return Math.min(made, load.ports * lineRateMpps(load.portGbps, frameBytes));
};
