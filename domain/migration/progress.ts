// Progress as Nova logs it and as QEMU answers query-migrate, read into the samples an estimate is made from.
import type { ProgressSample } from './estimate.ts';

/** `Migration running for N secs, memory P% remaining (bytes processed=…, remaining=…, total=…); disk …`, every 30 s. */
const NOVA_LINE =
  /Migration running for (\d+) secs?, memory \d+% remaining \(bytes processed=(\d+), remaining=(\d+), total=\d+\)/;

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
