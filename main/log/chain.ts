// The hash chain: which bytes of an event, a branch and a batch are bound, and in which order.
import { hash } from 'node:crypto';
import type { Cut } from '../../domain/timeline/order.ts';
import type { Refusal } from './types.ts';

/** sha256 in base64url: 43 characters, the cheapest form to make, store and put before the next event's bytes. */
const digest = (text: string): string => hash('sha256', text, 'base64url');

export const toHex = (link: string): string => Buffer.from(link, 'base64url').toString('hex');

/** True where every object inside has its keys in order already, so that JSON.stringify is canonical. */
const inOrder = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(inOrder);
  let before: string | null = null;
  for (const [key, inner] of Object.entries(value)) {
    if (before !== null && before > key) return false;
    if (typeof inner === 'object' && inner !== null && !inOrder(inner)) return false;
    before = key;
  }
  return true;
};

const sorted = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  const parts: string[] = [];
  for (const [key, inner] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (inner !== undefined) parts.push(`${JSON.stringify(key)}:${sorted(inner)}`);
  }
  return `{${parts.join(',')}}`;
};

/** JSON with keys in code unit order at every depth: one text for one value, whoever built it. */
export const canonical = (value: unknown): string => (inOrder(value) ? JSON.stringify(value) : sorted(value));

/** An event's columns as they are stored, with its source by content id. */
export type Stored = {
  readonly timeline: number;
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly v: number;
  readonly entity: string;
  readonly evidence: number;
  readonly source: string;
  readonly line: number;
  readonly key: string | null;
  readonly data: string;
};

/**
 * The link of one event: the link before it, then its numbers and the length of each text, then the texts. The lengths
 * make the bytes unambiguous: no two different events have the same.
 */
export const eventLink = (before: string, e: Stored): string =>
  digest(
    `${before}${e.timeline} ${e.seq} ${e.at} ${e.v} ${e.evidence} ${e.line} ${e.type.length} ${e.entity.length} ` +
      `${e.source.length} ${e.key === null ? '-' : e.key.length} ${e.data.length}\n` +
      `${e.type}${e.entity}${e.source}${e.key ?? ''}${e.data}`,
  );

export type Birth = {
  readonly id: number;
  readonly name: string;
  readonly parent: number | null;
  readonly forkedAt: Cut | null;
  readonly forkedHead: number;
};

/** Where a timeline's chain begins: its name, its cut, and its parent's link at the fork (empty for `main`). */
export const birthLink = (parentLink: string, t: Birth): string =>
  digest(
    `timeline ${parentLink} ${t.id} ${t.parent} ${t.forkedAt?.at ?? '-'} ${t.forkedAt?.seq ?? '-'} ${t.forkedHead} ` +
      `${t.name.length}\n${t.name}`,
  );

export type Change = {
  readonly id: number;
  readonly timeline: number;
  readonly kind: 'renamed' | 'dropped';
  readonly name: string | null;
};

/** Renames and drops form a chain of their own; the link before the first is empty. */
export const changeLink = (before: string, c: Change): string =>
  digest(`change ${before} ${c.id} ${c.timeline} ${c.kind} ${c.name?.length ?? '-'}\n${c.name ?? ''}`);

export type BatchRecord = {
  readonly id: number;
  readonly timeline: number;
  readonly source: string;
  readonly name: string;
  readonly format: string;
  readonly head: number;
  readonly events: number;
  readonly throughLine: number;
  readonly done: boolean;
};

/** Batches form a third chain, in the order of their ids over all timelines: it binds sources, events and refusals. */
export const batchLink = (before: string, eventsLink: string, b: BatchRecord, refused: readonly Refusal[]): string =>
  digest(
    JSON.stringify([
      'batch',
      before,
      eventsLink,
      b.id,
      b.timeline,
      b.source.toWellFormed(),
      b.name.toWellFormed(),
      b.format.toWellFormed(),
      b.head,
      b.events,
      b.throughLine,
      b.done,
      refused.map((r) => [r.line, r.why.toWellFormed(), r.text.toWellFormed()]),
    ]),
  );
