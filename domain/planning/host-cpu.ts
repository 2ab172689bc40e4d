// What a plan's live moves cost hosts in processor time: the cores each keeps busy at both ends, and each host's peak as they overlap.
import type { Ends } from '../datapath/bulk-stream.ts';
import { nicBytesPerS } from './jobs.ts';
import { sendingOf, stepsOf } from './link-load.ts';
import { carriesOf, coresOf } from './move-stream.ts';
import type { PlanOptions } from './options.ts';
import type { PlannedMove } from './plan.ts';

export type HostCpu = {
  readonly host: string;
  /** The most cores busy at once with sending and taking in, and when that begins. */
  readonly peakCores: number;
  readonly peakAtMs: number;
  readonly coreSeconds: number;
};

export type PlanCpu = {
  /** Of each move, in their order: cores busy on the mean while it sends. Null where it is not live. */
  readonly moves: readonly (Ends | null)[];
  /** Hosts that send or take in, the highest peak first. */
  readonly hosts: readonly HostCpu[];
  /** The clock taken, what was not priced, and whether connections carry less than links, in words. */
  readonly words: readonly string[];
};

type Span = { readonly fromMs: number; readonly endMs: number; readonly amount: number };

const hostCpu = (host: string, spans: readonly Span[]): HostCpu => {
  const [peakAtMs, peakCores] = stepsOf(spans).reduce((most, step) => (step[1] > most[1] ? step : most));
  const coreSeconds = spans.reduce((sum, s) => sum + (s.amount * (s.endMs - s.fromMs)) / 1000, 0);
  return { host, peakCores, peakAtMs, coreSeconds };
};

const clockWords = (o: PlanOptions): string => {
  const known = Object.keys(o.clocks).length;
  const rest = known === 0 ? '' : ` but ${known} whose own the log tells`;
  return `cores of every host${rest} run at ${o.clockGhz} GHz, as they are taken to; QEMU's own part of a byte's cost is supposed too`;
};

/** Payload, Gbit/s. */
const gigabits = (bytesPerS: number): string => ((bytesPerS * 8) / 1e9).toFixed(1);

/** How many moves their connections hold below what their links carry, and what more connections would do. */
const heldWords = (live: readonly PlannedMove[], o: PlanOptions): readonly string[] => {
  const { parallelConnections: connections } = o.nova;
  const carries = carriesOf(o);
  const held = live.flatMap((m) => {
    const uplink = o.uplinkBitsPerS === null ? Infinity : nicBytesPerS({ ...o, nicBitsPerS: o.uplinkBitsPerS });
    const link = Math.min(nicBytesPerS(o, m.source), nicBytesPerS(o, m.dest), uplink);
    const most = carries(m.source, m.dest);
    return most < link ? [{ most, link }] : [];
  });
  const [first] = held;
  if (first === undefined) return [];
  const worst = held.reduce((a, b) => (b.link / b.most > a.link / a.most ? b : a), first);
  const needed = Math.ceil((worst.link * connections) / worst.most);
  const by = connections === 1 ? 'one connection carries' : `${connections} connections carry`;
  return [
    `${held.length} of ${live.length} live moves are held to ${gigabits(worst.most)} Gbit/s of data, what ${by} with a thread at each end, where the links have room for ${gigabits(worst.link)}: live_migration_parallel_connections = ${needed} could carry that, with more cores busy`,
  ];
};

/** Of moves as planned; a cold copy goes through ssh, whose cost nobody has measured here, and is not counted. */
export const planCpu = (moves: readonly PlannedMove[], o: PlanOptions): PlanCpu => {
  const cores = coresOf(o);
  const spans = new Map<string, Span[]>();
  const add = (host: string, span: Span): void => {
    const its = spans.get(host);
    if (its === undefined) spans.set(host, [span]);
    else its.push(span);
  };
  const each = moves.map((m): Ends | null => {
    if (m.kind !== 'live') return null;
    const { fromMs, endMs, bytesPerS } = sendingOf(m, o.prepareMs);
    const busy = cores(bytesPerS, m.source, m.dest);
    add(m.source, { fromMs, endMs, amount: busy.source });
    add(m.dest, { fromMs, endMs, amount: busy.dest });
    return busy;
  });
  const live = moves.filter((m) => m.kind === 'live');
  const cold = moves.filter((m) => m.kind === 'cold').length;
  return {
    moves: each,
    hosts: [...spans]
      .filter(([, its]) => its.some((s) => s.amount > 0))
      .map(([host, its]) => hostCpu(host, its))
      .sort((a, b) => b.peakCores - a.peakCores || (a.host < b.host ? -1 : 1)),
    words:
      live.length === 0
        ? []
        : [
            ...heldWords(live, o),
            clockWords(o),
            ...(cold === 0 ? [] : [`${cold} cold copies go through ssh and are not counted`]),
          ],
  };
};
