// Finds what is wrong with the overlay as it was recorded: the built one is right by construction, so it cannot show this.
import type { ClusterState } from '../readout/state.ts';
import type { SeenCloud } from './from-state.ts';
import { type Lint, lintConfiguration } from './lint.ts';
import { settledOverlay } from './settled-overlay.ts';

/** A VM whose port is bound elsewhere: other hosts send its frames to where the binding is. */
const strayBindings = (state: ClusterState): Lint[] => {
  const vms = new Map(state.vms.map((v) => [v.id, v]));
  return state.ports.flatMap((p): Lint[] => {
    const vm = p.vm === null ? undefined : vms.get(p.vm);
    if (vm === undefined || vm.host === null || p.host === null || vm.host === p.host) return [];
    const detail = `${vm.name} is on ${vm.host}, but its port ${p.id} is bound to ${p.host}`;
    return [{ code: 'stale-binding', host: p.host, detail }];
  });
};

const oneWay = (state: ClusterState): Lint[] => {
  const remotes = new Map<string, Set<string>>();
  for (const { type, localIp, remoteIp } of state.tunnels) {
    const known = remotes.get(localIp);
    if (known === undefined) remotes.set(localIp, new Set([type + remoteIp]));
    else known.add(type + remoteIp);
  }
  return state.tunnels.flatMap((t): Lint[] => {
    // Only where the far side's own tunnels are recorded does a missing one mean something.
    const back = remotes.get(t.remoteIp);
    if (back === undefined || back.has(t.type + t.localIp)) return [];
    const [near, far] = [t.host ?? t.localIp, t.remoteHost ?? t.remoteIp];
    const detail = `${near} has a ${t.type} tunnel to ${far}, ${far} has none back`;
    return [{ code: 'one-way-tunnel', host: near, detail }];
  });
};

/** Lints of addresses, segments and MTU, of reported tunnels and of bindings. No forwarding entry is recorded, so none is judged. */
export const lintState = (state: ClusterState, seen: SeenCloud): Lint[] => {
  // Without messages agents and networks are there, their tables stay empty, and a large cloud stays small.
  const { overlay } = settledOverlay({ style: 'master', mode: 'multicast', l3Plugin: true }, seen.cloud, new Set());
  return [...lintConfiguration(overlay, seen), ...oneWay(state), ...strayBindings(state)];
};
