// A log told with stand-ins for everything that names somebody's cloud, so that an incident can be sent to a stranger.
import { type Candidate, dictionary } from '../../../domain/events/dictionary.ts';
import { idOf, kindOf } from '../../../domain/events/entity.ts';
import type { Batch, JournalEntry, Log } from '../../log/types.ts';
import { type Pseudonyms, pseudonymsOf } from './pseudonyms.ts';

/** As much of a schema as tells names from the dictionary's own words. */
type Schema = {
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
};

/** Free text: whatever in it is no plain word is somebody's. */
const SENTENCES: ReadonlySet<string> = new Set(['argv', 'reason', 'fault', 'cause', 'text']);
/** Values that name nothing: samples, times, ranges of numbers, models, and states of other services. */
const PLAIN: ReadonlySet<string> = new Set(
  'values updatedAt vniRange hypervisorType hypervisorVersion cpuModel device layout transport status kind by bridge'.split(
    ' ',
  ),
);

const schemas = new Map<string, Schema>(dictionary.map((entry) => [entry.type, entry.data as Schema]));

const scrubValue = (value: unknown, schema: Schema | undefined, field: string, p: Pseudonyms): unknown => {
  if (typeof value === 'string') {
    const options = schema?.anyOf ?? (schema === undefined ? [] : [schema]);
    if (options.some((o) => o.enum?.includes(value) === true || o.const === value) || PLAIN.has(field)) return value;
    if (field === 'flows') return p.flow(value);
    return SENTENCES.has(field) ? p.sentence(value) : p.name(value);
  }
  if (Array.isArray(value)) {
    const items = schema?.items ?? schema?.anyOf?.find((o) => o.items !== undefined)?.items;
    return value.map((each) => scrubValue(each, items, field, p));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, scrubValue(inner, schema?.properties?.[name], name, p)]),
  );
};

/** An address keeps its kind; `key` stays a key: what was the same fact in two files still is. */
export const scrubEvent = (event: Candidate, p: Pseudonyms): Candidate =>
  ({
    ...event,
    entity: `${kindOf(event.entity)}:${p.name(idOf(event.entity))}`,
    data: scrubValue(event.data, schemas.get(event.type), '', p),
    key: event.key === null ? null : p.digest(event.key, 32),
  }) as Candidate;

const scrubBatch = (batch: Batch, p: Pseudonyms, sources: ReadonlyMap<string, string>): Batch => ({
  ...batch,
  source: { ...batch.source, id: sources.get(batch.source.id) ?? batch.source.id, name: p.name(batch.source.name) },
  events: batch.events.map((event) => scrubEvent(event, p)),
  refused: batch.refused.map(({ line, why }) => ({ line, why: p.sentence(why), text: '' })), // unread, so unknown
});

const scrubEntry = (entry: JournalEntry, p: Pseudonyms, sources: ReadonlyMap<string, string>): JournalEntry => {
  switch (entry.kind) {
    case 'batch':
      return { ...entry, batch: scrubBatch(entry.batch, p, sources) };
    case 'branch':
    case 'renamed':
      return { ...entry, name: p.name(entry.name) };
    case 'dropped':
      return entry;
  }
};

/**
 * The log's journal with names, ids and addresses replaced, the same way for the same seed. Instants, figures and the
 * order of events stay, so that its state is the original's under other names. Reads the log twice: a sentence may name
 * what is introduced after it. In sentences only plain words stay; refused lines lose their text.
 */
export const scrubbed = (log: Pick<Log, 'journal'>, seed: string): Pick<Log, 'journal'> => {
  const p = pseudonymsOf(seed);
  const ids = new Set<string>();
  for (const entry of log.journal()) {
    scrubEntry(entry, p, new Map()); // meets every name
    if (entry.kind === 'batch') ids.add(entry.batch.source.id);
  }
  // At one instant events stand in the order of their sources' ids: their stand-ins keep that order.
  const digits = String(ids.size).length;
  const sources = new Map(
    [...ids].sort().map((id, i) => [id, `scrubbed-${String(i).padStart(digits, '0')}-${p.digest(id, 40)}`]),
  );
  return {
    *journal() {
      for (const entry of log.journal()) yield scrubEntry(entry, p, sources);
    },
  };
};
