// The smallest change that would let some host take the request that every host refused.
import { type Candidate, membersOn, type SchedulingRequest } from './candidate.ts';
import { allRefusals, type FilterName, type Refusal, UNIT } from './filters.ts';
import { capacity, type Resource } from './inventory.ts';

/** One thing that would have to be otherwise on one host. */
export type Change =
  | { readonly what: 'enable' }
  | { readonly what: 'unpin'; readonly zone: string }
  /** This much more has to be free (after the ratio). */
  | { readonly what: 'free'; readonly resource: Resource; readonly by: number; readonly share: number }
  /** Anti-affinity with so many on one host. */
  | { readonly what: 'allow'; readonly perHost: number; readonly group: string }
  | { readonly what: 'move group'; readonly group: string }
  | { readonly what: 'start' };

export type Relaxation = { readonly host: string; readonly changes: readonly Change[] };

/** Cheapest first: a switch, a rule, room, a machine that has to come back. */
const RANK: Readonly<Record<Change['what'], number>> = {
  enable: 1,
  unpin: 2,
  allow: 3,
  free: 4,
  'move group': 5,
  start: 6,
};

/** Null where nothing small helps: the host it must leave, a host too small for the VM, one kept for others. */
const changeFor = (no: Refusal, host: Candidate, request: SchedulingRequest): Change | null => {
  const { shortage: short } = no;
  const { group, zone } = request;
  if (short !== null) {
    const inventory = host.inventories[short.resource];
    if (short.rule !== 'capacity' || inventory === null) return null;
    const by = short.used + short.asked - short.limit;
    return { what: 'free', resource: short.resource, by, share: by / Math.max(1, capacity(inventory)) };
  }
  switch (no.code) {
    case 'dest-disabled':
      return { what: 'enable' };
    case 'dest-down':
      return { what: 'start' };
    case 'zone':
      return zone === null ? null : { what: 'unpin', zone };
    case 'anti-affinity':
      return group === null ? null : { what: 'allow', perHost: membersOn(group, host) + 1, group: group.id };
    case 'affinity':
      return group === null ? null : { what: 'move group', group: group.id };
    default:
      return null;
  }
};

const cost = (changes: readonly Change[]): readonly [count: number, rank: number, share: number] => [
  changes.length,
  Math.max(...changes.map((c) => RANK[c.what])),
  changes.reduce((sum, c) => sum + (c.what === 'free' ? c.share : 0), 0),
];

/** Fewest changes, then the cheapest kind, then the least room; ties go to the first name. Null when no host can be helped. */
export const smallestRelaxation = (
  hosts: readonly Candidate[],
  request: SchedulingRequest,
  enabled: readonly FilterName[],
): Relaxation | null => {
  let best: Relaxation | null = null;
  let least: readonly number[] = [];
  for (const host of hosts) {
    const changes = allRefusals(host, request, enabled).map((no) => changeFor(no, host, request));
    if (changes.includes(null)) continue;
    const found = changes.filter((c) => c !== null);
    const price = cost(found);
    const i = price.findIndex((p, k) => p !== least[k]);
    const isLess = best === null || (i < 0 ? host.name < best.host : price[i]! < least[i]!);
    if (!isLess) continue;
    best = { host: host.name, changes: found };
    least = price;
  }
  return best;
};

const changeWords = (change: Change, host: string): string => {
  switch (change.what) {
    case 'enable':
      return `enable ${host}`;
    case 'start':
      return `bring ${host} back up`;
    case 'unpin':
      return `unpin the VM from zone ${change.zone}`;
    case 'free':
      return `free ${Math.ceil(change.by)} ${UNIT[change.resource]} on ${host}`;
    case 'allow':
      return `allow ${change.perHost} of server group ${change.group} on ${host}`;
    case 'move group':
      return `move server group ${change.group} to ${host}`;
  }
};

/** `free 2 vCPU on compute-4 and enable compute-4`. */
export const relaxationSentence = ({ host, changes }: Relaxation): string =>
  changes.map((change) => changeWords(change, host)).join(' and ');
