// understudy estimate: measured migrations' own progress through the command line, a nova-compute log, and refusals in sentences.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { progressOf, readRows } from '../../conformance/qemu/rows.ts';
import { ownFolder, run, type Ran } from './running.ts';

const folder = ownFolder('estimate');

const estimate = (text: string, ...argv: readonly string[]): Promise<Ran> => {
  const path = join(folder, 'progress.txt');
  writeFileSync(path, text);
  return run('estimate', path, ...argv);
};

const DATA = new URL('../../conformance/data/qemu/migrations.jsonl', import.meta.url).pathname;

/** A measured run's samples as QMP answered them. */
const answersOf = (id: string): string => {
  const row = readRows(DATA).find((r) => r.id === id);
  if (row === undefined) throw new Error(`${id} is not among the measured runs`);
  const total = row.inputs.ram_bytes + 532_480;
  return progressOf(row)
    .map((s) =>
      JSON.stringify({
        return: {
          status: 'active',
          'total-time': s.atMs,
          ram: {
            total,
            transferred: s.transferredBytes,
            remaining: s.remainingBytes,
            normal: s.normalPages,
            duplicate: s.zeroPages,
            'dirty-sync-count': s.syncCount,
          },
        },
      }),
    )
    .join('\n');
};

test("a measured migration's own progress tells what its guest writes, and what that changes", async () => {
  const { status, out, err } = await estimate(answersOf('nonconv-03-r1'), '--json');
  expect(err).toBe('');
  expect(status).toBe(0);
  const got = JSON.parse(out) as {
    dirtyPagesPerS: number;
    workingSetBytes: number;
    assumed: { totalMs: number; outcome: string };
    estimated: { totalMs: number; outcome: string };
  };
  // Measured: 10,986 pages a second into 180 MiB.
  expect(got.dirtyPagesPerS / 10_986).toBeGreaterThan(0.8);
  expect(got.dirtyPagesPerS / 10_986).toBeLessThan(1.25);
  expect(got.workingSetBytes / (180 * 1_048_576)).toBeGreaterThan(0.8);
  expect(got.workingSetBytes / (180 * 1_048_576)).toBeLessThan(1.25);
  expect(got.assumed.outcome).toBe('completed');
  expect(got.estimated.totalMs).toBeGreaterThan(1.5 * got.assumed.totalMs);
});

test('lines of nova-compute give a floor for each instance', async () => {
  const line = (instance: string, s: number, processed: number, remaining: number): string =>
    `2026-03-01 10:00:30.123 7 INFO nova.virt.libvirt.driver [None req-1] [instance: ${instance}] Migration running for ${s} secs, memory 42% remaining (bytes processed=${processed}, remaining=${remaining}, total=4311990272); disk 0% remaining (bytes processed=0, remaining=0, total=0).`;
  const text = [
    line('aaa', 30, 3e9, 1.2e9),
    line('bbb', 30, 2e9, 2.3e9),
    'an unrelated line',
    line('aaa', 60, 6e9, 1.1e9),
    line('bbb', 60, 4e9, 0.4e9),
  ].join('\n');
  const { status, out } = await estimate(text);
  expect(status).toBe(0);
  expect(out).toMatch(/^aaa +2 +0 +100 MB\/s +at least 23\d{3} pages\/s +not told/m);
  expect(out).toMatch(/^bbb +2 +0 +67 MB\/s +at least \d+ pages\/s +not told/m);
});

test('a text without progress, and progress that tells too little, are sentences with status 2', async () => {
  const nothing = await estimate('hello\n{"return": {}}\n{"broken\n');
  expect([nothing.status, nothing.out]).toEqual([2, '']);
  expect(nothing.err).toMatch(/^There is no progress of a migration here/);
  const little = await estimate(answersOf('nonconv-03-r1').split('\n')[0]!);
  expect([little.status, little.out]).toEqual([2, '']);
  expect(little.err).toMatch(/^The migration here tells too little/);
});
