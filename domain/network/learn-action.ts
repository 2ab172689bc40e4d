// Open vSwitch's `learn` action: the flow it installs for one packet.
import type { Flow, Learn, Subfield, Term } from './flow.ts';
import type { Packet } from './packet.ts';

const bitsOf = (s: Subfield): bigint => (1n << BigInt(s.bits)) - 1n;

/** The bits of the packet a subfield names, shifted down. */
export const readSubfield = (packet: Packet, s: Subfield): bigint => (packet[s.field] >> BigInt(s.from)) & bitsOf(s);

/** The packet with some bits of a field replaced. */
export const writeSubfield = (packet: Packet, s: Subfield, value: bigint): Packet => {
  const mask = bitsOf(s) << BigInt(s.from);
  return { ...packet, [s.field]: (packet[s.field] & ~mask) | ((value & bitsOf(s)) << BigInt(s.from)) };
};

const term = (target: Subfield, value: bigint, fieldBits: bigint): Term => {
  const mask = bitsOf(target) << BigInt(target.from);
  return { field: target.field, value: value << BigInt(target.from), mask: mask === fieldBits ? null : mask };
};

/** The flow that `learn` would add for this packet; `fieldBits` gives the full mask of a field. */
export const learnedFlow = (learn: Learn, packet: Packet, fieldBits: (s: Subfield) => bigint): Flow => ({
  table: learn.table,
  priority: learn.priority,
  idleTimeoutS: learn.idleTimeoutS,
  hardTimeoutS: learn.hardTimeoutS,
  cookie: 0n,
  match: learn.specs.flatMap((s) =>
    s.kind === 'match' ? [term(s.target, readSubfield(packet, s.source), fieldBits(s.target))] : [],
  ),
  actions: learn.specs.flatMap((s): Flow['actions'] => {
    if (s.kind === 'load') {
      const value = typeof s.value === 'bigint' ? s.value : readSubfield(packet, s.value);
      return [{ kind: 'load', value, target: s.target }];
    }
    return s.kind === 'output' ? [{ kind: 'output', port: Number(readSubfield(packet, s.source)) }] : [];
  }),
});
