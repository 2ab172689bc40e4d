// Flow tables as values: what a flow matches, what it does, and in which table and priority it stands.
import type { FieldName } from './fields.ts';

/** One condition: the packet's field, under `mask` (null: every bit), equals `value`. */
export type Term = { readonly field: FieldName; readonly value: bigint; readonly mask: bigint | null };

/** Part of a field as actions name it: `header` is the name as written, so that printing returns what was read. */
export type Subfield = {
  readonly field: FieldName;
  readonly header: string;
  readonly from: number;
  readonly bits: number;
};

export type LearnSpec =
  /** `A=B`, or `A` alone for the same field of the packet: the learned flow matches A against the packet's B. */
  | { readonly kind: 'match'; readonly target: Subfield; readonly source: Subfield }
  | { readonly kind: 'load'; readonly value: bigint | Subfield; readonly target: Subfield }
  | { readonly kind: 'output'; readonly source: Subfield };

export type Learn = {
  readonly kind: 'learn';
  readonly table: number;
  readonly idleTimeoutS: number;
  readonly hardTimeoutS: number;
  readonly priority: number;
  readonly specs: readonly LearnSpec[];
};

export type Action =
  | { readonly kind: 'output'; readonly port: number }
  | { readonly kind: 'in_port' }
  | { readonly kind: 'local' }
  | { readonly kind: 'normal' }
  /** `goto_table` in OpenFlow 1.3, `resubmit(,N)` in 1.0: nothing follows it in a table Neutron writes. */
  | { readonly kind: 'goto'; readonly table: number }
  /** A `resubmit(,N)` kept as one even when printed as OpenFlow 1.3. */
  | { readonly kind: 'resubmit'; readonly table: number }
  | { readonly kind: 'push_vlan' }
  | { readonly kind: 'pop_vlan' }
  /** Tags an untagged frame, or rewrites the tag. */
  | { readonly kind: 'mod_vlan_vid'; readonly vlan: number }
  | { readonly kind: 'set_vlan_vid'; readonly vlan: number }
  | { readonly kind: 'set_tunnel'; readonly id: bigint }
  | { readonly kind: 'set'; readonly field: FieldName; readonly value: bigint }
  | { readonly kind: 'load'; readonly value: bigint; readonly target: Subfield }
  | { readonly kind: 'move'; readonly source: Subfield; readonly target: Subfield }
  | Learn;

export type Flow = {
  readonly table: number;
  /** 0..65535; 32768 is OpenFlow's default and is not printed. */
  readonly priority: number;
  readonly idleTimeoutS: number;
  readonly hardTimeoutS: number;
  readonly cookie: bigint;
  readonly match: readonly Term[];
  /** Empty means drop. */
  readonly actions: readonly Action[];
};

export const DEFAULT_PRIORITY = 32768;

/** The term "field equals value". */
export const exact = (field: FieldName, value: bigint | number): Term => ({ field, value: BigInt(value), mask: null });

/** The match `dl_vlan=N`: a tag is present and carries this id, whatever its priority bits. */
export const dlVlan = (vlan: number): Term => ({
  field: 'vlan_tci',
  value: 0x1000n | BigInt(vlan),
  mask: 0x1fffn,
});

/** A flow without timeouts and cookie, as Neutron installs them. */
export const flow = (table: number, priority: number, match: readonly Term[], actions: readonly Action[]): Flow => ({
  table,
  priority,
  idleTimeoutS: 0,
  hardTimeoutS: 0,
  cookie: 0n,
  match,
  actions,
});

/** Which flow this is: OpenFlow knows a flow by table, priority and match; a second one with the same key replaces it. */
export const flowKey = (f: Flow): string =>
  `${f.table}/${f.priority}/${f.match
    .map((t) => `${t.field}=${t.value}/${t.mask ?? ''}`)
    .sort()
    .join()}`;
