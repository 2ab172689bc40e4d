// A sweep in shares: the same bytes whatever the number of workers, stopped when asked, a cause kept when one share fails.
import { expect, test } from 'vitest';
import { runHere } from '../../../main/work/jobs.ts';
import { sweepInShares } from '../../../main/work/sweep-shares.ts';
import { runOnThread } from '../../../main/work/thread.ts';
import { unwatched } from '../../../main/work/watcher.ts';
import { smallLog } from './small-log.ts';

const order = { timeline: 'main', at: null, kind: '2', assume: null, budget: null } as const;

test('one worker here, two threads and five shares give the same bytes', async () => {
  const log = smallLog();
  const answers = [
    await sweepInShares(runHere, log.path, order, unwatched(), 1),
    await sweepInShares(runOnThread, log.path, order, unwatched(), 2),
    await sweepInShares(runHere, log.path, order, unwatched(), 5),
  ];
  log.close();
  expect(answers[0]).toMatchObject({ ok: true, value: { checked: 6, total: 6, undecided: 0 } });
  const [first, ...others] = answers.map((answer) => JSON.stringify(answer));
  for (const other of others) expect(other).toBe(first);
});

test('progress counts all shares together and ends at all of them', async () => {
  const log = smallLog();
  const seen: (readonly [number, number | null])[] = [];
  const watcher = {
    ...unwatched(),
    progress: ({ done, total }: { done: number; total: number | null }) => void seen.push([done, total]),
  };
  await sweepInShares(runHere, log.path, order, watcher, 2);
  log.close();
  expect(seen.at(-1)).toEqual([6, 6]);
});

test('a sweep that is stopped says so, and one of nothing says what is missing', async () => {
  const log = smallLog();
  const stopped = await sweepInShares(runOnThread, log.path, order, { ...unwatched(), signal: AbortSignal.abort() }, 2);
  expect(stopped).toMatchObject({ ok: false, error: { code: 'cancelled' } });
  const nowhere = await sweepInShares(runHere, log.path, { ...order, timeline: 'nowhere' }, unwatched(), 2);
  log.close();
  expect(nowhere).toMatchObject({ ok: false, error: { code: 'no_such_timeline' } });
});
