// Every scenario folder answers as it did when its answer was last read; a folder without an answer gets one and fails.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { play, wordsOf } from './story.ts';

const stories = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

test('quotes keep words together', () => {
  expect(wordsOf("drill --script 'fail a; at +5m return a' --json")).toEqual([
    'drill',
    '--script',
    'fail a; at +5m return a',
    '--json',
  ]);
});

test.each(stories)('%s', async (name) => {
  const folder = join(import.meta.dirname, name);
  expect(readFileSync(join(folder, 'README.md'), 'utf8').trim()).toMatch(/^# /);
  const told = await play(folder);
  const expected = join(folder, 'expected.log');
  if (existsSync(expected)) return expect(told).toBe(readFileSync(expected, 'utf8'));
  writeFileSync(expected, told);
  expect.unreachable(`${name} had no expected.log; one was written: read it before you keep it`);
});
