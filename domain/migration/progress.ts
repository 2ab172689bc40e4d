// Progress as Nova logs it and as QEMU answers query-migrate, read into the samples an estimate is made from.
import type { ProgressSample } from './estimate.ts';

/** `Migration running for N secs, memory P% remaining (bytes processed=…, remaining=…, total=…); disk …`, every 30 s. */
const NOVA_LINE =
  /Migration running for (\d+) secs?, memory \d+% remaining;? \(bytes processed=(\d+), remaining=(\d+), total=\d+\)/;

/** The sample in a line of nova-compute's log; null if the line is none. Nova counts `processed` without zero pages' bytes. */
export const novaProgress = (line: string): ProgressSample | null => {
  const found = NOVA_LINE.exec(line);
  if (found === null) return null;
  return {
    atMs: Number(found[1]) * 1000,
    transferredBytes: Number(found[2]),
    remainingBytes: Number(found[3]),
    normalPages: null,
    zeroPages: null,
    syncCount: null,
  };
};

const numberAt = (fields: Readonly<Record<string, unknown>>, name: string): number | null => {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
};

/** The sample in the `return` of QMP's query-migrate; null unless it tells of a running RAM phase. */
export const qmpProgress = (answer: unknown): ProgressSample | null => {
  if (typeof answer !== 'object' || answer === null) return null;
  const fields = answer as Readonly<Record<string, unknown>>;
  const ram = fields['ram'];
  if (fields['status'] !== 'active' || typeof ram !== 'object' || ram === null) return null;
  const counters = ram as Readonly<Record<string, unknown>>;
  const atMs = numberAt(fields, 'total-time');
  const transferredBytes = numberAt(counters, 'transferred');
  const remainingBytes = numberAt(counters, 'remaining');
  if (atMs === null || transferredBytes === null || remainingBytes === null) return null;
  return {
    atMs,
    transferredBytes,
    remainingBytes,
    normalPages: numberAt(counters, 'normal'),
    zeroPages: numberAt(counters, 'duplicate'),
    syncCount: numberAt(counters, 'dirty-sync-count'),
  };
};

/** One migration's looks at its progress, in order of time. */
export type ToldProgress = {
  /** The instance, as a line of nova-compute names it; `qmp` where query-migrate answered. */
  readonly name: string;
  readonly totalBytes: number;
  readonly samples: readonly ProgressSample[];
};

const INSTANCE = /\[instance: ([^\]]+)\]/;

const jsonIn = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
};

/** Whose progress a line tells, and the sample; null when it tells none. */
const lookIn = (line: string): (Omit<ToldProgress, 'samples'> & { readonly sample: ProgressSample }) | null => {
  const nova = novaProgress(line);
  if (nova !== null) {
    const total = /total=(\d+)/.exec(line);
    return { name: INSTANCE.exec(line)?.[1] ?? 'instance', totalBytes: Number(total?.[1] ?? 0), sample: nova };
  }
  if (!line.startsWith('{')) return null;
  const value = jsonIn(line);
  if (typeof value !== 'object' || value === null) return null;
  const answer: unknown = 'return' in value ? value.return : value;
  const qmp = qmpProgress(answer);
  if (qmp === null) return null;
  const ram = (answer as { readonly ram: Readonly<Record<string, unknown>> }).ram;
  return { name: 'qmp', totalBytes: numberAt(ram, 'total') ?? 0, sample: qmp };
};

/** Every migration whose progress a text tells, line by line; one whose clock starts anew is another one. */
export const progressIn = (text: string): readonly ToldProgress[] => {
  const told: { name: string; totalBytes: number; samples: ProgressSample[] }[] = [];
  const running = new Map<string, (typeof told)[number]>();
  for (const line of text.split('\n')) {
    const look = lookIn(line.trim());
    if (look === null || look.totalBytes <= 0) continue;
    let its = running.get(look.name);
    const last = its?.samples.at(-1);
    if (its === undefined || (last !== undefined && look.sample.atMs < last.atMs)) {
      its = { name: look.name, totalBytes: look.totalBytes, samples: [] };
      running.set(look.name, its);
      told.push(its);
    }
    its.samples.push(look.sample);
  }
  return told;
};
