// What is remembered of a log stays true while the log grows.
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { hashOf } from '../../../domain/cluster/hash.ts';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { openLog } from '../../../main/log/log.ts';
import { historiesOf } from '../../../main/work/histories.ts';
import { runGenerateJob } from '../../../main/work/generate-job.ts';
import { FOLD } from '../../../main/work/open-log.ts';
import { unwatched } from '../../../main/work/watcher.ts';
import { emptyLog, SMALL, smallLog, START } from './small-log.ts';

const HOUR = 3_600_000;

test('a late event changes every instant from its own on, and what was remembered before it is still right', () => {
  const log = smallLog();
  const main = log.timeline('main');
  if (!main.ok) throw new Error(main.error.sentence);
  const timeline = main.value;
  const histories = historiesOf(log);
  const hashAt = (h: number, of = histories): string =>
    hashOf(of.seek(timeline, { at: instant(START + h * HOUR), seq: null }).cluster);
  const hours = [23, 3, 13, 11];
  const before = hours.map((h) => hashAt(h));

  const late: Candidate = {
    type: 'host.service_reported',
    v: 1,
    entity: 'host:compute-01',
    data: { reason: 'told afterwards' },
    at: instant(START + 12 * HOUR),
    evidence: 'observed',
    line: 1,
    key: null,
  };
  const source = { id: 'run:late', name: 'late', format: 'test' };
  const appended = log.append(timeline, log.head(timeline), {
    source,
    throughLine: 1,
    done: true,
    events: [late],
    refused: [],
  });
  expect(appended.ok).toBe(true);
  histories.forget(timeline.id);

  const after = hours.map((h) => hashAt(h));
  expect(after).toEqual(hours.map((h) => hashAt(h, historiesOf(log))));
  expect(after.map((hash, i) => hash === before[i])).toEqual([false, true, false, true]);
  const { position } = histories.seek(timeline, { at: late.at, seq: null });
  expect(position?.seq).toBe(seq(log.head(timeline)));
  log.close();
});

test('what cannot be kept in the file is answered all the same: while another program writes, and for reading only', () => {
  const log = emptyLog();
  expect(runGenerateJob(log, 'main', { ...SMALL, hosts: 20, vms: 400 }, unwatched()).ok).toBe(true);
  const main = log.timeline('main');
  if (!main.ok) throw new Error(main.error.sentence);
  const kept = (): number => {
    const db = new Database(log.path, { readonly: true });
    const count = db.prepare<[], number>('SELECT count(*) FROM keyframe').pluck().get() ?? 0;
    db.close();
    return count;
  };
  const hashes = (of: typeof log): readonly string[] => {
    const histories = historiesOf(of);
    const at = (h: number): string =>
      hashOf(histories.seek(main.value, { at: instant(START + h * HOUR), seq: null }).cluster);
    return [24, 2, 13, 23].map(at);
  };
  const holder = new Database(log.path);
  holder.exec('BEGIN IMMEDIATE');
  const whileHeld = hashes(log);
  holder.exec('ROLLBACK');
  holder.close();
  expect(kept()).toBe(0);
  const reading = openLog(log.path, { readOnly: true });
  if (!reading.ok) throw new Error(reading.error.sentence);
  expect(hashes(reading.value)).toEqual(whileHeld);
  reading.value.close();
  expect(kept()).toBe(0);
  expect(hashes(log)).toEqual(whileHeld);
  expect(kept()).toBeGreaterThan(1);
  expect(hashes(log)).toEqual(whileHeld);
  log.close();
});

test('for reading only, what is kept in memory goes on from what the file keeps, whatever is looked at first', () => {
  const log = emptyLog();
  expect(runGenerateJob(log, 'main', { ...SMALL, hosts: 20, vms: 400 }, unwatched()).ok).toBe(true);
  const main = log.timeline('main');
  if (!main.ok) throw new Error(main.error.sentence);
  const hashAt = (histories: ReturnType<typeof historiesOf>, h: number): string =>
    hashOf(histories.seek(main.value, { at: instant(START + h * HOUR), seq: null }).cluster);
  hashAt(historiesOf(log), 8); // leaves keyframes for the first third
  const reading = openLog(log.path, { readOnly: true, fold: FOLD });
  if (!reading.ok) throw new Error(reading.error.sentence);
  const histories = historiesOf(reading.value);
  const hours = [24, 3, 20, 7, 12, 5, 24];
  const seen = hours.map((h) => hashAt(histories, h));
  reading.value.close();
  const fresh = hours.map((h) => {
    const plain = emptyCluster();
    for (const e of log.inEventTime(main.value, { upTo: { at: instant(START + h * HOUR), seq: null } })) fold(plain, e);
    return hashOf(plain);
  });
  expect(seen).toEqual(fresh);
  log.close();
});
