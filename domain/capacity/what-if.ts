// The same cluster under other assumptions: other ratios, hosts taken away, more hosts of a kind.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';

/** Allocation ratios to try; null leaves what the log or the release says. */
export type Ratios = { readonly vcpu: number | null; readonly ram: number | null; readonly disk: number | null };

/** Every host at these ratios. */
export const withRatios = (state: ClusterState, { vcpu, ram, disk }: Ratios): ClusterState => ({
  ...state,
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
  return ok({ ...state, hosts });
};

/** `count` empty hosts like the one named, in its zone and rack. */
export const withHostsLike = (state: ClusterState, like: string, count: number): Result<ClusterState, string> => {
  const model = state.hosts.find((h) => h.name === like);
  if (!model) return err(unknownHost(state, like));
  const empty = { up: true, enabled: true, forcedDown: false, fenced: false, disabledReason: null, downSince: null };
  const unused = { vcpusUsed: 0, ramMiBUsed: 0, diskGiBUsed: 0, cpu: null, vms: [], managementIp: null, vtepIp: null };
  const added = Array.from({ length: count }, (_, i) => ({ ...model, ...empty, ...unused, name: `${like}+${i + 1}` }));
  return ok({ ...state, hosts: [...state.hosts, ...added] });
};
