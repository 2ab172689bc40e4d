// The format "utilisation": CPU traces as CSV: PlanetLab's (a row a VM), tables by time (a row an interval), and a row a sample.
import { instant } from '../../domain/base/brand.ts';
import { isoInstant } from '../../domain/base/time.ts';
import { createHash } from 'node:crypto';
import { toBase64 } from '../../domain/base/base64.ts';
import { entity } from '../../domain/events/entity.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { type CsvRow, csvRows } from './csv-rows.ts';
import { type Format, type Item, type Proposal, type Reading, refusal } from './format.ts';
import type { Incoming } from './incoming.ts';
import { wholeText } from './json-records.ts';
import { instantOf } from './nova-words.ts';

/** A day of 20,000 VMs every five minutes is 20 MiB; the table is turned on its side, so it is held whole. */
const TRACE_BYTES_MAX = 128 * 1024 * 1024;
/** The interval of CoMon's samples, which PlanetLab's traces are made of. */
const PLANETLAB_INTERVAL_MS = 300_000;
/** A sample is a byte of per cent; 255 means none (`telemetry.sampled`). */
const SCALE = 0.01;
const NO_SAMPLE = 255;

type Trace = {
  readonly names: readonly string[];
  /** Milliseconds since 1970 of each interval; null where the file has none. */
  readonly times: readonly number[] | null;
  readonly intervalMs: number;
  /** One array an interval, one byte an entity. */
  readonly samples: readonly Uint8Array[];
  /** Cells that are no utilisation. */
  readonly wrong: readonly { readonly line: number; readonly text: string }[];
};

type Rows = readonly CsvRow[];

/** Per cent as a byte; null when the cell is no utilisation. An empty cell is no sample. */
const byteOf = (cell: string, unit: number): number | null => {
  if (cell === '') return NO_SAMPLE;
  const percent = Number(cell) * unit;
  return percent >= 0 && percent <= 100 ? Math.round(percent) : null;
};

/** 1 where a table is in per cent, 100 where it is in shares: then no value is above 1. */
const unitOf = (rows: Rows, from: number): number =>
  rows.some(({ cells }) => cells.slice(from).some((cell) => Number(cell) > 1)) ? 1 : 100;

const planetlab = ([header, ...rows]: Rows): Trace => {
  const intervals = (header?.cells.length ?? 1) - 1;
  const wrong: { line: number; text: string }[] = [];
  const sampled = rows.flatMap(({ line, cells }) => {
    const bytes = cells.slice(1).map((cell) => byteOf(cell, 1));
    if (bytes.length === intervals && !bytes.includes(null)) return [{ name: cells[0] ?? '', bytes }];
    wrong.push({ line, text: cells.join(',') });
    return [];
  });
  const samples = Array.from({ length: intervals }, (_, i) =>
    Uint8Array.from(sampled, ({ bytes }) => bytes[i] ?? NO_SAMPLE),
  );
  const names = sampled.map(({ name }) => name);
  return { names, times: null, intervalMs: PLANETLAB_INTERVAL_MS, samples, wrong };
};

/** `2026-03-03 10:00:00`, seconds or milliseconds since 1970. */
const timeOf = (cell: string): number | null => {
  const number = Number(cell);
  if (cell !== '' && Number.isFinite(number) && number >= 0)
    return number > 1e11 ? Math.trunc(number) : Math.trunc(number * 1000);
  return instantOf(cell);
};

/** The commonest distance between two instants. */
const intervalOf = (times: readonly number[]): number => {
  const counts = new Map<number, number>();
  times.forEach((time, i) => {
    const distance = time - (times[i - 1] ?? time);
    if (distance > 0) counts.set(distance, (counts.get(distance) ?? 0) + 1);
  });
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? PLANETLAB_INTERVAL_MS;
};

/** `time,NAME,NAME,…`: a row an interval. */
const byTime = ([header, ...rows]: Rows): Trace => {
  const names = header?.cells.slice(1) ?? [];
  const unit = unitOf(rows, 1);
  const [times, samples]: [number[], Uint8Array[]] = [[], []];
  const wrong: { line: number; text: string }[] = [];
  for (const { line, cells } of rows) {
    const at = timeOf(cells[0] ?? '');
    const bytes = cells.slice(1).map((cell) => byteOf(cell, unit));
    if (at === null || bytes.length !== names.length || bytes.includes(null)) {
      wrong.push({ line, text: cells.join(',') });
      continue;
    }
    times.push(at);
    samples.push(Uint8Array.from(bytes.map((byte) => byte ?? NO_SAMPLE)));
  }
  return { names, times, intervalMs: intervalOf(times), samples, wrong };
};

/** Columns of a table with one sample a row: what it is of, and the sample. */
const OF_VM = /^(?:vm|instance|server|resource)(?:[_ ]?(?:id|name|uuid))?$|^(?:name|id|uuid)$/i;
const OF_HOST = /^(?:host|hypervisor|node|compute)(?:[_ ]?(?:id|name))?$/i;
const SAMPLE =
  /^(?:value|(?:avg_|mean_)?(?:cpu|utili[sz]ation|usage|load)(?:[_ .]?(?:util|utili[sz]ation|usage|percent|pct|%))?)$/i;
const TIME = /^(?:time|timestamp|date|datetime)$/i;

type Long = { readonly time: number; readonly name: number; readonly value: number; readonly kind: 'vm' | 'host' };
const longColumns = (header: readonly string[]): Long | null => {
  const at = (pattern: RegExp): number => header.findIndex((column) => pattern.test(column));
  const [time, vm, host, value] = [at(TIME), at(OF_VM), at(OF_HOST), at(SAMPLE)];
  const name = vm < 0 ? host : vm;
  return time < 0 || name < 0 || value < 0 ? null : { time, name, value, kind: vm < 0 ? 'host' : 'vm' };
};

/** Collectors are late by some seconds: their interval shows in instants rounded to ten. */
const toStep = (at: number): number => Math.round(at / 10_000) * 10_000;

/** A batch that would hold a cell for each entity and interval; beyond this its rows are no regular samples. */
const CELLS_MAX = 50_000_000;

/** `time,vm,cpu`: a row a sample. Each entity is sampled at its own instant of an interval; a batch is one interval of all. */
const oneARow = ([header, ...rows]: Rows): Result<Trace, string> => {
  const columns = longColumns(header?.cells ?? []);
  if (columns === null) return err('its first line names no time, entity and CPU');
  const unit = rows.some(({ cells }) => Number(cells[columns.value]) > 1) ? 1 : 100;
  const wrong: { line: number; text: string }[] = [];
  const byName = new Map<string, { at: number; byte: number }[]>();
  for (const { line, cells } of rows) {
    const [at, name] = [timeOf(cells[columns.time] ?? ''), cells[columns.name] ?? ''];
    const byte = byteOf(cells[columns.value] ?? '', unit);
    if (at === null || name === '' || byte === null) wrong.push({ line, text: cells.join(',') });
    else if (byName.get(name)?.push({ at, byte }) === undefined) byName.set(name, [{ at, byte }]);
  }
  const of = [...byName.values()].map((samples) => samples.sort((a, b) => a.at - b.at));
  const intervalMs = intervalOf(of.flatMap((samples) => samples.map(({ at }) => toStep(at))));
  const starts = new Set(of.flatMap((samples) => samples.map(({ at }) => Math.floor(at / intervalMs))));
  const times = [...starts].sort((a, b) => a - b);
  if (times.length * byName.size > CELLS_MAX) return err('its samples are at no common interval: resample it first');
  const row = new Map(times.map((start, i) => [start, i]));
  const samples = times.map(() => new Uint8Array(byName.size).fill(NO_SAMPLE));
  of.forEach((each, entityAt) => {
    for (const { at, byte } of each)
      samples[row.get(Math.floor(at / intervalMs)) ?? 0]?.fill(byte, entityAt, entityAt + 1);
  });
  const names = [...byName.keys()].map((name) =>
    columns.kind === 'host' && !name.includes(':') ? `host:${name}` : name,
  );
  return ok({ names, times: times.map((start) => start * intervalMs), intervalMs, samples, wrong });
};

/** Spreadsheets of half of Europe separate by semicolons. */
const delimiterOf = (header: string): string =>
  [',', ';', '\t'].reduce((best, each) => (header.split(each).length > header.split(best).length ? each : best));

const HEAD = { planetlab: /^vm,s0,s1,/, byTime: /^"?(?:time|timestamp|date|datetime)"?,/i } as const;

const traceOf = (incoming: Incoming): Result<Trace, string> => {
  if (incoming.bytes > TRACE_BYTES_MAX) return err('a trace is read whole, up to 128 MiB: split it by day');
  let rows: Rows;
  try {
    const text = wholeText(incoming);
    rows = csvRows(text, delimiterOf(text.split('\n', 1)[0] ?? ''));
  } catch (error) {
    return err(
      `it is cut off or no valid CSV: ${error instanceof Error ? error.message.split('\n', 1)[0] : 'unreadable'}`,
    );
  }
  const header = `${rows[0]?.cells.join(',') ?? ''},`;
  const long = longColumns(rows[0]?.cells ?? []) === null ? null : oneARow(rows);
  if (long?.ok === false) return long;
  const trace = HEAD.planetlab.test(header)
    ? planetlab(rows)
    : (long?.value ?? (HEAD.byTime.test(header) ? byTime(rows) : null));
  if (trace === null) return err('its first line names neither PlanetLab samples (vm,s0,s1,…) nor a time and entities');
  const distinct = new Set(trace.names);
  return distinct.size === trace.names.length && !distinct.has('')
    ? ok(trace)
    : err('two of its columns or rows have one name, or none');
};

const addressOf = (name: string): string => (/^(?:host|vm):./.test(name) ? name : entity('vm', name));

/** `planetlab-20110303.csv`: the day its samples are of. */
const dayIn = (fileName: string): number | null => {
  const [, year = '', month = '', day = ''] =
    /(?:^|\D)((?:19|20)\d\d)-?([01]\d)-?([0-3]\d)(?:\D|$)/.exec(fileName) ?? [];
  return year === '' ? null : instantOf(`${year}-${month}-${day}T00:00:00Z`);
};

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24);

const wrongRow = ({ line, text }: { readonly line: number; readonly text: string }): Item =>
  refusal(line, 'this row has another length, or a value that is no utilisation', text);

function* read({ incoming, undatedAt }: Reading): Generator<Item> {
  const traced = traceOf(incoming);
  if (!traced.ok) {
    yield refusal(1, traced.error, '');
    return;
  }
  const { names, times, intervalMs, samples, wrong } = traced.value;
  const day = dayIn(incoming.name);
  const start = times?.[0] ?? day ?? undatedAt;
  if (times === null && day === null) {
    const note = `neither it nor its name gives a day: its samples are placed from ${isoInstant(instant(undatedAt))} on`;
    yield { kind: 'note', line: 0, note };
  }
  if (names.length === 0 || samples.length === 0) {
    for (const each of wrong) yield wrongRow(each);
    if (wrong.length === 0) yield refusal(1, 'it names columns, and holds no samples', '');
    return;
  }
  const entities = names.map(addressOf);
  const roster = entity('roster', digest(entities));
  const common = { line: 1, evidence: times === null ? 'inferred' : 'observed' } as const;
  const facts: Proposal[] = entities
    .filter((address) => address.startsWith('vm:'))
    .map((address) => ({
      type: 'vm.reported',
      v: 1,
      entity: address,
      at: start,
      line: 1,
      evidence: 'inferred',
      data: { name: address.slice('vm:'.length) },
      key: `utilisation/${start}/${address}`.slice(0, 256),
    }));
  facts.push({
    ...common,
    type: 'telemetry.roster_set',
    v: 1,
    entity: roster,
    at: start,
    data: { entities },
    key: `${roster}/${start}`,
  });
  yield { kind: 'facts', line: 1, facts };
  for (const [i, bytes] of samples.entries()) {
    const at = times?.[i] ?? start + i * intervalMs;
    const data = { metric: 'cpu' as const, intervalMs, scale: SCALE, values: toBase64(bytes) };
    const sampled: Proposal = {
      ...common,
      type: 'telemetry.sampled',
      v: 1,
      entity: roster,
      at,
      data,
      key: digest([roster, at, data]),
    };
    yield { kind: 'facts', line: 1, facts: [sampled] };
  }
  for (const each of wrong) yield wrongRow(each);
}

export const utilisation: Format = {
  name: 'utilisation',
  dateless: true,
  sniff: (head) => {
    if (HEAD.planetlab.test(head)) return 0.95;
    const [header = '', first = ''] = head.replace(/^\uFEFF/, '').split(/\r?\n/, 2);
    const delimiter = delimiterOf(header);
    const columns = header.split(delimiter).map((column) => column.replaceAll('"', '').trim());
    if (longColumns(columns) !== null) return 0.7;
    const cells = first.split(delimiter).slice(1);
    const isTable = cells.length > 0 && cells.every((cell) => /^\s*"?[\d.]*"?\s*$/.test(cell));
    return HEAD.byTime.test(`${columns.join(',')},`) && isTable ? 0.6 : 0;
  },
  read,
};
