// The same cluster under other assumptions: another release, other ratios, other racks, hosts taken away, more hosts of a kind.
import { err, ok, type Result } from '../base/result.ts';
import { type Racks, withRacks } from '../drill/faults/failure-domains.ts';
import { alteredState } from '../readout/altered-state.ts';
import type { ClusterState } from '../readout/state.ts';
import { underRelease } from '../scheduling/release.ts';

/** Allocation ratios to try; null leaves what the log or the release says. */
export type Ratios = { readonly vcpu: number | null; readonly ram: number | null; readonly disk: number | null };

export type Assumptions = {
  readonly release: string | null;
  readonly ratios: Ratios;
  readonly without: readonly string[];
  readonly added: { readonly like: string; readonly count: number } | null;
  /** Racks in place of the log's; null where its own count. */
  readonly racks: Racks | null;
};
export const NO_ASSUMPTIONS: Assumptions = {
  release: null,
  ratios: { vcpu: null, ram: null, disk: null },
  without: [],
  added: null,
  racks: null,
};

/** Every host at these ratios. */
export const withRatios = (state: ClusterState, { vcpu, ram, disk }: Ratios): ClusterState =>
  vcpu === null && ram === null && disk === null
    ? state
    : alteredState(state, {
        hosts: state.hosts.map((host) => ({
          ...host,
          vcpuRatio: vcpu ?? host.vcpuRatio,
          ramRatio: ram ?? host.ramRatio,
          diskRatio: disk ?? host.diskRatio,
        })),
      });

const unknownHost = (state: ClusterState, name: string): string => `There is no host ${name} at ${state.at}.`;

/** Hosts taken out of service; their VMs stay where they are on the books, as on a host that is only disabled. */
export const withoutHosts = (state: ClusterState, names: readonly string[]): Result<ClusterState, string> => {
  const missing = names.find((name) => !state.hosts.some((h) => h.name === name));
  if (missing !== undefined) return err(unknownHost(state, missing));
  const hosts = state.hosts.map((h) => (names.includes(h.name) ? { ...h, enabled: false } : h));
  return ok(alteredState(state, { hosts }));
};

/** `count` empty hosts like the one named, in its zone and rack. */
export const withHostsLike = (state: ClusterState, like: string, count: number): Result<ClusterState, string> => {
  const model = state.hosts.find((h) => h.name === like);
  if (!model) return err(unknownHost(state, like));
  const empty = { up: true, enabled: true, forcedDown: false, fenced: false, disabledReason: null, downSince: null };
  const unused = { vcpusUsed: 0, pcpusUsed: 0, ramMiBUsed: 0, diskGiBUsed: 0, cpu: null, vms: [] };
  const unnamed = { managementIp: null, vtepIp: null };
  const added = Array.from({ length: count }, (_, i) => ({
    ...model,
    ...empty,
    ...unused,
    ...unnamed,
    name: `${like}+${i + 1}`,
  }));
  return ok(alteredState(state, { hosts: [...state.hosts, ...added] }));
};

/** All of them: the release first, so that ratios that are named win over its own. Null: the cluster as it is. */
export const assuming = (state: ClusterState, a: Assumptions | null): Result<ClusterState, string> => {
  if (a === null) return ok(state);
  const released = underRelease(state, a.release);
  if (!released.ok) return released;
  const racked = withRacks(released.value, a.racks);
  const fewer = withoutHosts(withRatios(racked, a.ratios), a.without);
  if (!fewer.ok || a.added === null) return fewer;
  return withHostsLike(fewer.value, a.added.like, a.added.count);
};
