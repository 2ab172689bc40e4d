// Reads a fault script: `at 12:00:30 fail compute-7; at 12:05 return compute-7; fail rack A1 by partition`.
import type { Instant } from '../../base/brand.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { isoInstant, parseInstant } from '../../base/time.ts';
import type { ClusterState } from '../../readout/state.ts';
import { type Fault, HOST_FAULT_KINDS, type HostFaultKind } from './fault.ts';

const DAY_MS = 86_400_000;
const MOST_STEPS = 1000; // a script longer than that was not written by a person
const STEP = /^(?:at\s+(\S+)\s+)?(fail|return|stop|lose)\s+(?:(rack|az|pool|brick)\s+)?(.+?)(?:\s+by\s+(\S+))?$/i;
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const LATER = /^\+(\d{1,7})(s|m|h)$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const MEANT =
  'A step reads `at 12:00:30 fail compute-7 by power`, `at +5m return compute-7`, `fail rack A1`, `stop pool gluster` or `lose brick gluster-1:/srv/brick`.';

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

/** Hosts by name, or all of a rack or zone; a sentence where there is none. */
const hostsOf = (state: ClusterState, of: string | undefined, names: string): Result<readonly string[], string> => {
  const wanted = names.split(/[\s,]+/).filter((n) => n !== '');
  if (of === 'rack' || of === 'az') {
    const hosts = state.hosts.filter((h) => h[of] !== null && wanted.includes(h[of])).map((h) => h.name);
    return hosts.length > 0 ? ok(hosts) : err(`No host is in ${of} ${names} at ${state.at}.`);
  }
  const unknown = wanted.filter((name) => !state.hosts.some((h) => h.name === name));
  return unknown.length === 0 ? ok(wanted) : err(`There is no host ${unknown.join(', ')} at ${state.at}.`);
};

const step = (text: string, state: ClusterState, start: Instant): Result<Fault, string> => {
  const match = STEP.exec(text);
  if (match === null) return err(`"${text}" is not a step of a fault script. ${MEANT}`);
  const [, when, verb = '', ofWhat, names = '', by = 'crash'] = match;
  const after = delay(when, start);
  if (!after.ok) return after;
  const afterMs = after.value;
  const [does, of] = [verb.toLowerCase(), ofWhat?.toLowerCase()];
  if (of === 'pool' || does === 'stop') {
    return state.pools.some((p) => p.name === names)
      ? ok({ afterMs, does: 'stop pool', pool: names })
      : err(`There is no pool ${names} at ${state.at}.`);
  }
  if (of === 'brick' || does === 'lose') {
    const colon = names.indexOf(':');
    const [node, path] = colon < 0 ? [names, null] : [names.slice(0, colon), names.slice(colon + 1)];
    const known = state.pools.some((p) => p.bricks.some((b) => b.host === node && (path === null || b.path === path)));
    return known ? ok({ afterMs, does: 'lose brick', node, path }) : err(`There is no brick ${names} at ${state.at}.`);
  }
  if (!isKind(by)) return err(`A host fails by ${HOST_FAULT_KINDS.join(', ')}, not by ${by}.`);
  const hosts = hostsOf(state, of, names);
  if (!hosts.ok) return hosts;
  return ok(
    does === 'fail'
      ? { afterMs, does: 'fail', by, hosts: hosts.value }
      : { afterMs, does: 'return', hosts: hosts.value },
  );
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
