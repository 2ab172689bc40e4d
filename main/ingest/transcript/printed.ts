// What clients print with `-f json`, `-f yaml`, `-f csv`, `-f value` and `-f shell`, as the table they print without it.
import { parse as parseYaml } from 'yaml';
import { csvRows } from '../csv-rows.ts';
import { type Fields, isFields } from '../json-records.ts';
import type { Block, Command, Row, Table, Text } from './scan.ts';
import { shellRows } from './shell-format.ts';
import { valueRows } from './value-format.ts';

/** `addresses` of a VM has four levels. */
const DEPTH_MAX = 20;

/** A value as the same command's table prints it. */
const cellOf = (value: unknown, depth = 0): string => {
  if (value === null || value === undefined || depth > DEPTH_MAX) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map((each) => cellOf(each, depth + 1)).join(', ');
  const pairs = Object.entries(value)
    .map(([name, inner]) => `${name}=${cellOf(inner, depth + 1)}`) // {"net": ["10.0.0.3"]} is `net=10.0.0.3`
    .join('; ');
  return depth === 0 ? pairs : `{${pairs}}`;
};

const tableOf = (line: number, header: readonly string[], rows: readonly Row[]): Table => ({
  kind: 'table',
  line,
  header,
  rows,
  broken: [],
});

/** Which line of a document its nth record is told to stand on. */
type LineOf = (nth: number) => number;

/** Records with the same fields are a listing; a single one is `show`. Null when it is neither. */
const fromRecords = (value: unknown, lineOf: LineOf): Table | null => {
  if (isFields(value) && isFields(value['inventories'])) {
    // Placement's own API names each resource class by a key.
    const classes = Object.entries(value['inventories']).map(([name, figures]) => ({
      resource_class: name,
      ...(isFields(figures) ? figures : {}),
    }));
    return fromRecords(classes, lineOf);
  }
  if (isFields(value)) {
    const rows = Object.entries(value).map(([name, inner], i) => ({ line: lineOf(i), cells: [name, cellOf(inner)] }));
    return tableOf(lineOf(0), ['Field', 'Value'], rows);
  }
  if (!Array.isArray(value)) return null;
  const records = value.filter((record): record is Fields => isFields(record));
  const header = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const rows = records.map((record, i) => ({ line: lineOf(i), cells: header.map((name) => cellOf(record[name])) }));
  return records.length === value.length && header.length > 0 ? tableOf(lineOf(0), header, rows) : null;
};

/** The table in JSON; throws what `JSON.parse` throws. */
export const tableInJson = (text: string, lineOf: LineOf): Table | null => fromRecords(JSON.parse(text), lineOf);

/** The table in YAML, its texts as they stand: a host may be named 010 or 1e3. Throws where it is none. */
export const tableInYaml = (text: string, lineOf: LineOf): Table | null =>
  fromRecords(parseYaml(text, { schema: 'failsafe', logLevel: 'error' }), lineOf);

/** The table in CSV, numbered from `line`; throws on open quotes. */
export const tableInCsv = (text: string, line: number): Table | null => {
  const [header, ...rows] = csvRows(text).map((row) => ({ ...row, line: row.line + line - 1 }));
  if (header === undefined) return null;
  const columns = header.cells.length;
  const broken = rows
    .filter(({ cells }) => cells.length !== columns)
    .map((row) => ({
      line: row.line,
      why: `this row has ${row.cells.length} cells, not ${columns}`,
      text: row.cells.join(','),
    }));
  return {
    ...tableOf(
      line,
      header.cells,
      rows.filter(({ cells }) => cells.length === columns),
    ),
    broken,
  };
};

/** `Field` and `Value` of one thing as `-f shell` prints it; null where there is none. */
export const tableInShell = (text: string): Table | null => {
  const { rows } = shellRows(text.split('\n').map((each, i) => ({ line: i + 1, text: each.trimEnd() })));
  return rows.length === 0 ? null : tableOf(1, ['Field', 'Value'], rows);
};

/** How many of these lines one JSON value takes; 0 where it does not end among them. */
const jsonLines = (texts: readonly Text[]): number => {
  let depth = 0;
  let quoted = false;
  for (const [i, { text }] of texts.entries()) {
    for (let at = 0; at < text.length; at++) {
      const c = text.charAt(at);
      if (quoted && c === '\\') at++;
      else if (c === '"') quoted = !quoted;
      else if (!quoted && (c === '{' || c === '[')) depth++;
      else if (!quoted && (c === '}' || c === ']')) depth--;
    }
    if (depth === 0) return i + 1;
  }
  return 0;
};

/** `Name: web`, `OS-EXT-STS:vm_state: active`, an element of a list. */
const YAML_LINE = /^(?:- |-$|[\w"'][^:]*(?::[^:\s]+)*:(?: |$))/;
const linesLike = (texts: readonly Text[], isPart: (text: Text) => boolean): number => {
  const end = texts.findIndex((text) => !isPart(text));
  return end < 0 ? texts.length : end;
};

const formatAsked = ({ words }: Command): string | null => {
  const at = words.findIndex((word) => word === '-f' || word === '--format');
  const joined = words.find((word) => word.startsWith('--format=') || /^-f(?:json|yaml|csv|value|shell)$/.test(word));
  return (at < 0 ? joined?.replace(/^(?:--format=|-f)/, '') : words[at + 1]) ?? null;
};

type Printed = { readonly table: Table; readonly lines: number };

const printedValues = ({ words }: Command, texts: readonly Text[]): Printed | null => {
  const values = valueRows(words, texts);
  const first = values?.rows[0];
  if (values === null || first === undefined) return null;
  const { header, rows, broken } = values;
  return { table: { ...tableOf(first.line, header, rows), broken }, lines: rows.length + broken.length };
};

/** The table at the head of what a command printed; null where there is none. */
const printedBy = (command: Command, texts: readonly Text[]): Printed | null => {
  const [first] = texts;
  if (first === undefined) return null;
  const asked = formatAsked(command);
  if (asked === 'value') return printedValues(command, texts);
  if (asked === 'shell') {
    const { rows, lines } = shellRows(texts);
    return rows.length === 0 ? null : { table: tableOf(first.line, ['Field', 'Value'], rows), lines };
  }
  const isJson = /^(?:\{|\[)\s*(?:$|["{\]])/.test(first.text);
  if (!isJson && asked !== 'yaml' && asked !== 'csv') return null;
  const columns = first.text.split(',').length;
  const lines = isJson
    ? jsonLines(texts)
    : asked === 'yaml'
      ? linesLike(texts, ({ text, indent }) => indent > 0 || YAML_LINE.test(text))
      : linesLike(texts, ({ text }) => text.split(',').length >= columns);
  const text = texts
    .slice(0, lines)
    .map(({ text: line, indent }) => ' '.repeat(indent) + line)
    .join('\n');
  const lineOf = (): number => first.line;
  try {
    const table = isJson
      ? tableInJson(text, lineOf)
      : asked === 'yaml'
        ? tableInYaml(text, lineOf)
        : tableInCsv(text, first.line);
    return table === null ? null : { table, lines };
  } catch {
    return null; // text that only looks like it
  }
};

/** The blocks of a document with JSON, YAML and CSV that a command printed read as tables. */
export const withPrinted = (blocks: readonly Block[]): readonly Block[] => {
  const out: Block[] = [];
  for (let at = 0; at < blocks.length; at++) {
    const block = blocks[at]!;
    out.push(block);
    if (block.kind !== 'command') continue;
    const texts: Text[] = [];
    for (let i = at + 1; blocks[i]?.kind === 'text'; i++) texts.push(blocks[i] as Text);
    const printed = printedBy(block, texts);
    if (printed === null) continue;
    out.push(printed.table);
    at += printed.lines;
  }
  return out;
};
