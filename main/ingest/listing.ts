// The format "listing": a client's output with `-f json`, `-f yaml` or `-f csv`, one listing or one thing a file.
import { type Format, type Item, type Reading, refusal } from './format.ts';
import type { Incoming } from './incoming.ts';
import { wholeText } from './json-records.ts';
import { readListing } from './transcript/listings.ts';
import { tableInCsv, tableInJson, tableInYaml } from './transcript/printed.ts';
import type { Table } from './transcript/scan.ts';
import { inventoryNamed } from './transcript/tables.ts';
import { tellBlocks } from './transcript/transcript.ts';

/** A listing of 100,000 VMs is 50 MiB; it is parsed whole. */
const LISTING_BYTES_MAX = 64 * 1024 * 1024;

/** Records are numbered from 1, as they come. */
const nth = (i: number): number => i + 1;

const parsed = (incoming: Incoming): Table | null => {
  const text = wholeText(incoming);
  if (/^\s*[[{]/.test(text)) return tableInJson(text, nth);
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

const VM_KEYS = /"?(?:OS-EXT-STS:vm_state|OS-EXT-SRV-ATTR:host|Networks)"?\s*[:,]/;
const OTHER_KEYS =
  /"?(?:Hypervisor Hostname|hypervisor_hostname|Binary|Source Compute|Attached to|Consumes Quota|root_provider_uuid|resource_class|inventories|source_compute)"?\s*[:,]/;
const FLAVOR_KEYS = /"?VCPUs"?\s*[:,]/;
const CSV_HEADER = /^"?[\w :-]+"?(?:,"?[\w :-]+"?)+\r?\n/;

/** A CSV is a listing when its header is one that is read. */
const isCsvListing = (head: string): boolean => {
  const header = CSV_HEADER.exec(head)?.[0];
  if (header === undefined) return false;
  const columns = header
    .trim()
    .split(',')
    .map((column) => column.replaceAll('"', ''));
  return readListing({ header: columns, rows: [] }) !== null || /(?:^|,)"?Networks"?(?:,|\r?\n)/.test(header);
};

export const listing: Format = {
  name: 'listing',
  dateless: true,
  nameTells: (fileName) => inventoryNamed(fileName) !== null,
  sniff: (head) => {
    if (isCsvListing(head)) return 0.85;
    const isJson = /^\s*(?:\[\s*(?:\{|\])|\{)/.test(head);
    const isYaml = /^\s*(?:---\n)?(?:- )?["']?[A-Za-z][\w :-]*["']?: ?[^|]*\n/.test(head) && !head.includes('\n+-');
    if (!isJson && !isYaml) return 0;
    const known = VM_KEYS.test(head) || OTHER_KEYS.test(head) || FLAVOR_KEYS.test(head);
    return known ? (isJson ? 0.8 : 0.5) : 0;
  },
  read,
};
