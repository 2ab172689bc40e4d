// Failure domains that the log does not know: which host fails with which, by a list, their aggregates or their names.
import { err, ok, type Result } from '../../base/result.ts';
import { alteredState } from '../../readout/altered-state.ts';
import type { ClusterState, HostState } from '../../readout/state.ts';

/** The rack (or whatever fails as one) of each host that has one. */
export type Racks = Readonly<Record<string, string>>;

/** Lines of `host,rack`; empty lines, comments and a heading are skipped. Errors name the line. */
export const racksFromList = (text: string): Result<Racks, string> => {
  const racks: Record<string, string> = {};
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.trimStart().startsWith('#') || /^host\s*[,;\t]/i.test(line)) continue;
    const [host = '', rack = '', ...more] = line.split(/[,;\t]/).map((word) => word.trim());
    if (host === '' || rack === '' || more.length > 0) {
      return err(`Line ${i + 1} of the racks is "${line.trim()}", not a host and its rack: \`compute-7,A1\`.`);
    }
    if (racks[host] !== undefined && racks[host] !== rack) {
      return err(`Line ${i + 1} of the racks puts ${host} into ${rack}, an earlier one into ${racks[host]}.`);
    }
    racks[host] = rack;
  }
  return Object.keys(racks).length === 0 ? err('The list of racks names no host.') : ok(racks);
};

/** `^([a-z]+\d+)-` takes what the brackets match as the rack; hosts that do not match have none. */
export const racksFromNames = (pattern: string, hosts: readonly string[]): Result<Racks, string> => {
  let regex: RegExp;
  try {
    regex = new RegExp(pattern, 'v');
  } catch {
    return err(`"${pattern}" is not a pattern. Put brackets around the part of the name that is the rack: ^(r\\d+)-`);
  }
  const racks: Record<string, string> = {};
  for (const host of hosts) {
    const rack = regex.exec(host)?.[1];
    if (rack !== undefined && rack !== '') racks[host] = rack;
  }
  return Object.keys(racks).length === 0
    ? err(
        `The pattern ${pattern} finds a rack in no host's name: brackets around the part that is the rack are needed.`,
      )
    : ok(racks);
};

/** Aggregates whose names begin alike, as tags of hosts: `rack-A1` and `rack-B2` for the prefix `rack-`. */
export const racksFromAggregates = (prefix: string, hosts: readonly HostState[]): Result<Racks, string> => {
  const racks: Record<string, string> = {};
  for (const host of hosts) {
    const [rack, other] = host.aggregates.filter((name) => name.startsWith(prefix));
    if (other !== undefined)
      return err(`${host.name} is in two aggregates that begin with ${prefix}: ${rack}, ${other}.`);
    if (rack !== undefined) racks[host.name] = rack;
  }
  return Object.keys(racks).length === 0 ? err(`No host is in an aggregate that begins with ${prefix}.`) : ok(racks);
};

/** The cluster with these racks in place of the log's. */
export const withRacks = (state: ClusterState, racks: Racks | null): ClusterState =>
  racks === null
    ? state
    : alteredState(state, { hosts: state.hosts.map((host) => ({ ...host, rack: racks[host.name] ?? null })) });
