// The law of dependencies holds in the project, and the test that says so can fail.
import { expect, test } from 'vitest';
import { breaches } from './judge.ts';
import { sourcesOf } from './sources.ts';

test('every import, export and global in the project keeps the law', () => {
  const sources = sourcesOf('domain', 'main', 'renderer');
  expect(sources.size).toBeGreaterThan(50); // an empty project would keep any law
  expect(breaches(sources)).toEqual([]);
});

const LEAF = ['domain/base/leaf.ts', 'export const leaf = 1;'] as const;

test.each<[why: string, path: string, text: string]>([
  ['domain reads a file', 'domain/cluster/a.ts', "import { readFileSync } from 'node:fs';"],
  ['domain loads a package lazily', 'domain/cluster/a.ts', "export const a = () => import('rxjs');"],
  ['domain sees main', 'domain/cluster/a.ts', "import type { A } from '../../main/log/b.ts';"],
  ['a machine package outside its room', 'domain/cluster/a.ts', "import { createMachine } from '@xstate/fsm';"],
  ['a room imports one below it', 'domain/base/a.ts', "import { a } from '../events/b.ts';"],
  ['main sees the renderer', 'main/log/b.ts', "import { a } from '../../renderer/b.ts';"],
  ['the log imports the shell', 'main/log/a.ts', "import { a } from '../shell/b.ts';"],
  ['the window sees main', 'renderer/a.ts', "import type { A } from '../main/log/b.ts';"],
  ['the window sees Node', 'renderer/a.ts', "import { join } from 'node:path';"],
  ['a file outside every room', 'domain/a.ts', 'export const a = 1;'],
  ['an unknown room', 'domain/utils/a.ts', 'export const a = 1;'],
  ['a barrel', 'domain/base/a.ts', "export * from './leaf.ts';"],
  ['a single re-export', 'domain/base/a.ts', "export { leaf } from './leaf.ts';"],
  ['the clock', 'domain/base/a.ts', 'export const a = () => Date.now();'],
  ['the clock by another door', 'domain/base/a.ts', 'export const a = () => new Date();'],
  ['chance', 'domain/base/a.ts', 'export const a = () => Math.random();'],
  ['a timer', 'domain/base/a.ts', 'export const a = () => setTimeout(() => {}, 1);'],
  ['the environment', 'domain/base/a.ts', "export const a = () => process.env['A'];"],
])('the law refuses %s', (_why, path, text) => {
  const others = ['domain/events/b.ts', 'main/log/b.ts', 'main/shell/b.ts', 'renderer/b.ts'].map(
    (other) => [other, 'export type A = 1; export const a = 1;'] as const,
  );
  expect(breaches(new Map([LEAF, ...others]))).toEqual([]);
  expect(breaches(new Map([LEAF, ...others, [path, text]]))).toHaveLength(1);
});

test('the law refuses a cycle over two files', () => {
  const two = new Map([
    ['domain/base/a.ts', "import type { B } from './b.ts';\nexport type A = B;"],
    ['domain/base/b.ts', "import type { A } from './a.ts';\nexport type B = A;"],
  ]);
  expect(breaches(two)).toEqual(['cycle: domain/base/a.ts -> domain/base/b.ts -> domain/base/a.ts']);
});

test('the law allows pure domain code to look at a date it was handed', () => {
  const handed = new Map([['domain/base/a.ts', 'export const iso = (ms: number) => new Date(ms).toISOString();']]);
  expect(breaches(handed)).toEqual([]);
});
