// Server groups of the VMs that are asked about, and where their members are while a drill moves them.
import type { ClusterState, ServerGroupState, VmState } from '../readout/state.ts';
import { tallied } from '../scheduling/candidate.ts';

type State = Pick<ClusterState, 'serverGroups' | 'vms'>;

/**
 * Looks only for whom it is asked: of twenty thousand VMs a drill moves a handful, and tables of all of them would be most of
 * its work. So who will ask about many says so at once (`lookUp`).
 */
export class ServerGroups {
  readonly #state: State;
  /** Null for a VM that is in none. */
  readonly #of = new Map<string, ServerGroupState | null>();
  /** How many members are on which host, by group. */
  readonly #places = new Map<string, Map<string, number>>();

  constructor(state: State) {
    this.#state = state;
  }

  /** Finds the groups of these VMs and where the members of those are. O(members + VMs) for all of them together. */
  lookUp(vms: readonly VmState[]): void {
    const ids = new Set<string>();
    for (const { id } of vms) {
      ids.add(id);
      this.#of.set(id, null);
    }
    const found = new Set<ServerGroupState>();
    for (const group of this.#state.serverGroups) {
      for (const member of group.members) {
        if (!ids.has(member)) continue;
        this.#of.set(member, group);
        found.add(group);
      }
    }
    this.#locate([...found].filter(({ id }) => !this.#places.has(id)));
  }

  /** The group a VM is in; the last one where several name it. */
  of(vm: VmState): ServerGroupState | null {
    if (!this.#of.has(vm.id)) this.lookUp([vm]);
    return this.#of.get(vm.id) ?? null;
  }

  members({ id }: ServerGroupState): ReadonlyMap<string, number> {
    return this.#places.get(id) ?? new Map<string, number>();
  }

  /** One member more on a host, or one less; of a group nobody asked about nothing is kept. */
  count(group: string, host: string, by: 1 | -1): void {
    const places = this.#places.get(group);
    if (places === undefined) return;
    const count = (places.get(host) ?? 0) + by;
    if (count > 0) places.set(host, count);
    else places.delete(host);
  }

  /** As it is now, to go on differently. */
  fork(): ServerGroups {
    const fork = new ServerGroups(this.#state);
    for (const [vm, group] of this.#of) fork.#of.set(vm, group);
    for (const [group, places] of this.#places) fork.#places.set(group, new Map(places));
    return fork;
  }

  /** Members where the state has them. */
  #locate(groups: readonly ServerGroupState[]): void {
    if (groups.length === 0) return;
    const hosts = new Map<string, string | null>(
      groups.flatMap(({ members }) => members.map((id) => [id, null] as const)),
    );
    for (const { id, host } of this.#state.vms) if (hosts.has(id)) hosts.set(id, host);
    for (const { id, members } of groups) {
      this.#places.set(id, tallied(members.flatMap((member) => hosts.get(member) ?? [])));
    }
  }
}
