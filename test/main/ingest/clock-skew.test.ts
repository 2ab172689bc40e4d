// Clock skew: a compute host's own log beside the notifications of the same migrations, with a clock that is off.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importPaths } from '../../../main/ingest/import.ts';
import { openLog } from '../../../main/log/log.ts';
import { UNDATED } from './reading.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-skew-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const MOVES = 9;
const vmOf = (n: number): string => `b9000564-fe1a-409b-b8cc-1e88b294cd1${n}`;
const requestOf = (n: number): string => `req-3ea4052c-895d-4b64-9e2d-04d64c4d94a${n}`;
const endOf = (n: number): number => Date.UTC(2026, 2, 3, 10, n, 30);

/** Nova's notifications of the moves' ends, by the clock that is right. */
const notifications = (): string =>
  Array.from({ length: MOVES }, (_, n) => {
    const send = (event: string, at: number, data: Record<string, unknown>) =>
      JSON.stringify({
        event_type: event,
        publisher_id: 'nova-compute:c1',
        message_id: `${event}/${n}`,
        timestamp: new Date(at).toISOString(),
        payload: {
          'nova_object.name': 'InstanceActionPayload',
          'nova_object.data': { uuid: vmOf(n), request_id: requestOf(n), state: 'active', ...data },
        },
      });
    const begun = send('instance.live_migration_pre.start', endOf(n) - 20_000, { host: 'c1', task_state: 'migrating' });
    return `${begun}\n${send('instance.live_migration_post.end', endOf(n), { host: 'c2', task_state: null })}`;
  }).join('\n');

/** The same ends in the log of nova-compute, whose clock is `aheadMs` off; one line in four waited a second longer. */
const osloLog = (aheadMs: number, moves = MOVES): string =>
  Array.from({ length: moves }, (_, n) => {
    const time = new Date(endOf(n) + aheadMs + (n % 4 === 3 ? 1000 : 0)).toISOString().replace('T', ' ').slice(0, 23);
    const about = `[${requestOf(n)} - - - - -] [instance: ${vmOf(n)}]`;
    return `${time} 2931 INFO nova.compute.manager ${about} Migrating instance to c2 finished successfully.`;
  }).join('\n');

const skewsAfter = async (...files: readonly string[]) => {
  const log = openLog(join(folder, 'log.understudy'), { create: true });
  const timeline = log.ok ? log.value.timeline('main') : log;
  if (!log.ok || !timeline.ok) throw new Error('the log opens');
  const paths = files.map((content, i) => {
    const path = join(folder, `${i}.txt`);
    writeFileSync(path, content);
    return path;
  });
  const report = await importPaths({ log: log.value, timeline: timeline.value, paths, undatedAt: UNDATED });
  log.value.close();
  if (!report.ok) throw new Error(report.error.sentence);
  return report.value.files.map((file) => file.skews);
};

test.each([2500, -40_000, 0])('a clock %i ms ahead is found, whatever single lines waited', async (aheadMs) => {
  const [first, second] = await skewsAfter(notifications(), osloLog(aheadMs));
  expect(first).toEqual([]); // nothing was there to compare it with
  expect(second).toEqual([{ source: expect.any(String), pairs: MOVES, medianMs: aheadMs, spreadMs: 0 }]);
});

test('two steps in common are no estimate', async () => {
  expect(await skewsAfter(notifications(), osloLog(2500, 2))).toEqual([[], []]);
});

test('sources that tell of other moves have no skew', async () => {
  expect(await skewsAfter(notifications(), osloLog(3_600_000))).toEqual([[], []]);
});
