// A bridge's flows ordered for look-up: in each table the highest priority that matches wins.
import type { Flow, Term } from './flow.ts';
import type { Packet } from './packet.ts';

/** Flows by table number, highest priority first; among equals the order given. */
export type FlowTable = ReadonlyMap<number, readonly Flow[]>;

/** Sorts flows for look-up. */
export const flowTable = (flows: readonly Flow[]): FlowTable => {
  const tables = new Map<number, Flow[]>();
  for (const flow of flows) {
    const list = tables.get(flow.table) ?? [];
    tables.set(flow.table, list);
    list.push(flow);
  }
  for (const list of tables.values()) list.sort((a, b) => b.priority - a.priority);
  return tables;
};

const satisfies = (packet: Packet, { field, value, mask }: Term): boolean =>
  mask === null ? packet[field] === value : (packet[field] & mask) === value;

/** Whether the packet meets every term. */
export const matches = (packet: Packet, match: readonly Term[]): boolean =>
  match.every((term) => satisfies(packet, term));

/** The flow that decides, from the table and from flows learned into it; null when none matches (a table miss drops). */
export const lookup = (table: FlowTable, learned: readonly Flow[], number: number, packet: Packet): Flow | null => {
  const static_ = table.get(number)?.find((flow) => matches(packet, flow.match)) ?? null;
  let best = static_;
  for (const flow of learned) {
    if (flow.table === number && matches(packet, flow.match) && (best === null || flow.priority > best.priority))
      best = flow;
  }
  return best;
};
