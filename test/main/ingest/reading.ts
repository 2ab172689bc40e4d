// Reads text with a format, as the tests of this room need it.
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { accept } from '../../../main/ingest/accept.ts';
import type { Format, Item } from '../../../main/ingest/format.ts';
import { fromBytes, fromFile, type Incoming } from '../../../main/ingest/incoming.ts';

export const SEEDS = `${import.meta.dirname}/../../conformance/data/seeds`;
export const UNDATED = Date.UTC(2014, 2, 1);

export const itemsOf = (format: Format, incoming: Incoming): readonly Item[] => [
  ...format.read({ incoming, undatedAt: UNDATED, asked: true }),
];

/** Facts as the door accepts them; a proposal it refuses fails the test. */
export const factsOf = (format: Format, incoming: Incoming): readonly Candidate[] =>
  itemsOf(format, incoming).flatMap((item) =>
    item.kind !== 'facts'
      ? []
      : item.facts.map((fact) => {
          const accepted = accept(fact);
          if (!accepted.ok) throw new Error(`line ${fact.line}: ${accepted.error}`);
          return accepted.value;
        }),
  );

export const text = (...lines: readonly string[]): Incoming =>
  fromBytes('paste.txt', new TextEncoder().encode(`${lines.join('\n')}\n`), UNDATED);
export const seed = (name: string): Incoming => fromFile(`${SEEDS}/${name}`);

/** `hh:mm:ss` of an instant. */
export const clock = (at: number): string => new Date(at).toISOString().slice(11, 19);
