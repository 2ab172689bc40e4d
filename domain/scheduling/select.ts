// Selects a destination as nova-scheduler does: filters, then weighers, then the heaviest.
import { err, ok, type Result } from '../base/result.ts';
import type { Candidate, SchedulingRequest } from './candidate.ts';
import { concerning, FILTERS, passes, refusal, type FilterName, type Refusal } from './filters.ts';
import { type Relaxation, relaxationSentence, smallestRelaxation } from './relaxation.ts';
import { LATEST_RELEASE, type ReleaseProfile } from './release.ts';
import { weigh } from './weighers.ts';

/** NoValidHost, with what a person needs to act: how many hosts each filter refused and each host's reason. */
export type NoValidHost = {
  readonly considered: number;
  readonly byFilter: Readonly<Partial<Record<FilterName, number>>>;
  readonly refusals: readonly Refusal[];
  /** The smallest change that would give it a home; null when nothing small would. */
  readonly relaxation: Relaxation | null;
};

/**
 * The destination for a request. Equal weights go to the first name in order, so that the same state gives the same
 * answer (Nova's own order among equals is whatever Placement returned).
 */
export const selectDestination = (
  hosts: readonly Candidate[],
  request: SchedulingRequest,
  { filters, multipliers }: Pick<ReleaseProfile, 'filters' | 'multipliers'> = LATEST_RELEASE,
): Result<Candidate, NoValidHost> => {
  const asked = concerning(request, filters);
  const passed = hosts.filter((host) => passes(host, request, asked));
  if (passed.length === 0) {
    const refusals = hosts.flatMap((host) => refusal(host, request, asked) ?? []);
    const byFilter: Partial<Record<FilterName, number>> = {};
    for (const r of refusals) byFilter[r.filter] = (byFilter[r.filter] ?? 0) + 1;
    const relaxation = smallestRelaxation(hosts, request, filters);
    return err({ considered: hosts.length, byFilter, refusals, relaxation });
  }
  const weights = weigh(passed, request, multipliers);
  let best = 0;
  for (let i = 1; i < passed.length; i++) {
    const heavier = weights[i]! - weights[best]!;
    if (heavier > 0 || (heavier === 0 && passed[i]!.name < passed[best]!.name)) best = i;
  }
  return ok(passed[best]!);
};

/** How many hosts a NoValidHost names before it counts the rest. */
const NAMED_HOSTS = 3;

/** How far a host is from taking the VM: what is missing for a shortage, beyond every shortage for other refusals. */
const distance = (r: Refusal): number =>
  r.shortage?.rule === 'capacity' ? r.shortage.used + r.shortage.asked - r.shortage.limit : Infinity;

/** NoValidHost in words: the hosts that come nearest first, because there something can be done. */
export const noValidHostSentence = (no: NoValidHost): string => {
  const telling = no.refusals.filter((r) => r.filter !== 'ignore_hosts');
  if (telling.length === 0) return 'NoValidHost: there is no other host';
  const late = (r: Refusal): number => FILTERS.indexOf(r.filter);
  const order = [...telling].sort(
    (a, b) =>
      late(b) - late(a) || (distance(a) === distance(b) ? 0 : distance(a) - distance(b)) || (a.host < b.host ? -1 : 1),
  );
  const named = order.slice(0, NAMED_HOSTS).map((r) => `${r.host} ${r.detail}`);
  const more = order.length - named.length;
  const helps = no.relaxation === null ? '' : `. Smallest change: ${relaxationSentence(no.relaxation)}`;
  return `NoValidHost: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}${helps}`;
};
