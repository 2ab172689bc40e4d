// A log in a temporary folder, and small events to put into it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { instant, type Seq, seq } from '../../../domain/base/brand.ts';
import type { Result } from '../../../domain/base/result.ts';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import type { Timeline } from '../../../domain/timeline/order.ts';
import { openLog, type OpenOptions } from '../../../main/log/log.ts';
import type { Appended, Batch, Log, LogError, Refusal } from '../../../main/log/types.ts';

export const tempFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

export const value = <T>(result: Result<T, LogError>): T => {
  if (!result.ok) throw new Error(result.error.sentence);
  return result.value;
};

export const codeOf = (result: Result<unknown, LogError>): string | null => (result.ok ? null : result.error.code);

export const open = (path: string, options: OpenOptions = { create: true }): Log => {
  const log = value(openLog(path, options));
  onTestFinished(() => log.close());
  return log;
};

export const newLog = (): Log => open(join(tempFolder(), 'test.understudy'));

export const main = (log: Log): Timeline => value(log.timeline('main'));

export const note = (at: number, line: number, key: string | null = null, text = `note ${line}`): Candidate => ({
  type: 'note.written',
  v: 1,
  data: { text },
  at: instant(at),
  entity: 'cluster:',
  evidence: 'observed',
  line,
  key,
});

export const batch = (
  source: string,
  events: readonly Candidate[],
  rest: { throughLine?: number; done?: boolean; refused?: readonly Refusal[] } = {},
): Batch => ({
  source: { id: source, name: `${source}.txt`, format: 'notes' },
  throughLine: rest.throughLine ?? events.at(-1)?.line ?? 0,
  done: rest.done ?? true,
  events,
  refused: rest.refused ?? [],
});

/** Appends at the head, whatever it is. */
export const add = (log: Log, timeline: Timeline, what: Batch): Appended =>
  value(log.append(timeline, log.head(timeline), what));

export const texts = (log: Log, timeline: Timeline): readonly string[] =>
  [...log.inEventTime(timeline)].map((e) => (e.type === 'note.written' ? e.data.text : e.type));

export const at = (ms: number, n: number | null = null): { at: ReturnType<typeof instant>; seq: Seq | null } => ({
  at: instant(ms),
  seq: n === null ? null : seq(n),
});
