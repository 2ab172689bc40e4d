// Long work runs the same here and on a thread, stops when asked, and leaves whole transactions behind.
import { expect, test } from 'vitest';
import { runHere } from '../../../main/work/jobs.ts';
import { runOnThread } from '../../../main/work/thread.ts';
import { unwatched } from '../../../main/work/watcher.ts';
import { emptyLog, SMALL, smallLog } from './small-log.ts';

test('a job answers the same here and on a thread', async () => {
  const log = smallLog();
  const order = { logPath: log.path, order: { timeline: 'main' } };
  const here = await runHere('index', order, unwatched());
  const there = await runOnThread('index', order, unwatched());
  log.close();
  expect(here).toMatchObject({ ok: true });
  expect(there).toEqual(here);
});

test('a job that is stopped says how far it came, and what it wrote is whole', async () => {
  const log = emptyLog();
  const stop = new AbortController();
  const big = { ...SMALL, days: 60, seed: 'long' };
  let reports = 0;
  const answer = await runOnThread(
    'generate',
    { logPath: log.path, order: { timeline: 'main', options: big } },
    {
      signal: stop.signal,
      progress: () => {
        reports += 1;
        stop.abort();
      },
    },
  );
  expect(reports).toBeGreaterThan(0);
  expect(answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  if (!answer.ok)
    expect(answer.error.sentence).toMatch(/^Stopped at \d+: \d+ events\. What was finished before is kept\.$/);
  const verified = log.verify();
  log.close();
  expect(verified.ok).toBe(true);
  expect(verified.events % 5_000).toBe(0);
});

test('a job that was stopped before it began changes nothing', async () => {
  const signal = AbortSignal.abort();
  const answer = await runOnThread(
    'index',
    { logPath: '/nowhere', order: { timeline: 'main' } },
    { signal, progress: () => {} },
  );
  expect(answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
});

test('what is wrong with the file is told on either side', async () => {
  const order = { logPath: '/nowhere/at-all.understudy', order: { timeline: 'main' } };
  const here = await runHere('index', order, unwatched());
  expect(here).toMatchObject({ ok: false, error: { code: 'io' } });
  expect(await runOnThread('index', order, unwatched())).toEqual(here);
});

test('generating goes into an empty timeline only', async () => {
  const log = smallLog();
  const order = { logPath: log.path, order: { timeline: 'main', options: SMALL } };
  const again = await runHere('generate', order, unwatched());
  log.close();
  expect(again).toMatchObject({ ok: false, error: { code: 'not_empty' } });
});
