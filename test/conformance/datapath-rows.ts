// Rows of the calibration file as they are written, and the settings that can be read out of their words.
export type CalibrationRow = {
  readonly id: string;
  readonly source?: string;
  readonly clock_ghz?: number | null;
  readonly contexts?: Readonly<Record<string, readonly string[]>>;
  readonly rate_mpps?: number | null;
  readonly frame_bytes?: number | null;
  readonly link_gbps?: number | null;
  readonly read?: string;
  readonly cpu_hyperthreads_reported?: number | null;
  readonly gbps?: number | null;
  readonly mtu?: number;
  readonly offloads?: string;
  readonly path?: string;
  readonly note?: string;
  readonly cpu?: string;
  readonly mpps?: number | readonly number[] | Readonly<Record<string, readonly number[]>>;
  readonly labels?: readonly string[];
  readonly cores?: readonly number[];
  readonly subtable_lookups?: readonly number[];
  readonly mpps_single_core?: number;
  readonly mpps_max?: number;
  readonly us_p50_p90_p99?: Readonly<Record<string, readonly number[]>>;
  readonly hyperthreads?: Readonly<Record<string, number | string>>;
  readonly gain_pct?: Readonly<Record<string, number>>;
};

export type Section = { readonly name: string; readonly rows: readonly CalibrationRow[] };

const isRow = (value: unknown): value is CalibrationRow =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';

/** Every list of rows in the file, whatever it is called, but those marked as not to be used. */
export const sectionsOf = (file: Readonly<Record<string, unknown>>): readonly Section[] =>
  Object.entries(file).flatMap(([name, value]) =>
    Array.isArray(value) && !name.includes('do_not_use') ? [{ name, rows: value.filter(isRow) }] : [],
  );

/** All that a row says, in small letters. */
export const wordsOf = (row: CalibrationRow): string =>
  [row.id, row.path, row.offloads, row.note]
    .filter((w) => w !== undefined)
    .join(' ')
    .toLowerCase();

const REPOSITORY = /[\w-]+\/[\w-]+/;
const repositoryOf = (row: CalibrationRow): string | null =>
  row.source?.replace('github ', '').match(REPOSITORY)?.[0] ?? null;

/** Clocks of processors that rows name without theirs: base clocks (Intel), and what the SIGCOMM '21 authors say of their own. */
const CPU_GHZ: Readonly<Record<string, number>> = { 'E5-2690': 2.9, 'E5-2630': 2.3, 'E5-2440 v2': 2.4 };

/** Clock of a row in GHz: its own, one in its words, its processor's, another row's of the same repository; null otherwise. */
export const clockOf = (row: CalibrationRow, all: readonly CalibrationRow[]): number | null => {
  if (typeof row.clock_ghz === 'number') return row.clock_ghz;
  const words = `${row.id} ${row.cpu ?? ''} ${row.note ?? ''}`;
  const said = words.match(/(\d+(?:\.\d+)?) ?GHz/i);
  if (said !== null) return Number(said[1]);
  const rig = all.find(
    (r) => typeof r.clock_ghz === 'number' && repositoryOf(r) !== null && repositoryOf(r) === repositoryOf(row),
  );
  if (typeof rig?.clock_ghz === 'number') return rig.clock_ghz;
  const cpu = Object.keys(CPU_GHZ).find((name) => words.includes(name));
  return cpu === undefined ? null : CPU_GHZ[cpu]!;
};

/** Cores a row's words name (`12-core`); 1 otherwise. */
export const coresOf = (row: CalibrationRow): number => Number(wordsOf(row).match(/(\d+)-core/)?.[1] ?? 1);

/** Bytes of the frame: its field, or `118 b` in its words, or 64. */
export const frameOf = (row: CalibrationRow): number => row.frame_bytes ?? Number(row.id.match(/(\d+) B\b/)?.[1] ?? 64);
