// The door of `predict`: one JSON line becomes a described migration, or a sentence for each thing wrong with it.
import { nearName } from '../base/near-name.ts';
import { err, ok, type Result } from '../base/result.ts';
import { AUTO_CONVERGE_DEFAULTS, PAGE_BYTES, type QemuVersion, type WritePattern } from './qemu.ts';

export const PREDICT_MODES = ['precopy', 'postcopy', 'autoconverge', 'block', 'shared', 'volume'] as const;
export type PredictMode = (typeof PREDICT_MODES)[number];

/** One migration to predict. Bytes, bytes a second (also where a name ends in Bps), seconds or ms as named. */
export type PredictInput = {
  readonly id: string;
  readonly mode: PredictMode;
  readonly ramBytes: number;
  readonly touchedBytes: number;
  readonly workingSetBytes: number;
  readonly dirtyPagesPerS: number;
  readonly pattern: WritePattern;
  /** QEMU's max-bandwidth; null is unlimited. */
  readonly maxBandwidthBps: number | null;
  /** What the link carries; null where nothing is known to limit it. */
  readonly linkBps: number | null;
  readonly downtimeLimitMs: number;
  readonly autoConverge: boolean;
  /** Seconds after the start; null: at the end of the first pass in mode postcopy, never otherwise. */
  readonly postCopyAfterS: number | null;
  readonly diskBytes: number;
  readonly diskFill: number;
  readonly diskWriteBps: number;
  /** Cancelled if still running then; null never. */
  readonly timeoutS: number | null;
  // Beyond the contract; each has the default of an ordinary host.
  /** Guest disk writes fall into this much of the disk; null assumes 32 MiB. */
  readonly diskWriteRegionBytes: number | null;
  /** What the source reads of its disk a second; null where nothing is known to limit it. */
  readonly diskReadBps: number | null;
  /** The target discards, so that holes of the disk pass free of the speed limit. */
  readonly targetDiscards: boolean;
  /** max-postcopy-bandwidth; null is unlimited. */
  readonly maxPostcopyBandwidthBps: number | null;
  /** cpu-throttle-initial and cpu-throttle-increment. */
  readonly throttleInitialPct: number;
  readonly throttleIncrementPct: number;
  readonly multifd: boolean;
  /** QEMU's major and minor version. */
  readonly qemuVersion: QemuVersion;
  /** Whether the hosts' processors are all busy, or mostly idle; null where nobody knows. */
  readonly hostsBusy: boolean | null;
};

/** QEMU's default downtime-limit. */
const DOWNTIME_LIMIT_MS = 300;
/** QEMU refuses a downtime-limit above 2,000 seconds. */
const DOWNTIME_LIMIT_MS_MOST = 2_000_000;
/** Far above any machine built; beyond it a unit has been mistaken. */
const RAM_BYTES_MOST = 2 ** 46;
const DISK_BYTES_MOST = 2 ** 50;
/** 10 Tbit/s. */
const BYTES_PER_S_MOST = 1.25e12;
/** Below a modem's pace a unit has been mistaken. */
const BYTES_PER_S_LEAST = 1000;
/** 4 TB/s of writes: more than the memory of any host takes. */
const PAGES_PER_S_MOST = 1e9;
const TIMEOUT_S_MOST = 30 * 86_400;
/** The version most of the measured runs were made with; from 8.2 on, rate-limited windows carry up to 131 kB more. */
const QEMU_VERSION: QemuVersion = 7.2;

type Fields = Readonly<Record<string, unknown>>;

type Range = { readonly least: number; readonly most: number; readonly unit: string };

const PERCENT: Range = { least: 1, most: 99, unit: 'per cent' };

/** Reads fields one by one and keeps a sentence for each that will not do. */
class Reader {
  readonly wrong: string[] = [];
  readonly #fields: Fields;
  readonly #asked = new Set<string>();

  constructor(fields: Fields) {
    this.#fields = fields;
  }

  #value(name: string): unknown {
    this.#asked.add(name);
    return this.#fields[name];
  }

  /** Fields nobody asked for, whose names are those of missing ones but for a slip; others are somebody's own notes. */
  lookForSlips(): void {
    const missing = [...this.#asked].filter((name) => this.#fields[name] === undefined);
    for (const name of Object.keys(this.#fields)) {
      const meant = this.#asked.has(name) ? null : nearName(name, missing);
      if (meant !== null) this.wrong.push(`${name} is not a field; ${meant} is.`);
    }
  }

  #number(name: string, range: Range): number | null {
    const value = this.#value(name);
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      this.wrong.push(`${name} is ${show(value)}; it must be a number (${range.unit}).`);
      return null;
    }
    if (value < range.least || value > range.most) {
      const why =
        value < 0 ? 'it cannot be negative' : `it must lie between ${range.least} and ${range.most} ${range.unit}`;
      this.wrong.push(`${name} is ${value}; ${why}.`);
      return null;
    }
    return value;
  }

  #isAbsent(name: string): boolean {
    const value = this.#value(name);
    return value === undefined || value === null;
  }

  required(name: string, range: Range): number {
    if (this.#isAbsent(name)) {
      this.wrong.push(`${name} is missing.`);
      return 0;
    }
    return this.#number(name, range) ?? 0;
  }

  /** Absent or null gives `otherwise`. */
  optional<T>(name: string, range: Range, otherwise: T): number | T {
    if (this.#isAbsent(name)) return otherwise;
    return this.#number(name, range) ?? otherwise;
  }

  /** A rate whose absence, null or 0 all mean that nothing limits it. */
  limit(name: string): number | null {
    if (this.#value(name) === 0) return null;
    return this.optional(name, { least: BYTES_PER_S_LEAST, most: BYTES_PER_S_MOST, unit: 'bytes a second' }, null);
  }

  choice<T extends string>(name: string, choices: readonly T[], otherwise: T | null): T {
    const value = this.#value(name);
    if ((value === undefined || value === null) && otherwise !== null) return otherwise;
    const found = choices.find((c) => c === value);
    if (found !== undefined) return found;
    this.wrong.push(
      value === undefined || value === null
        ? `${name} is missing; it must be one of ${choices.join(', ')}.`
        : `${name} is ${show(value)}; it must be one of ${choices.join(', ')}.`,
    );
    return choices[0]!;
  }

  /** Null when absent. */
  flag(name: string): boolean | null {
    const value = this.#value(name);
    if (value === undefined || value === null) return null;
    if (typeof value !== 'boolean') this.wrong.push(`${name} is ${show(value)}; it must be true or false.`);
    return value === true;
  }

  text(name: string): string {
    const value = this.#value(name);
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    this.wrong.push(
      value === undefined || value === null ? `${name} is missing.` : `${name} is ${show(value)}; it must be a text.`,
    );
    return '';
  }
}

const show = (value: unknown): string =>
  typeof value === 'number' || value === undefined ? String(value) : (JSON.stringify(value) ?? typeof value);

/** Contradictions between fields that are each possible alone. */
const together = (input: PredictInput): readonly string[] => {
  const wrong: string[] = [];
  if (input.touchedBytes > input.ramBytes)
    wrong.push(`touchedBytes (${input.touchedBytes}) is more than ramBytes (${input.ramBytes}).`);
  if (input.workingSetBytes > input.ramBytes)
    wrong.push(`workingSetBytes (${input.workingSetBytes}) is more than ramBytes (${input.ramBytes}).`);
  if (input.dirtyPagesPerS > 0 && input.workingSetBytes < PAGE_BYTES)
    wrong.push(
      `dirtyPagesPerS is ${input.dirtyPagesPerS}, but workingSetBytes (${input.workingSetBytes}) holds no page.`,
    );
  if (input.mode === 'block' && input.diskBytes === 0) wrong.push('mode is block, but diskBytes is missing or 0.');
  return wrong;
};

/** Checks a value read from outside. Every fault is named, not only the first. */
export const checkPredictInput = (value: unknown): Result<PredictInput, readonly string[]> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return err([`the line is ${show(value).slice(0, 40)}; it must be one JSON object.`]);
  const read = new Reader(value as Fields);
  const memory: Range = { least: 0, most: RAM_BYTES_MOST, unit: 'bytes' };
  const mode = read.choice('mode', PREDICT_MODES, null);
  const input: PredictInput = {
    id: read.text('id'),
    mode,
    ramBytes: read.required('ramBytes', { least: PAGE_BYTES, most: RAM_BYTES_MOST, unit: 'bytes' }),
    touchedBytes: read.required('touchedBytes', memory),
    workingSetBytes: read.required('workingSetBytes', memory),
    dirtyPagesPerS: read.required('dirtyPagesPerS', { least: 0, most: PAGES_PER_S_MOST, unit: 'pages a second' }),
    pattern: patternOf(read.choice('pattern', ['random', 'sweep', '80-20', 'hotcold'], 'random')),
    maxBandwidthBps: read.limit('maxBandwidthBps'),
    linkBps: read.limit('linkBps'),
    downtimeLimitMs: read.optional(
      'downtimeLimitMs',
      { least: 0, most: DOWNTIME_LIMIT_MS_MOST, unit: 'ms' },
      DOWNTIME_LIMIT_MS,
    ),
    autoConverge: (read.flag('autoConverge') ?? false) || mode === 'autoconverge',
    postCopyAfterS: read.optional('postCopyAfterS', { least: 0, most: TIMEOUT_S_MOST, unit: 'seconds' }, null),
    diskBytes: read.optional('diskBytes', { least: 0, most: DISK_BYTES_MOST, unit: 'bytes' }, 0),
    diskFill: read.optional('diskFill', { least: 0, most: 1, unit: 'as a share' }, 1),
    diskWriteBps: read.optional('diskWriteBps', { least: 0, most: BYTES_PER_S_MOST, unit: 'bytes a second' }, 0),
    diskWriteRegionBytes: read.optional(
      'diskWriteRegionBytes',
      { least: 0, most: DISK_BYTES_MOST, unit: 'bytes' },
      null,
    ),
    diskReadBps: read.limit('diskReadBps'),
    targetDiscards: read.flag('targetDiscards') ?? false,
    maxPostcopyBandwidthBps: read.limit('maxPostcopyBandwidthBps'),
    throttleInitialPct: read.optional('throttleInitialPct', PERCENT, AUTO_CONVERGE_DEFAULTS.initialPct),
    throttleIncrementPct: read.optional('throttleIncrementPct', PERCENT, AUTO_CONVERGE_DEFAULTS.incrementPct),
    multifd: read.flag('multifd') ?? false,
    qemuVersion: read.optional('qemuVersion', { least: 2.5, most: 99, unit: 'as a version' }, QEMU_VERSION),
    hostsBusy: read.flag('hostsBusy'),
    timeoutS: read.optional('timeoutS', { least: 0, most: TIMEOUT_S_MOST, unit: 'seconds' }, null),
  };
  read.lookForSlips();
  const wrong = read.wrong.length > 0 ? read.wrong : together(input);
  return wrong.length > 0 ? err(wrong) : ok(input);
};

/** The measured data's own word for the 80-20 pattern is accepted too. */
const patternOf = (name: WritePattern | 'hotcold'): WritePattern => (name === 'hotcold' ? '80-20' : name);

/** One line of `understudy predict`. */
export const parsePredictLine = (text: string): Result<PredictInput, readonly string[]> => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err([`the line is not JSON: ${text.trim().slice(0, 40)}`]);
  }
  return checkPredictInput(value);
};
