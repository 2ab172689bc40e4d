// What a plan has to hold, each as a value that can be written in JSON and explained; its checker twin is in constraint-checks.ts.
import { err, ok, type Result } from '../base/result.ts';

/**
 * About where VMs are: BtrPlace's vocabulary on VMs and hosts. Continuous it holds at every instant, and during a move a VM
 * counts on both ends; discrete only once the plan has ended. Where nothing is said, `gather`, `among` and `maxOnline` are
 * discrete, because hardly a move keeps them on the way, and the others continuous. What is broken from the start is not the
 * plan's doing: continuous, it may not get worse.
 */
export type Placement = { readonly continuous?: boolean } &
  /** None of the VMs on any of the hosts. */
  (
    | { readonly kind: 'ban'; readonly vms: readonly string[]; readonly hosts: readonly string[] }
    /** The VMs on these hosts only (as destinations; a VM outside may leave but not stay elsewhere). */
    | { readonly kind: 'fence'; readonly vms: readonly string[]; readonly hosts: readonly string[] }
    /** No two of the VMs on one host. */
    | { readonly kind: 'spread'; readonly vms: readonly string[] }
    /** All VMs on one host. */
    | { readonly kind: 'gather'; readonly vms: readonly string[] }
    /** All VMs within one of the groups of hosts. */
    | { readonly kind: 'among'; readonly vms: readonly string[]; readonly groups: readonly (readonly string[])[] }
    /** VMs of different groups share no host. */
    | { readonly kind: 'split'; readonly groups: readonly (readonly string[])[] }
    /** The hosts of these VMs run no other VM. */
    | { readonly kind: 'lonely'; readonly vms: readonly string[] }
    /** At most so many of the hosts run a VM. */
    | { readonly kind: 'maxOnline'; readonly hosts: readonly string[]; readonly most: number }
  );

/** Placements, and what is said of moves themselves. */
export type Constraint =
  | Placement
  /** The VMs keep what they are given: never cold-moved or stopped. */
  | { readonly kind: 'preserve'; readonly vms: readonly string[] }
  /** No VM enters or leaves the hosts. */
  | { readonly kind: 'quarantine'; readonly hosts: readonly string[] }
  /** The VMs do not move. */
  | { readonly kind: 'root'; readonly vms: readonly string[] }
  /** No two of the VMs move at the same time. */
  | { readonly kind: 'sequential'; readonly vms: readonly string[] }
  /** The VMs have arrived this long after the start. */
  | { readonly kind: 'deadline'; readonly vms: readonly string[]; readonly atMs: number }
  /** The VMs start at once. */
  | { readonly kind: 'noDelay'; readonly vms: readonly string[] };

export type ConstraintKind = Constraint['kind'];

/** Whether each placement is continuous where nobody says. */
const CONTINUOUS: Readonly<Record<Placement['kind'], boolean>> = {
  ban: true,
  fence: true,
  spread: true,
  gather: false,
  among: false,
  split: true,
  lonely: true,
  maxOnline: false,
};

const isPlacement = (c: Constraint): c is Placement => Object.hasOwn(CONTINUOUS, c.kind);

/** Whether it has to hold on the way and not only in the end; what is said of moves always does. */
export const isContinuous = (c: Constraint): boolean => !isPlacement(c) || (c.continuous ?? CONTINUOUS[c.kind]);

/** Names told before the rest is counted. */
const MOST_NAMED = 8;

const list = (names: readonly string[]): string =>
  names.length <= MOST_NAMED
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;

const rule = (c: Constraint): string => {
  switch (c.kind) {
    case 'ban':
      return `${list(c.vms)} never on ${list(c.hosts)}`;
    case 'fence':
      return `${list(c.vms)} only on ${list(c.hosts)}`;
    case 'spread':
      return `${list(c.vms)} on different hosts`;
    case 'gather':
      return `${list(c.vms)} on one host`;
    case 'among':
      return `${list(c.vms)} within one of ${c.groups.map((g) => `{${list(g)}}`).join(' ')}`;
    case 'split':
      return `${c.groups.map((g) => `{${list(g)}}`).join(' and ')} share no host`;
    case 'lonely':
      return `${list(c.vms)} share no host with any other VM`;
    case 'preserve':
      return `${list(c.vms)} keep running`;
    case 'quarantine':
      return `no VM enters or leaves ${list(c.hosts)}`;
    case 'root':
      return `${list(c.vms)} do not move`;
    case 'maxOnline':
      return `at most ${c.most} of ${list(c.hosts)} run a VM`;
    case 'sequential':
      return `${list(c.vms)} move one after another`;
    case 'deadline':
      return `${list(c.vms)} have arrived after ${c.atMs / 1000} s`;
    case 'noDelay':
      return `${list(c.vms)} start at once`;
  }
};

/** The constraint as a sentence without its subject's reasons: what has to hold, and when if somebody said. */
export const explain = (c: Constraint): string => {
  if (!isPlacement(c) || c.continuous === undefined) return rule(c);
  return `${rule(c)}${c.continuous ? ', at every instant' : ', once the plan has ended'}`;
};

type Field = 'vms' | 'hosts' | 'groups' | 'most' | 'atMs';
const FIELDS: Readonly<Record<ConstraintKind, readonly Field[]>> = {
  ban: ['vms', 'hosts'],
  fence: ['vms', 'hosts'],
  spread: ['vms'],
  gather: ['vms'],
  among: ['vms', 'groups'],
  split: ['groups'],
  lonely: ['vms'],
  preserve: ['vms'],
  quarantine: ['hosts'],
  root: ['vms'],
  maxOnline: ['hosts', 'most'],
  sequential: ['vms'],
  deadline: ['vms', 'atMs'],
  noDelay: ['vms'],
};

const FIELD_WORDS: Readonly<Record<Field, string>> = {
  vms: 'a list of VMs, by id or name',
  hosts: 'a list of hosts',
  groups: 'a list of lists of names',
  most: 'a whole number from 0 on',
  atMs: 'milliseconds from the start, 0 or more',
};

const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'string' && v !== '');

const isField = (field: Field, value: unknown): boolean => {
  switch (field) {
    case 'vms':
    case 'hosts':
      return isNames(value);
    case 'groups':
      return Array.isArray(value) && value.length > 0 && value.every(isNames);
    case 'most':
      return Number.isInteger(value) && (value as number) >= 0;
    case 'atMs':
      return typeof value === 'number' && Number.isFinite(value) && value >= 0;
  }
};

/** What is wrong with one entry, after its number; null where nothing is. */
const wrongIn = (fields: Readonly<Record<string, unknown>>): string | null => {
  const kind = fields['kind'];
  if (kind === undefined) return ` has no kind; known are ${Object.keys(FIELDS).join(', ')}.`;
  if (typeof kind !== 'string' || !Object.hasOwn(FIELDS, kind))
    return ` has the kind ${JSON.stringify(kind)}; known are ${Object.keys(FIELDS).join(', ')}.`;
  const takes: readonly Field[] = FIELDS[kind as ConstraintKind];
  for (const field of takes) {
    const value = fields[field];
    const says = value === undefined ? 'missing' : JSON.stringify(value);
    if (!isField(field, value)) return ` (${kind}): ${field} is ${says}; it takes ${FIELD_WORDS[field]}.`;
  }
  const { continuous } = fields;
  const canBeEither = Object.hasOwn(CONTINUOUS, kind);
  if (continuous !== undefined && !canBeEither)
    return ` (${kind}) is about moves themselves, so it takes no continuous.`;
  if (continuous !== undefined && typeof continuous !== 'boolean')
    return ` (${kind}): continuous is ${JSON.stringify(continuous)}; it is true or false.`;
  const known: readonly string[] = ['kind', ...takes, ...(canBeEither ? ['continuous'] : [])];
  const strange = Object.keys(fields).find((name) => !known.includes(name));
  return strange === undefined ? null : ` (${kind}): ${strange} is no field of it; it has ${known.join(', ')}.`;
};

/** Reads a JSON array of constraints; VMs by id. Errors: a sentence that names the entry and its field. */
export const readConstraints = (value: unknown): Result<readonly Constraint[], string> => {
  if (!Array.isArray(value)) return err('Constraints are a JSON array of objects with a kind.');
  for (const [i, entry] of value.entries()) {
    const fields = (typeof entry === 'object' && entry !== null ? entry : {}) as Readonly<Record<string, unknown>>;
    const wrong = wrongIn(fields);
    if (wrong !== null) return err(`Constraint ${i + 1}${wrong}`);
  }
  return ok(value as readonly Constraint[]);
};
