// The difference between two instants as a value: what was added, removed and changed, entity by entity.

export type FieldChange = { readonly field: string; readonly from: unknown; readonly to: unknown };
export type DiffEntry = { readonly entity: string; readonly name: string };

export type StateDiff = {
  readonly added: readonly (DiffEntry & { readonly value: unknown })[];
  readonly removed: readonly (DiffEntry & { readonly value: unknown })[];
  readonly changed: readonly (DiffEntry & { readonly fields: readonly FieldChange[] })[];
};
