// Export and import of whole logs: the same chains again, nothing twice, nothing half.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import { importPaths } from '../../../main/ingest/import.ts';
import { exportLines } from '../../../main/ingest/understudy-jsonl.ts';
import { openLog } from '../../../main/log/log.ts';
import type { Log } from '../../../main/log/types.ts';
import { SEEDS, UNDATED } from './reading.ts';

let folder = '';
const logs: Log[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-export-'));
});
afterEach(() => {
  for (const log of logs.splice(0)) log.close();
  rmSync(folder, { recursive: true });
});

const fresh = (name: string): Log => {
  const opened = openLog(join(folder, name), { create: true });
  if (!opened.ok) throw new Error(opened.error.sentence);
  logs.push(opened.value);
  return opened.value;
};
const value = <T>(result: { ok: true; value: T } | { ok: false; error: { sentence: string } }): T => {
  if (!result.ok) throw new Error(result.error.sentence);
  return result.value;
};
const bring = (log: Log, path: string) =>
  importPaths({ log, timeline: value(log.timeline('main')), paths: [path], undatedAt: UNDATED });
const written = (name: string, lines: Iterable<string>): string => {
  const path = join(folder, name);
  writeFileSync(path, [...lines].map((line) => `${line}\n`).join(''));
  return path;
};

/** Two sources, refusals, branches of main and of a branch, one renamed and its old name used again, one dropped. */
const eventful = async (): Promise<Log> => {
  const log = fresh('eventful.understudy');
  const main = value(log.timeline('main'));
  value(await bring(log, join(SEEDS, 'live-migration.txt')));
  const cut = { at: instant(Date.parse('2013-08-06T10:36:35.500Z')), seq: null };
  const drill = value(log.branch('drill', main, cut));
  const event = [...log.inRecordOrder(main, log.head(main), log.head(main))][0];
  if (event === undefined) throw new Error('main has events');
  const source = { id: 'run:drill:7', name: 'drill', format: 'run' };
  const note = { type: 'note.written', v: 1, data: { text: 'a – b' } } as const;
  const candidate = { ...note, at: event.at, entity: 'cluster:', evidence: 'assumed', line: 0, key: 'k1' } as const;
  const refused = [{ line: 3, why: 'half a line', text: '| a' }];
  value(log.append(drill, log.head(drill), { source, throughLine: 0, done: true, events: [candidate], refused }));
  value(log.branch('deeper', drill, { at: event.at, seq: null }));
  value(log.rename(drill, 'the drill'));
  value(log.drop(value(log.branch('drill', main, cut))));
  value(await bring(log, join(SEEDS, 'ml2-vxlan.txt')));
  return log;
};

test('an export imported into an empty log makes the same chains, and its export is the same bytes', async () => {
  const log = await eventful();
  const path = written('export.jsonl', exportLines(log));
  const copy = fresh('copy.understudy');
  const report = value(await bring(copy, path));
  const [original, again] = [log.verify(), copy.verify()];
  expect(again).toEqual(original);
  expect(again.ok).toBe(true);
  expect(report.files[0]).toMatchObject({ format: 'understudy', events: original.events, duplicates: 0, refused: [] });
  expect(copy.timelines().map((t) => [t.name, t.dropped])).toEqual(log.timelines().map((t) => [t.name, t.dropped]));
  expect([...exportLines(copy)]).toEqual([...exportLines(log)]);
});

test('importing an export twice changes nothing', async () => {
  const log = await eventful();
  const path = written('export.jsonl', exportLines(log));
  const copy = fresh('copy.understudy');
  value(await bring(copy, path));
  const once = [...exportLines(copy)];
  const second = value(await bring(copy, path));
  expect(second.files[0]).toMatchObject({ events: 0, duplicates: log.verify().events });
  expect([...exportLines(copy)]).toEqual(once);
});

test('what the log already has from the same sources is not added again, and a taken name is changed', async () => {
  const log = await eventful();
  const path = written('export.jsonl', exportLines(log));
  const other = fresh('other.understudy');
  value(await bring(other, join(SEEDS, 'live-migration.txt')));
  const main = value(other.timeline('main'));
  value(other.branch('deeper', main, { at: instant(Date.parse('2013-08-06T09:00:00Z')), seq: null }));
  const report = value(await bring(other, path));
  expect(report.files[0]?.duplicates).toBeGreaterThan(80);
  expect(other.timelines().map((t) => t.name)).toContain('deeper (2)');
  expect(other.head(main)).toBe(log.head(value(log.timeline('main'))));
  expect(other.verify().ok).toBe(true);
});

test('a log of the future is refused whole', async () => {
  const path = written('future.jsonl', ['{"understudy":2}', '{"batch":{}}']);
  const log = fresh('log.understudy');
  expect(await bring(log, path)).toMatchObject({
    ok: false,
    error: { sentence: expect.stringMatching(/line 1: it was written by another version .*form 2; this one reads 1/) },
  });
  expect(log.verify().events).toBe(0);
});

test('a file cut off within a batch brings the batches before it and nothing of that one', async () => {
  const log = await eventful();
  const lines = [...exportLines(log)];
  const last = lines.findLastIndex((line) => line.startsWith('{"batch"'));
  const log2 = fresh('cut.understudy');
  const report = value(await bring(log2, written('cut.jsonl', lines.slice(0, last + 3))));
  expect(report.files[0]?.refused.map((r) => [r.line, r.why])).toEqual([
    [last + 1, expect.stringMatching(/cut off: this batch has 2 of its \d+ events/)],
  ]);
  expect(log2.verify()).toMatchObject({ ok: true, events: 94 });
});

test('an import that was cut short between batches of a run is completed without duplicates', async () => {
  const log = fresh('run.understudy');
  const main = value(log.timeline('main'));
  const source = { id: 'run:generate:1', name: 'generate', format: 'run' };
  for (let b = 0; b < 3; b++) {
    const events = [0, 1].map((i) => ({
      ...({ type: 'note.written', v: 1, data: { text: `${b}.${i}` } } as const),
      ...({ at: instant(1e12 + b * 10 + i), entity: 'cluster:', evidence: 'assumed', line: 0, key: null } as const),
    }));
    value(log.append(main, log.head(main), { source, throughLine: 0, done: b === 2, events, refused: [] }));
  }
  const lines = [...exportLines(log)];
  const copy = fresh('copy.understudy');
  value(await bring(copy, written('part.jsonl', lines.slice(0, 7))));
  expect(copy.verify().events).toBe(4);
  const rest = value(await bring(copy, written('whole.jsonl', lines)));
  expect(rest.files[0]).toMatchObject({ events: 2, duplicates: 4 });
  expect(copy.verify()).toEqual(log.verify());
});
