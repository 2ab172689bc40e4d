// The hash chain: which bytes of an event, a branch and a batch are bound, and in which order.
import { hash } from 'node:crypto';
import type { Cut } from '../../domain/timeline/order.ts';
import type { Refusal } from './types.ts';

/** sha256 in base64url: 43 characters, the cheapest form to make, store and put before the next event's bytes. */
const digest = (text: string): string => hash('sha256', text, 'base64url');

export const toHex = (link: string): string => Buffer.from(link, 'base64url').toString('hex');

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether JSON would write every key in order. What the generator and most importers make passes. */
const isOrdered = (value: object): boolean => {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (isObject(value[i]) && !isOrdered(value[i])) return false;
    return true;
  }
  let before: string | null = null;
  for (const key in value) {
    if (before !== null && before >= key) return false;
    const inner = (value as Fields)[key];
    if (isObject(inner) && !isOrdered(inner)) return false;
    before = key;
  }
  return true;
};

/** A copy whose keys were added in order; JavaScript keeps that order (and puts whole numbers first, by value). */
const ordered = (value: unknown): unknown => {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map(ordered);
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const inner = ordered((value as Fields)[key]);
    if (key === '__proto__') Object.defineProperty(copy, key, { value: inner, enumerable: true });
    else copy[key] = inner;
  }
  return copy;
};

/** JSON with sorted keys at every depth: one text for one value, whoever built it. */
export const canonical = (value: object): string => JSON.stringify(isOrdered(value) ? value : ordered(value));

/** An event's columns as they are stored, beside its place and its source. */
type Stored = {
  readonly at: number;
  readonly type: string;
  readonly v: number;
  readonly entity: string;
  readonly evidence: number;
  readonly line: number;
  readonly key: string | null;
  readonly data: string;
};

/** A text as JSON. Names come again and again and seldom need an escape; asking first costs half of what JSON.stringify does. */
const quoted = (text: string): string => (/^[\w .:@/>-]*$/.test(text) ? `"${text}"` : JSON.stringify(text));

/** A number and a text as JSON, remembered: from event to event they seldom change. */
const pair = (write: (n: number, text: string) => string) => {
  let [lastN, lastText, last] = [NaN, '', ''];
  return (n: number, text: string): string => {
    if (n !== lastN || text !== lastText) [lastN, lastText, last] = [n, text, write(n, text)];
    return last;
  };
};
const kind = pair((v, type) => `${quoted(type)},${v}`);
const origin = pair((evidence, source) => `${evidence},${quoted(source)}`);

/**
 * The link of one event: the link before it (always 43 characters), its place and names as a JSON array, which ends itself,
 * then its data. No two different events have the same bytes. `source` is a content id.
 */
export const eventLink = (before: string, timeline: number, seq: number, source: string, e: Stored): string =>
  digest(
    `${before}[${timeline},${seq},${e.at},${kind(e.v, e.type)},${quoted(e.entity)},${origin(e.evidence, source)},` +
      `${e.line},${e.key === null ? 'null' : quoted(e.key)}]${e.data}`,
  );

export type Birth = {
  readonly id: number;
  readonly parent: number | null;
  readonly forkedAt: Cut | null;
  readonly forkedHead: number;
};

/**
 * Where a timeline's chain begins: its cut, and its parent's link at the fork (empty for `main`). Its name may change, so it is
 * bound by the chain of changes instead.
 */
export const birthLink = (parentLink: string, t: Birth): string =>
  digest(
    // The instant as text, because JSON has no word for the end of time.
    JSON.stringify([
      'timeline',
      parentLink,
      t.id,
      t.parent,
      String(t.forkedAt?.at),
      t.forkedAt?.seq ?? null,
      t.forkedHead,
    ]),
  );

export type Change = {
  readonly id: number;
  readonly timeline: number;
  readonly kind: 'named' | 'dropped';
  readonly name: string | null;
};

/** Names given and drops form a chain of their own; the link before the first is empty. */
export const changeLink = (before: string, c: Change): string =>
  digest(JSON.stringify(['change', before, c.id, c.timeline, c.kind, c.name]));

export type BatchRecord = {
  readonly id: number;
  readonly timeline: number;
  readonly source: string;
  readonly name: string;
  readonly format: string;
  readonly head: number;
  readonly events: number;
  readonly throughLine: number;
  /** 1 with the source's last batch, else 0. */
  readonly done: number;
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
      b.source,
      b.name,
      b.format,
      b.head,
      b.events,
      b.throughLine,
      b.done,
      refused.map((r) => [r.line, r.why, r.text]),
    ]),
  );
