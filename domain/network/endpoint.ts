// Finds the port a person means: by its id, its interface, or the VM it belongs to.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import type { SeenCloud } from './from-state.ts';
import type { CloudDescription } from './settled-overlay.ts';

export type CloudPort = CloudDescription['ports'][number];

export type Endpoint = { readonly port: CloudPort; readonly vm: { readonly id: string; readonly name: string } | null };

/** Shorter beginnings of an id fit too many. */
const SHORTEST_PREFIX = 6;

/** All ports `written` names, by id; several where a VM has several. Error: a sentence when it names nothing, or several VMs. */
export const findPorts = (
  state: ClusterState,
  seen: SeenCloud,
  written: string,
): Result<readonly Endpoint[], string> => {
  const endpointOf = (port: CloudPort): Endpoint => {
    const id = seen.vms.get(port.id);
    const vm = id === undefined ? undefined : state.vms.find((v) => v.id === id);
    return { port, vm: vm === undefined ? null : { id: vm.id, name: vm.name } };
  };
  const exactly = seen.cloud.ports.filter((p) => p.id === written || p.vif === written);
  if (exactly.length > 0) return ok(exactly.map(endpointOf));
  const vms = state.vms.filter((v) => v.id === written || v.name === written);
  const begun =
    written.length >= SHORTEST_PREFIX && vms.length === 0 ? state.vms.filter((v) => v.id.startsWith(written)) : vms;
  if (begun.length > 1) return err(`${begun.length} VMs are called ${written}: name one by its id.`);
  const [vm] = begun;
  if (vm === undefined) return err(`There is no port and no VM ${written} at this instant.`);
  const ports = seen.cloud.ports
    .filter((p) => seen.vms.get(p.id) === vm.id)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(endpointOf);
  return ports.length === 0 ? err(`${vm.name} has no port and no address at this instant.`) : ok(ports);
};

/** The two ports over which `from` and `to` would talk: on one network where there is one. */
export const findPair = (
  state: ClusterState,
  seen: SeenCloud,
  from: string,
  to: string,
): Result<{ readonly from: Endpoint; readonly to: Endpoint }, string> => {
  const [a, b] = [findPorts(state, seen, from), findPorts(state, seen, to)];
  if (!a.ok) return a;
  if (!b.ok) return b;
  const pairs = a.value.flatMap((x) => b.value.map((y) => ({ from: x, to: y })));
  const pair = pairs.find((p) => p.from.port.network === p.to.port.network) ?? pairs[0];
  if (pair === undefined) return err(`${from} and ${to} have no ports.`);
  return pair.from.port.id === pair.to.port.id ? err(`${from} and ${to} are the same port.`) : ok(pair);
};
