// The options of `understudy import`: refused lines as a file, and the instant of documents that give none.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownFolder, run } from './running.ts';

const DATA = join(import.meta.dirname, '../../conformance/data');
const NOTIFICATIONS = join(DATA, 'nova/nova-notifications.jsonl');
const dir = ownFolder('import');

/** Real notifications with lines that are none between them. */
const damaged = (lines: number): string => {
  const path = join(dir, `damaged-${lines}.jsonl`);
  const whole = readFileSync(NOTIFICATIONS, 'utf8').trimEnd().split('\n');
  const cut = Array.from({ length: lines }, (_, i) => `${whole[i % whole.length]?.slice(0, 100)}`);
  writeFileSync(path, `${[...whole, ...cut].join('\n')}\n`);
  return path;
};

test('--refused tells every refused line with its reason, more of them than the report lists', async () => {
  const [path, refused, log] = [damaged(1500), join(dir, 'refused.jsonl'), join(dir, 'a.understudy')];
  const ran = await run('import', path, '--log', log, '--refused', refused, '--json');
  expect(ran).toMatchObject({ status: 0, err: '' });
  const told = readFileSync(refused, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(told).toHaveLength(1500);
  expect(told[0]).toEqual({
    path,
    line: 72,
    why: 'this line is not JSON, or is cut off',
    text: expect.stringMatching(/^\{/),
  });
});

test('--refused overwrites nothing, and then nothing is imported', async () => {
  const [refused, log] = [join(dir, 'mine.txt'), join(dir, 'b.understudy')];
  writeFileSync(refused, 'mine');
  const ran = await run('import', damaged(1), '--log', log, '--refused', refused);
  expect(ran.status).toBe(2);
  expect(ran.err).toContain('There is already a file');
  expect(readFileSync(refused, 'utf8')).toBe('mine');
  expect(existsSync(log)).toBe(false);
});

test('--at places a document that gives no times', async () => {
  const [path, log] = [join(DATA, 'seeds/ml2-vxlan.txt'), join(dir, 'c.understudy')];
  expect(await run('import', path, '--log', log, '--at', '2024-05-06T07:08:09Z')).toMatchObject({ status: 0, err: '' });
  const events = await run('events', '--log', log, '--json');
  expect(events.out).toContain('"at":"2024-05-06T07:08:09Z"');
});

test('--at is a time, not a position of the log', async () => {
  const ran = await run('import', NOTIFICATIONS, '--log', join(dir, 'd.understudy'), '--at', 'noon');
  expect(ran.status).toBe(2);
  expect(ran.err).toContain('"noon" is not an instant');
});
