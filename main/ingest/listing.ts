// The format "listing": a client's output with `-f json`, `-f yaml` or `-f csv`, one listing or one thing a file.
import { parse as parseYaml } from 'yaml';
import { type CsvRow, csvRows } from './csv-rows.ts';
import { type Format, type Item, type Reading, refusal } from './format.ts';
import type { Incoming } from './incoming.ts';
import { type Fields, isFields, wholeText } from './json-records.ts';
import { readListing } from './transcript/listings.ts';
import type { Row, Table } from './transcript/scan.ts';
import { tellBlocks } from './transcript/transcript.ts';

/** A listing of 100,000 VMs is 50 MiB; it is parsed whole. */
const LISTING_BYTES_MAX = 64 * 1024 * 1024;

/** `addresses` of a VM has four levels. */
const DEPTH_MAX = 20;

/** A value as the same command's table prints it. */
const cellOf = (value: unknown, depth = 0): string => {
  if (value === null || value === undefined || depth > DEPTH_MAX) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map((each) => cellOf(each, depth + 1)).join(', ');
  return Object.entries(value)
    .map(([name, inner]) => `${name}=${cellOf(inner, depth + 1)}`) // {"net": ["10.0.0.3"]} is `net=10.0.0.3`
    .join('; ');
};

const tableOf = (header: readonly string[], rows: readonly Row[]): Table => ({
  kind: 'table',
  line: 1,
  header,
  rows,
  broken: [],
});

/** Records with the same fields are a listing; a single one is `show`. Rows are numbered from 1, as they come. */
const fromRecords = (value: unknown): Table | null => {
  if (isFields(value)) {
    const rows = Object.entries(value).map(([name, inner], i) => ({ line: i + 1, cells: [name, cellOf(inner)] }));
    return tableOf(['Field', 'Value'], rows);
  }
  if (!Array.isArray(value)) return null;
  const records = value.filter((record): record is Fields => isFields(record));
  const header = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record, i) => ({ line: i + 1, cells: header.map((name) => cellOf(record[name])) }));
  return records.length === value.length && header.length > 0 ? tableOf(header, rows) : null;
};

const fromCsv = (incoming: Incoming): Table | null => {
  const [header, ...rows] = csvRows(incoming);
  if (header === undefined) return null;
  const isWhole = ({ cells }: CsvRow): boolean => cells.length === header.cells.length;
  const whole = rows.filter(isWhole);
  const broken = rows
    .filter((row) => !isWhole(row))
    .map(({ line, cells }) => ({
      line,
      why: `this row has ${cells.length} cells, not ${header.cells.length}`,
      text: cells.join(','),
    }));
  return { ...tableOf(header.cells, whole), broken };
};

const parsed = (incoming: Incoming): Table | null => {
  const text = wholeText(incoming);
  if (/^\s*[[{]/.test(text)) return fromRecords(JSON.parse(text));
  if (/^\s*"?[\w :-]+"?,/.test(text)) return fromCsv(incoming);
  return fromRecords(parseYaml(text, { schema: 'failsafe' })); // texts as they stand: a host may be named 010 or 1e3
};

function* read({ incoming, undatedAt }: Reading): Generator<Item> {
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
  else yield* tellBlocks([table], undatedAt);
}

const VM_KEYS = /"?(?:OS-EXT-STS:vm_state|OS-EXT-SRV-ATTR:host|Networks)"?\s*[:,]/;
const OTHER_KEYS =
  /"?(?:Hypervisor Hostname|hypervisor_hostname|Binary|Source Compute|Attached to|Consumes Quota|root_provider_uuid)"?\s*[:,]/;
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
  sniff: (head) => {
    if (isCsvListing(head)) return 0.85;
    const isJson = /^\s*(?:\[\s*(?:\{|\])|\{)/.test(head);
    const isYaml = /^(?:- |\s{0,2})[\w"':-][^|\n]*: ?.*$/m.test(head.slice(0, 200)) && !head.includes('\n+-');
    if (!isJson && !isYaml) return 0;
    const known = VM_KEYS.test(head) || OTHER_KEYS.test(head) || FLAVOR_KEYS.test(head);
    return known ? (isJson ? 0.8 : 0.5) : 0;
  },
  read,
};
