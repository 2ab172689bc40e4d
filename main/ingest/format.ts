// What every importer of a format promises: to recognise its files and to read them into proposals, line by line.
import type { Evidence, Fact } from '../../domain/events/dictionary.ts';
import type { JournalEntry } from '../log/types.ts';
import type { Incoming } from './incoming.ts';
import type { BesideNames, SharedNames } from './shared-names.ts';

/** A fact as an importer proposes it; `accept.ts` decides whether it is one. */
export type Proposal = Fact & {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly entity: string;
  readonly evidence: Evidence;
  readonly line: number;
  /** Null: the importer knows no id by which the fact would be recognised elsewhere. */
  readonly key: string | null;
};

/** What one line, record or passage came to. Items arrive in rising order of `line`. */
export type Item =
  | { readonly kind: 'facts'; readonly line: number; readonly facts: readonly Proposal[] }
  | { readonly kind: 'ignored'; readonly line: number; readonly what: string; readonly count: number }
  | { readonly kind: 'refused'; readonly line: number; readonly why: string; readonly text: string }
  /** A write of another log, to be done again here. */
  | { readonly kind: 'entry'; readonly line: number; readonly entry: JournalEntry }
  /** Something worth telling the person that refuses nothing. */
  | { readonly kind: 'note'; readonly line: number; readonly note: string };

export type Reading = {
  readonly incoming: Incoming;
  /** Where a document that gives no times at all is placed, milliseconds since 1970. */
  readonly undatedAt: number;
  /** True where a person said so: then it is a snapshot of that instant, and the same content at another is another one. */
  readonly asked: boolean;
  /** What the other documents of the import call things; absent where it stands alone. */
  readonly names?: BesideNames;
};

export interface Format {
  readonly name: string;
  /** True where a file's name says what it is about: then two files of one content are two. */
  readonly nameTells?: (fileName: string) => boolean;
  /** True where files may give no times: then the instant a person gives is part of what they are. */
  readonly dateless?: boolean;
  /** What a file of it calls things, for the others that come with it. */
  readonly names?: (incoming: Incoming) => SharedNames;
  /** How sure it is, 0 (not at all) to 1, from the first bytes as text (lines end in \n) and the file's name. */
  readonly sniff: (head: string, fileName: string) => number;
  /** Reads the whole of it; the last item's line is at most the number of lines. */
  readonly read: (reading: Reading) => Iterable<Item>;
}

export const LONGEST_QUOTE = 200; // enough to find the line again; refused lines can be huge

export const refusal = (line: number, why: string, text: string): Item => ({
  kind: 'refused',
  line,
  why,
  text: text.slice(0, LONGEST_QUOTE),
});
export const ignored = (line: number, what: string, count = 1): Item => ({ kind: 'ignored', line, what, count });
