// How steep the power curves are: what further MIPS cost at least, in watts per MIPS.
import { powerAt } from '../power.ts';
import { HOST_TYPES, type HostType } from './machines.ts';

const TENTHS = 11;

/** The gentlest way up the power curve from a utilization: the least mean slope to any tenth above it; 0 at the top. */
const gentlestOf = ({ power, totalMips }: HostType, utilization: number): number => {
  const here = powerAt(power, utilization);
  let least = Number.POSITIVE_INFINITY;
  for (let tenth = Math.floor(utilization * 10) + 1; tenth < TENTHS; tenth++) {
    const rise = tenth / 10 - utilization;
    if (rise > 0) least = Math.min(least, (power[tenth]! - here) / (rise * totalMips));
  }
  return least === Number.POSITIVE_INFINITY ? 0 : least;
};

const byTenth = (of: (type: HostType, tenth: number) => number): Float64Array =>
  Float64Array.from({ length: HOST_TYPES.length * TENTHS }, (_, i) =>
    of(HOST_TYPES[Math.floor(i / TENTHS)]!, i % TENTHS),
  );

const WITHIN = byTenth(({ power, totalMips }, tenth) =>
  tenth === TENTHS - 1 ? 0 : (power[tenth + 1]! - power[tenth]!) / (totalMips / 10),
);
const GENTLEST_FROM = byTenth((type, tenth) => gentlestOf(type, tenth / 10));

/** The gentlest slope of all: no MIPS of a host that is not full cost less. */
export const GENTLEST = Math.min(...WITHIN.filter((slope) => slope > 0));

/** How much of a host's MIPS are left up to the next tenth of load. */
export const wayToTenth = (utilization: number): number => (Math.trunc(utilization * 10) + 1) / 10 - utilization;

export const mipsToTenth = (kind: number, utilization: number): number =>
  wayToTenth(utilization) * HOST_TYPES[kind]!.totalMips;

/** The stretches between tenths of all kinds, the gentlest first. */
const RANKS = Uint8Array.from(WITHIN.keys());
for (const [rank, stretch] of RANKS.toSorted((a, b) => WITHIN[a]! - WITHIN[b]!).entries()) RANKS[stretch] = rank;

/** The place of a host's stretch among all, the gentlest first. */
export const stretchRank = (kind: number, utilization: number): number =>
  RANKS[kind * TENTHS + Math.trunc(utilization * 10)]!;

/** The slope up to the next tenth of load, for the kind-th host type. */
export const slopeWithin = (kind: number, utilization: number): number =>
  WITHIN[kind * TENTHS + Math.trunc(utilization * 10)]!;

/** The gentlest way up from the next tenth on. */
export const slopeBeyond = (kind: number, utilization: number): number =>
  GENTLEST_FROM[kind * TENTHS + Math.min(Math.trunc(utilization * 10) + 1, TENTHS - 1)]!;
