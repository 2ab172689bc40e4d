// Reads a traffic matrix from CSV: one line a pair and direction, columns named in the first line.
import { err, ok, type Result } from '../base/result.ts';
import { FRAME_BYTES_MIN } from './frame.ts';
import { SKB_BYTES_MAX } from './path.ts';
import { type Flow, FRAME_BYTES_DEFAULT } from './traffic.ts';

/** Columns that give the rate, and the bytes a second of one unit. */
const RATE_COLUMNS: Readonly<Record<string, number>> = {
  bytes_per_s: 1,
  bits_per_s: 1 / 8,
  kbps: 125,
  mbps: 125_000,
  gbps: 125_000_000,
};
/** Other names that collectors give the columns. */
const SYNONYMS: Readonly<Record<string, string>> = {
  src: 'from',
  source: 'from',
  source_vm: 'from',
  dst: 'to',
  dest: 'to',
  destination: 'to',
  destination_vm: 'to',
  bytes_per_second: 'bytes_per_s',
  'bytes/s': 'bytes_per_s',
  bits_per_second: 'bits_per_s',
  bps: 'bits_per_s',
  'bits/s': 'bits_per_s',
  'kbit/s': 'kbps',
  'mbit/s': 'mbps',
  'gbit/s': 'gbps',
};
/** A column's name as this reader knows it. */
export const trafficColumn = (name: string): string => {
  const plain = name.replaceAll('"', '').trim().toLowerCase().replaceAll(' ', '_');
  return SYNONYMS[plain] ?? plain;
};
const NUMBER = /^\d+(\.\d+)?([eE][+-]?\d+)?$/;
/** Ten thousand lines wrong in the same way are one mistake. */
const MOST_FAULTS = 20;

/** `line` counts from 1, `field` is the column's name, null where the line as a whole is wrong. */
export type CsvFault = { readonly line: number; readonly field: string | null; readonly why: string };

const CELL = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(?:,|$)/y;

/** Cells of a line; quoted ones may hold commas. Null where a quote is not closed or stands inside a cell. */
const cellsOf = (line: string): readonly string[] | null => {
  const cells: string[] = [];
  CELL.lastIndex = 0;
  for (let end = 0; ;) {
    CELL.lastIndex = end;
    const cell = CELL.exec(line);
    if (cell === null) return null;
    cells.push(cell[1] === undefined ? (cell[2] ?? '').trim() : cell[1].replaceAll('""', '"'));
    end = CELL.lastIndex;
    if (end >= line.length) return line.endsWith(',') && cell[0] !== '' ? [...cells, ''] : cells;
  }
};

type Columns = {
  readonly from: number;
  readonly to: number;
  readonly rate: number;
  readonly unit: number;
  readonly frame: number;
  readonly names: readonly string[];
};

const columnsOf = (names: readonly string[]): Result<Columns, CsvFault> => {
  const at = (name: string): number => names.indexOf(name);
  const missing = ['from', 'to'].find((name) => at(name) < 0);
  if (missing !== undefined) return err({ line: 1, field: missing, why: 'the first line does not name this column' });
  const rates = names.filter((name) => Object.hasOwn(RATE_COLUMNS, name));
  const [rate, second] = rates;
  const choice = Object.keys(RATE_COLUMNS).join(', ');
  if (rate === undefined) return err({ line: 1, field: null, why: `no column gives the rate: name one of ${choice}` });
  if (second !== undefined) return err({ line: 1, field: second, why: `the rate is given twice, by ${rate} too` });
  return ok({
    from: at('from'),
    to: at('to'),
    rate: at(rate),
    unit: RATE_COLUMNS[rate]!,
    frame: at('frame_bytes'),
    names,
  });
};

const flowOf = (cells: readonly string[], c: Columns, line: number): Result<Flow, CsvFault> => {
  const wrong = (field: number, why: string) => err({ line, field: c.names[field] ?? null, why });
  if (cells.length !== c.names.length)
    return err({ line, field: null, why: `${cells.length} fields where the first line names ${c.names.length}` });
  const [from = '', to = '', rate = ''] = [cells[c.from], cells[c.to], cells[c.rate]];
  if (from === '') return wrong(c.from, 'no VM is named');
  if (to === '') return wrong(c.to, 'no VM is named');
  if (from === to) return wrong(c.to, `${to} is both ends`);
  const bytesPerS = Number(rate) * c.unit;
  if (!NUMBER.test(rate) || !Number.isFinite(bytesPerS))
    return wrong(c.rate, `${rate === '' ? 'nothing' : rate} is no rate`);
  const frame = cells[c.frame] ?? '';
  const frameBytes = frame === '' ? FRAME_BYTES_DEFAULT : Number(frame);
  if (frame !== '' && (!NUMBER.test(frame) || frameBytes < FRAME_BYTES_MIN || frameBytes > SKB_BYTES_MAX))
    return wrong(c.frame, `${frame} is no frame of ${FRAME_BYTES_MIN} to ${SKB_BYTES_MAX} bytes`);
  return ok({ from, to, bytesPerS, frameBytes });
};

/**
 * Columns `from`, `to`, one rate (`bytes_per_s`, `bits_per_s`, `kbps`, `mbps`, `gbps`) and, if known, `frame_bytes`; others are ignored.
 * `src`, `source`, `dst`, `destination`, `bytes/s`, … are these, too.
 * Errors: every line that is wrong, up to 20, and nothing is read then.
 */
export const parseTrafficCsv = (text: string): Result<readonly Flow[], readonly CsvFault[]> => {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const head = cellsOf(lines[0] ?? '');
  if (head === null || head.every((cell) => cell === ''))
    return err([{ line: 1, field: null, why: 'the first line has to name the columns' }]);
  const columns = columnsOf(head.map(trafficColumn));
  if (!columns.ok) return err([columns.error]);
  const flows: Flow[] = [];
  const faults: CsvFault[] = [];
  for (const [i, line] of lines.entries()) {
    if (i === 0 || line.trim() === '') continue;
    const cells = cellsOf(line);
    const flow =
      cells === null
        ? err({ line: i + 1, field: null, why: 'a quote is not closed' })
        : flowOf(cells, columns.value, i + 1);
    if (flow.ok) flows.push(flow.value);
    else if (faults.push(flow.error) >= MOST_FAULTS) break;
  }
  return faults.length > 0 ? err(faults) : ok(flows);
};

/** `mbps: fast is no rate`; who shows it says which line that is. */
export const csvFaultSentence = ({ field, why }: CsvFault): string => `${field === null ? '' : `${field}: `}${why}`;
