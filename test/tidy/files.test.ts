// Files stay short, say what they are for, and live in folders whose names decide something.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Sources, sourcesOf } from './sources.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const LONGEST = 400; // lines; above it a file holds more than one idea
const BANNED = new Set(['utils', 'util', 'common', 'helpers', 'shared', 'types', 'misc', 'lib']);
const SENTENCE = /^(#!.*\n)?(\/\/ \S.*[.:?!]|\/\*\* ?\S.*)/;
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*\.tsx?$/;

const untidy = (sources: Sources): string[] =>
  [...sources].flatMap(([path, text]) => {
    const folders = path.split('/');
    const name = folders.pop() ?? '';
    const lines = text.split('\n').length - 1;
    return [
      ...(lines > LONGEST ? [`${path} has ${lines} lines`] : []),
      ...(SENTENCE.test(text) ? [] : [`${path} does not open with a sentence`]),
      ...(NAME.test(name) ? [] : [`${path} is not in kebab-case`]),
      ...folders.filter((folder) => BANNED.has(folder)).map((folder) => `${path} is in a folder named ${folder}`),
    ];
  });

test('every source file is tidy', () => {
  expect(untidy(sourcesOf('domain', 'main', 'renderer', 'test'))).toEqual([]);
});

test('an untidy file is noticed', () => {
  expect(untidy(new Map([['main/log/a.ts', '// Says what it is for.\n']]))).toEqual([]);
  expect(untidy(new Map([['main/log/a.ts', 'export const a = 1;\n']]))).toHaveLength(1);
  expect(untidy(new Map([['main/utils/a.ts', '// Says.\n']]))).toHaveLength(1);
  expect(untidy(new Map([['main/log/camelCase.ts', '// Says.\n']]))).toHaveLength(1);
  expect(untidy(new Map([['main/log/a.ts', `// Says.\n${'x\n'.repeat(LONGEST)}`]]))).toHaveLength(1);
});

const holdsCode = (folder: string): boolean => readdirSync(folder).some((name) => /\.tsx?$/.test(name));

test('every room has a page that says what lives there', () => {
  const rooms = ['domain', 'main', 'renderer'].flatMap((top) =>
    readdirSync(join(ROOT, top), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && holdsCode(join(ROOT, top, entry.name)))
      .map((entry) => `${top}/${entry.name}`),
  );
  expect(rooms.filter((room) => !existsSync(join(ROOT, room, 'README.md')))).toEqual([]);
});
