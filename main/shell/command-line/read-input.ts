// Reads what a command was given as text: a file, plain or gzipped, or standard input.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { planIn } from '../../service/read-plan.ts';
import type { PlanRecord } from '../../work/plan-job.ts';

const STDIN = 0;
const GZIP = [0x1f, 0x8b];

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
};

/** The text of `path`, or of standard input where it is null or `-`. Errors: a sentence that names the file. */
export const readInput = (path: string | null): Result<string, string> => {
  const name = path ?? 'Standard input';
  try {
    const bytes = readFileSync(path === null || path === '-' ? STDIN : path);
    const isGzip = GZIP.every((byte, i) => bytes[i] === byte);
    return ok((isGzip ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    return err(
      `${name} ${REASONS[code] ?? `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`}.`,
    );
  }
};

/** The plan in a file, or on standard input for `-`: what a planning command printed with --json, perhaps edited since. */
export const readPlan = (path: string): Result<PlanRecord, string> => {
  const text = readInput(path);
  return text.ok ? planIn(text.value, path) : text;
};
