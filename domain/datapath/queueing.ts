// How long a packet waits: an M/G/1 queue before each context; and how cores wait for one another at what they share.

/** A service time as a mixture: with `share` it takes `ns`. Shares add up to 1. */
export type Service = readonly { readonly share: number; readonly ns: number }[];

const moment = (service: Service, power: number): number =>
  service.reduce((sum, { share, ns }) => sum + share * ns ** power, 0);

/**
 * Mean wait in ns by Pollaczek and Khinchine: lambda E[S^2] / (2 (1 - rho)); null where the queue has no steady state.
 * @param packetsPerNs arrivals (Gpps)
 */
export const meanWaitNs = (packetsPerNs: number, service: Service): number | null => {
  const rho = packetsPerNs * moment(service, 1);
  return rho >= 1 ? null : (packetsPerNs * moment(service, 2)) / (2 * (1 - rho));
};

/** What the wait leaves out, said wherever it is shown. */
export const QUEUEING_ASSUMPTIONS: readonly string[] = [
  'packets arrive independently (Poisson) and are served one at a time: batches of 32 or 64 add up to a batch to each wait',
  'service is constant but for misses; nothing else runs on the cores; no queue overflows',
];

/**
 * Rate (1/ns) of `n` workers who each need `ownNs` for themselves and `sharedNs` of one thing they share: a closed queue by
 * Schweitzer's approximation of mean value analysis. Exact for one worker, never beyond 1 / sharedNs; `n` may be a mean.
 */
export const sharedRate = (n: number, ownNs: number, sharedNs: number): number => {
  const excess = n * sharedNs - ownNs;
  const atShared = (excess + Math.sqrt(excess ** 2 + 4 * sharedNs * ownNs)) / 2;
  return n / (ownNs + atShared);
};
