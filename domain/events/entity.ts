// The address of an entity: `kind:id`.
export const ENTITY_KINDS = [
  'host',
  'vm',
  'migration',
  'volume',
  'pool',
  'storage_node',
  'network',
  'port',
  'tunnel',
  'flavor',
  'aggregate',
  'server_group',
  'roster',
  'cluster',
] as const;
export type EntityKind = (typeof ENTITY_KINDS)[number];

export const entity = (kind: EntityKind, id: string): string => `${kind}:${id}`;
export const kindOf = (address: string): EntityKind => address.slice(0, address.indexOf(':')) as EntityKind;
export const idOf = (address: string): string => address.slice(address.indexOf(':') + 1);
