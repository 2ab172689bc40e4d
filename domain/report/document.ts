// A report as a value: what was asked, the answer in one sentence, and sections of text, lists and tables.

export type Column = { readonly head: string; readonly align: 'left' | 'right' };

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly Column[];
      readonly rows: readonly (readonly string[])[];
      /** Rows that were left out; 0 when all are there. */
      readonly more: number;
    };

export type Section = { readonly heading: string; readonly blocks: readonly Block[] };

/** Where the answer comes from, so that a stranger can ask again. */
export type Provenance = {
  /** The log's name; null where the caller does not say. */
  readonly log: string | null;
  readonly timeline: string;
  /** ISO instant. */
  readonly at: string;
  /** Seq of the last event in it, and the state hash there; null where the answer is not about one state. */
  readonly seq: number | null;
  readonly hash: string | null;
};

export type Document = {
  readonly title: string;
  /** The answer, in one or two sentences. */
  readonly verdict: string;
  readonly provenance: Provenance;
  readonly sections: readonly Section[];
};

/** More rows than this are counted, not listed: a report is read, a table of thousands is exported. */
const MOST_ROWS = 200;

export const text = (words: string): Block => ({ kind: 'text', text: words });
export const list = (items: readonly string[]): Block => ({ kind: 'list', items });

/** How a column of a table is made from an item; `right` is for figures. */
export type Maker<T> = {
  readonly head: string;
  readonly right?: true;
  readonly cell: (item: T) => string | number | null;
};

/** A table of items, `null` written as a dash: it does not apply. */
export const table = <T>(items: readonly T[], makers: readonly Maker<T>[]): Block => ({
  kind: 'table',
  columns: makers.map(({ head, right }) => ({ head, align: right === true ? 'right' : 'left' })),
  rows: items.slice(0, MOST_ROWS).map((item) => makers.map(({ cell }) => String(cell(item) ?? '–'))),
  more: Math.max(0, items.length - MOST_ROWS),
});

/** A section, or nothing where it would be empty. */
export const section = (heading: string, blocks: readonly (Block | null)[]): readonly Section[] => {
  const there = blocks.filter((b) => b !== null);
  return there.length === 0 ? [] : [{ heading, blocks: there }];
};
