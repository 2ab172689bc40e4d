// Reads a fault script: `at 12:00:30 fail compute-7; at 12:05 return compute-7; fail rack A1 by partition`.
import type { Instant } from '../../base/brand.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { isoInstant, parseInstant } from '../../base/time.ts';
import type { ClusterState } from '../../readout/state.ts';
import { BACKEND_PARTS, type BackendPart, type Fault, HOST_FAULT_KINDS, type HostFaultKind } from './fault.ts';

const DAY_MS = 86_400_000;
const MOST_STEPS = 1000; // a script longer than that was not written by a person
const THINGS = 'rack|az|tor|pool|brick|backend|vtep|tunnel|nic';
const STEP = new RegExp(
  String.raw`^(?:at\s+(\S+)\s+)?(fail|return|stop|lose|cut|slow)\s+(?:(${THINGS})\s+)?(.+?)(?:\s+(?:by|to)\s+(\S+))?$`,
  'i',
);
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const LATER = /^\+(\d{1,7})(s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const MEANT =
  'A step reads `at 12:00:30 fail compute-7 by power`, `at +5m return compute-7`, `fail rack A1`, `fail tor A1`, `stop pool gluster`, `lose brick gluster-1:/srv/brick`, `stop backend lvm by service`, `cut vtep compute-7`, `cut tunnel compute-1 compute-2` or `slow nic compute-7 to 10%`.';

/** Milliseconds after the drill's instant that `written` names. */
const delay = (written: string | undefined, start: Instant): Result<number, string> => {
  if (written === undefined) return ok(0);
  const later = LATER.exec(written);
  if (later !== null) return ok(Number(later[1]) * (UNIT_MS[later[2] ?? ''] ?? 0));
  const clock = TIME_OF_DAY.exec(written);
  const midnight = start - (((start % DAY_MS) + DAY_MS) % DAY_MS);
  const [h, m, s] = [Number(clock?.[1]), Number(clock?.[2]), Number(clock?.[3] ?? 0)];
  const at =
    clock === null
      ? parseInstant(written)
      : h < 24 && m < 60 && s < 60
        ? midnight + ((h * 60 + m) * 60 + s) * 1000
        : null;
  if (at === null) return err(`"${written}" is not a time. ${MEANT}`);
  return at < start ? err(`${written} is before the drill begins at ${isoInstant(start)}.`) : ok(at - start);
};

const isKind = (word: string): word is HostFaultKind => (HOST_FAULT_KINDS as readonly string[]).includes(word);

const isPart = (word: string): word is BackendPart => (BACKEND_PARTS as readonly string[]).includes(word);

const wordsIn = (names: string): readonly string[] => names.split(/[\s,]+/).filter((n) => n !== '');

/** Hosts by name, or all of a rack (or behind its switch) or zone; a sentence where there is none. */
const hostsOf = (state: ClusterState, of: string | undefined, names: string): Result<readonly string[], string> => {
  const wanted = wordsIn(names);
  if (of === 'rack' || of === 'az' || of === 'tor') {
    const key = of === 'az' ? 'az' : 'rack';
    const hosts = state.hosts.filter((h) => h[key] !== null && wanted.includes(h[key])).map((h) => h.name);
    return hosts.length > 0 ? ok(hosts) : err(`No host is in ${key} ${names} at ${state.at}.`);
  }
  const unknown = wanted.filter((name) => !state.hosts.some((h) => h.name === name));
  return unknown.length === 0 ? ok(wanted) : err(`There is no host ${unknown.join(', ')} at ${state.at}.`);
};

/** A step taken apart: its verb, what kind of thing it names, the names, and the word after `by` or `to`. */
type Words = { readonly verb: string; readonly of: string | undefined; readonly names: string; readonly how: string };

type Reads = (words: Words, state: ClusterState) => Result<Untimed, string>;
/** Distributes over the union, so that each kind of fault keeps its own fields. */
type Untimed = Fault extends infer F ? (F extends Fault ? Omit<F, 'afterMs'> : never) : never;

const readPool: Reads = ({ verb, names }, state) =>
  state.pools.some((p) => p.name === names)
    ? ok({ does: verb === 'return' ? 'return pool' : 'stop pool', pool: names })
    : err(`There is no pool ${names} at ${state.at}.`);

const readBrick: Reads = ({ verb, names }, state) => {
  if (verb === 'return') return err('A lost brick does not return: its data is gone.');
  const colon = names.indexOf(':');
  const [node, path] = colon < 0 ? [names, null] : [names.slice(0, colon), names.slice(colon + 1)];
  const known = state.pools.some((p) => p.bricks.some((b) => b.host === node && (path === null || b.path === path)));
  return known ? ok({ does: 'lose brick', node, path }) : err(`There is no brick ${names} at ${state.at}.`);
};

const readBackend: Reads = ({ verb, names, how }, state) => {
  if (!state.volumes.some((v) => v.backend === names)) return err(`No volume is on a backend ${names} at ${state.at}.`);
  if (verb === 'return') return ok({ does: 'return backend', backend: names });
  const part = how === '' ? 'volumes' : how;
  return isPart(part)
    ? ok({ does: 'stop backend', backend: names, part })
    : err(`A backend stops by ${BACKEND_PARTS.join(' or ')}, not by ${part}.`);
};

const readVtep: Reads = ({ verb, names }, state) => {
  const hosts = hostsOf(state, undefined, names);
  return hosts.ok ? ok({ does: verb === 'return' ? 'return vtep' : 'cut vtep', hosts: hosts.value }) : hosts;
};

const readTunnel: Reads = ({ verb, names }, state) => {
  const hosts = hostsOf(state, undefined, names);
  if (!hosts.ok) return hosts;
  const [a, b, more] = hosts.value;
  if (a === undefined || b === undefined || a === b || more !== undefined) {
    return err(`A tunnel joins two hosts: \`cut tunnel compute-1 compute-2\`, not "${names}".`);
  }
  return ok({ does: verb === 'return' ? 'return tunnel' : 'cut tunnel', between: [a, b] });
};

const readNic: Reads = ({ verb, names, how }, state) => {
  const hosts = hostsOf(state, undefined, names);
  if (!hosts.ok) return hosts;
  if (verb === 'return') return ok({ does: 'return nic', hosts: hosts.value });
  const percent = /^(\d{1,3}(?:\.\d+)?)%$/.exec(how);
  const share = Number(percent?.[1] ?? 0) / 100;
  return share > 0 && share < 1
    ? ok({ does: 'slow nic', hosts: hosts.value, share })
    : err(`A network card is slowed to a share of its rate, \`slow nic ${names} to 10%\`, not to ${how || 'nothing'}.`);
};

const readHosts: Reads = ({ verb, of, names, how }, state) => {
  const hosts = hostsOf(state, of, names);
  if (!hosts.ok) return hosts;
  if (verb === 'return') return ok({ does: 'return', hosts: hosts.value });
  const by = of === 'tor' ? 'tor' : how === '' ? 'crash' : how;
  return isKind(by)
    ? ok({ does: 'fail', by, hosts: hosts.value })
    : err(`A host fails by ${HOST_FAULT_KINDS.join(', ')}, not by ${by}.`);
};

const READERS: Readonly<Record<string, { readonly verbs: readonly string[]; readonly read: Reads }>> = {
  pool: { verbs: ['stop', 'fail', 'return'], read: readPool },
  brick: { verbs: ['lose', 'fail', 'return'], read: readBrick },
  backend: { verbs: ['stop', 'fail', 'return'], read: readBackend },
  vtep: { verbs: ['cut', 'fail', 'return'], read: readVtep },
  tunnel: { verbs: ['cut', 'fail', 'return'], read: readTunnel },
  nic: { verbs: ['slow', 'return'], read: readNic },
};
const HOSTS = { verbs: ['fail', 'return'], read: readHosts };

/** What a verb means where nothing says what it is about. */
const MEANS: Readonly<Record<string, string>> = { stop: 'pool', lose: 'brick', cut: 'vtep', slow: 'nic' };

const step = (text: string, state: ClusterState, start: Instant): Result<Fault, string> => {
  const match = STEP.exec(text);
  if (match === null) return err(`"${text}" is not a step of a fault script. ${MEANT}`);
  const [, when, verb = '', ofWhat, names = '', how = ''] = match;
  const after = delay(when, start);
  if (!after.ok) return after;
  const does = verb.toLowerCase();
  const of = ofWhat?.toLowerCase() ?? MEANS[does];
  const { verbs, read } = READERS[of ?? ''] ?? HOSTS;
  if (!verbs.includes(does)) return err(`"${text}" is not a step of a fault script. ${MEANT}`);
  const fault = read({ verb: does, of, names, how: how.toLowerCase() }, state);
  return fault.ok ? ok({ ...fault.value, afterMs: after.value }) : fault;
};

/** Steps apart by `;` or lines, in order of time. Errors: the sentence of the first step that makes no sense. */
export const parseScript = (text: string, state: ClusterState, start: Instant): Result<readonly Fault[], string> => {
  const steps = text
    .split(/[;\n]/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (steps.length === 0) return err(`The fault script is empty. ${MEANT}`);
  if (steps.length > MOST_STEPS) return err(`A fault script has at most ${MOST_STEPS} steps.`);
  const faults: Fault[] = [];
  for (const written of steps) {
    const fault = step(written, state, start);
    if (!fault.ok) return fault;
    faults.push(fault.value);
  }
  return ok(faults.sort((a, b) => a.afterMs - b.afterMs));
};
