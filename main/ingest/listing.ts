// The format "listing": a client's output with `-f json`, `-f yaml`, `-f csv` or `-f shell`, one listing or one thing a file.
import { type Format, type Item, type Reading, refusal } from './format.ts';
import type { Incoming } from './incoming.ts';
import { wholeText } from './json-records.ts';
import { beginningOf } from './listing-fields.ts';
import { NO_NAMES, type SharedNames } from './shared-names.ts';
import { namesOf } from './transcript/directory.ts';
import { tableInCsv, tableInJson, tableInShell, tableInYaml } from './transcript/printed.ts';
import type { Table } from './transcript/scan.ts';
import { inventoryNamed, isKnown } from './transcript/tables.ts';
import { tellBlocks } from './transcript/transcript.ts';

/** A listing of 100,000 VMs is 50 MiB; it is parsed whole. */
const LISTING_BYTES_MAX = 64 * 1024 * 1024;

/** Records are numbered from 1, as they come. */
const nth = (i: number): number => i + 1;

const parsed = (incoming: Incoming): Table | null => {
  const text = wholeText(incoming);
  if (/^\s*[[{]/.test(text)) return tableInJson(text, nth);
  if (/^[a-z_]\w*="/i.test(text)) return tableInShell(text);
  return /^\s*"?[\w :-]+"?,/.test(text) ? tableInCsv(text, 1) : tableInYaml(text, nth);
};

function* read(reading: Reading): Generator<Item> {
  const { incoming } = reading;
  if (incoming.bytes > LISTING_BYTES_MAX) {
    yield refusal(1, 'a listing is read whole, up to 64 MiB', '');
    return;
  }
  let table: Table | null;
  try {
    table = parsed(incoming);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : 'it cannot be parsed';
    yield refusal(1, `it is cut off or no valid listing: ${why}`, '');
    return;
  }
  if (table === null) yield refusal(1, 'it is neither a listing nor the fields of one thing', '');
  else yield* tellBlocks([table], reading);
}

const SURE = { json: 0.8, csv: 0.85, shell: 0.8, yaml: 0.5 } as const;

/** What a listing calls things; nothing where it cannot be parsed, which its reading will tell. */
const namesIn = (incoming: Incoming): SharedNames => {
  if (incoming.bytes > LISTING_BYTES_MAX) return NO_NAMES;
  try {
    const table = parsed(incoming);
    return table === null ? NO_NAMES : namesOf([table]);
  } catch {
    return NO_NAMES;
  }
};

export const listing: Format = {
  name: 'listing',
  dateless: true,
  names: namesIn,
  nameTells: (fileName) => inventoryNamed(fileName) !== null,
  sniff: (head) => {
    const beginning = beginningOf(head);
    if (beginning === null) return 0;
    const { form, fields, isOne } = beginning;
    const known = isOne ? isKnown(['Field', 'Value'], fields) : isKnown(fields, []);
    return known ? SURE[form] : 0;
  },
  read,
};
