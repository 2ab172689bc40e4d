// A live migration's stream over the hosts' own stacks: what its connections can carry, and the cores it keeps busy at both ends.
import { type Ends, streamBytesPerS, streamCores, streamWork, type StreamWork } from '../datapath/bulk-stream.ts';
import { ALL_OFFLOADS } from '../datapath/path.ts';
import type { PlanOptions } from './options.ts';

/** GHz of a host's cores; of any host nobody has told of, where none is named. */
export const clockOf = (o: PlanOptions, host: string | null): number =>
  (host === null ? undefined : o.clocks[host]) ?? o.clockGhz;

const clocksOf = (o: PlanOptions, source: string | null, dest: string | null): Ends => ({
  source: clockOf(o, source),
  dest: clockOf(o, dest),
});

/** Cards of hypervisors cut, merge and sum: the offloads every driver of the last decade has on. */
const workOf = (o: PlanOptions): StreamWork => streamWork(o.mtuBytes, ALL_OFFLOADS);

/** What a live migration can be sent at whatever its links, bytes a second of payload, between two hosts. */
export type Carries = (source: string | null, dest: string | null) => number;

/** @param connections of one migration; Nova's option unless given */
export const carriesOf = (o: PlanOptions, connections = o.nova.parallelConnections): Carries => {
  const work = workOf(o);
  return (source, dest) => streamBytesPerS(work, connections, clocksOf(o, source, dest));
};

/** The same to the host that takes it in the quickest. */
export const mostCarried = (o: PlanOptions, source: string | null): number => {
  const quickest = Object.values(o.clocks).reduce((most, ghz) => Math.max(most, ghz), o.clockGhz);
  return streamBytesPerS(workOf(o), o.nova.parallelConnections, { source: clockOf(o, source), dest: quickest });
};

/** Cores at both ends by bytes a second. */
export type CoresAt = (bytesPerS: number, source: string | null, dest: string | null) => Ends;

export const coresOf = (o: PlanOptions): CoresAt => {
  const work = workOf(o);
  return (bytesPerS, source, dest) => streamCores(work, bytesPerS, clocksOf(o, source, dest));
};
