// The difference between two instants as a value: what was added, removed and changed, entity by entity.
import { parseInstant } from '../base/time.ts';
import type { ClusterState } from '../readout/state.ts';

export type FieldChange = { readonly field: string; readonly from: unknown; readonly to: unknown };
export type DiffEntry = { readonly entity: string; readonly name: string };

export type StateDiff = {
  readonly added: readonly (DiffEntry & { readonly value: unknown })[];
  readonly removed: readonly (DiffEntry & { readonly value: unknown })[];
  readonly changed: readonly (DiffEntry & { readonly fields: readonly FieldChange[] })[];
};

/** Where a state is, which is not part of what it is. */
export type StateHead = Pick<ClusterState, 'timeline' | 'seq' | 'at' | 'hash' | 'release'>;
type ListName = Exclude<keyof ClusterState, keyof StateHead>;
type Item = Readonly<Record<string, unknown>>;

/** The lists of a state, each with the kind that begins its entities' addresses and the field that names an item. */
const LISTS: { readonly [N in ListName]: { readonly kind: string; readonly id: string; readonly name: string } } = {
  hosts: { kind: 'host', id: 'name', name: 'name' },
  vms: { kind: 'vm', id: 'id', name: 'name' },
  volumes: { kind: 'volume', id: 'id', name: 'name' },
  pools: { kind: 'pool', id: 'name', name: 'name' },
  networks: { kind: 'network', id: 'id', name: 'name' },
  ports: { kind: 'port', id: 'id', name: 'id' },
  tunnels: { kind: 'tunnel', id: 'id', name: 'id' },
  serverGroups: { kind: 'server_group', id: 'id', name: 'name' },
  flavors: { kind: 'flavor', id: 'name', name: 'name' },
  aggregates: { kind: 'aggregate', id: 'name', name: 'name' },
  migrations: { kind: 'migration', id: 'id', name: 'id' },
  traffic: { kind: 'traffic', id: 'id', name: 'id' },
  // An anomaly has no id: it is what it says, about whom, and when.
  anomalies: { kind: 'anomaly', id: 'detail', name: 'rule' },
};
const LIST_NAMES = Object.keys(LISTS) as readonly ListName[];

const itemsOf = (state: ClusterState, list: ListName): readonly Item[] =>
  state[list] as readonly unknown[] as readonly Item[];

/** Items by address; equal anomalies of one instant are numbered. */
const byAddress = (state: ClusterState, list: ListName): Map<string, Item> => {
  const { kind, id } = LISTS[list];
  const found = new Map<string, Item>();
  for (const item of itemsOf(state, list)) {
    const base =
      list === 'anomalies' ? `${kind}:${String(item['at'])} ${String(item[id])}` : `${kind}:${String(item[id])}`;
    let address = base;
    for (let n = 2; found.has(address); n++) address = `${base} #${n}`;
    found.set(address, item);
  }
  return found;
};

/** Fields are small plain values whose keys are always written in one order, so their JSON decides. */
const differs = (a: unknown, b: unknown): boolean => a !== b && JSON.stringify(a) !== JSON.stringify(b);

const fieldChanges = (from: Item, to: Item): FieldChange[] =>
  Object.keys(to).flatMap((field) =>
    differs(from[field], to[field]) ? [{ field, from: from[field], to: to[field] }] : [],
  );

/** What turns a into b. Entries follow the order of the state's lists, and within one the order of addresses. */
export const diffStates = (a: ClusterState, b: ClusterState): StateDiff => {
  const added: StateDiff['added'][number][] = [];
  const removed: StateDiff['removed'][number][] = [];
  const changed: StateDiff['changed'][number][] = [];
  for (const list of LIST_NAMES) {
    const before = byAddress(a, list);
    const after = byAddress(b, list);
    const nameOf = (item: Item): string => String(item[LISTS[list].name]);
    for (const entity of [...new Set([...before.keys(), ...after.keys()])].sort()) {
      const from = before.get(entity);
      const to = after.get(entity);
      if (from === undefined) added.push({ entity, name: nameOf(to!), value: to });
      else if (to === undefined) removed.push({ entity, name: nameOf(from), value: from });
      else {
        const fields = fieldChanges(from, to);
        if (fields.length > 0) changed.push({ entity, name: nameOf(to), fields });
      }
    }
  }
  return { added, removed, changed };
};

const changedItem = (item: Item, fields: readonly FieldChange[]): Item => ({
  ...item,
  ...Object.fromEntries(fields.map((f) => [f.field, f.to])),
});

const text = (value: unknown): string => String(value);
const msOf = (item: Item): number => parseInstant(text(item['at'])) ?? 0;
/** The order `clusterState` sorts a list in. */
const inOrder = (list: ListName) => {
  const keys = list === 'anomalies' ? ['rule', 'entity', 'detail'] : [LISTS[list].id];
  return (a: Item, b: Item): number => {
    if (list === 'anomalies' && msOf(a) !== msOf(b)) return msOf(a) - msOf(b);
    for (const key of keys) {
      const x = text(a[key]);
      const y = text(b[key]);
      if (x !== y) return x < y ? -1 : 1;
    }
    return 0;
  };
};

/** The state that `diff` leads to from `state`; `head` says where that one is. apply(a, diff(a, b), head of b) = b. */
export const applyDiff = (state: ClusterState, diff: StateDiff, head: StateHead): ClusterState => {
  const kindOf = (entity: string): string => entity.slice(0, entity.indexOf(':'));
  const lists = LIST_NAMES.map((list) => {
    const { kind } = LISTS[list];
    const items = byAddress(state, list);
    for (const entry of diff.removed) if (kindOf(entry.entity) === kind) items.delete(entry.entity);
    for (const entry of diff.added) if (kindOf(entry.entity) === kind) items.set(entry.entity, entry.value as Item);
    for (const { entity, fields } of diff.changed) {
      const item = items.get(entity);
      if (item !== undefined && kindOf(entity) === kind) items.set(entity, changedItem(item, fields));
    }
    return [list, [...items.values()].sort(inOrder(list))];
  });
  const { timeline, seq, at, hash, release } = head;
  return { timeline, seq, at, hash, release, ...(Object.fromEntries(lists) as Omit<ClusterState, keyof StateHead>) };
};
