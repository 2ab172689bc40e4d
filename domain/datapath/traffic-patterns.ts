// Traffic made from a seed by a named pattern, where no matrix was measured.
import { below, exponential, type Rng } from '../base/rng.ts';
import { unreachable } from '../base/result.ts';
import type { Flow } from './traffic.ts';

/** - `client-server`: each group has one server; the others ask little and get much;
 * - `shuffle`: all to all within a group, alike both ways (a MapReduce stage);
 * - `chain`: VMs of a group in a row, each sends to the next (tiers, service functions). */
export type PatternName = 'client-server' | 'shuffle' | 'chain';
export const PATTERN_NAMES: readonly PatternName[] = ['client-server', 'shuffle', 'chain'];

export type PatternOptions = {
  readonly pattern: PatternName;
  /** VMs that talk to each other and to nobody else; the last group may be smaller. */
  readonly groupSize: number;
  /** Mean of a pair's greater direction; drawn exponentially. */
  readonly meanBytesPerS: number;
};

/** Requests and acknowledgements are this share of answers in bytes, and small (assumed). */
const REQUEST_SHARE = 0.05;
const REQUEST_FRAME_BYTES = 128;
const ANSWER_FRAME_BYTES = 1468;

const shuffled = (vms: readonly string[], rng: Rng): string[] => {
  const list = vms.slice();
  for (let i = list.length - 1; i > 0; i--) {
    const j = below(rng, i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
};

const big = (from: string, to: string, bytesPerS: number): Flow => ({
  from,
  to,
  bytesPerS,
  frameBytes: ANSWER_FRAME_BYTES,
});

/** `bytesPerS` one way, and what answers it the other way. */
const asked = (server: string, client: string, bytesPerS: number): readonly Flow[] => [
  big(server, client, bytesPerS),
  { from: client, to: server, bytesPerS: bytesPerS * REQUEST_SHARE, frameBytes: REQUEST_FRAME_BYTES },
];

const groupFlows = (group: readonly string[], pattern: PatternName, draw: () => number): readonly Flow[] => {
  const [first, ...rest] = group;
  switch (pattern) {
    case 'client-server':
      return first === undefined ? [] : rest.flatMap((client) => asked(first, client, draw()));
    case 'shuffle':
      return group.flatMap((a) => group.flatMap((b) => (a === b ? [] : [big(a, b, draw())])));
    case 'chain':
      return rest.flatMap((to, i) => asked(group[i]!, to, draw()));
    default:
      return unreachable(pattern);
  }
};

/** Groups are drawn from the VMs in random order, so that placement by name keeps none together. */
export const patternTraffic = (vms: readonly string[], rng: Rng, options: PatternOptions): readonly Flow[] => {
  const { pattern, groupSize, meanBytesPerS } = options;
  const order = shuffled(vms, rng.child('groups'));
  const rates = rng.child('rates');
  const groups = Array.from({ length: Math.ceil(order.length / groupSize) }, (_, g) =>
    order.slice(g * groupSize, (g + 1) * groupSize),
  );
  return groups.flatMap((group) => groupFlows(group, pattern, () => exponential(rates, meanBytesPerS)));
};
