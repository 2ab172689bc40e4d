// docs/EVENTS.md is what the dictionary says. `UPDATE=1 npx vitest run test/tidy/events-doc.test.ts` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dictionary } from '../../domain/events/dictionary.ts';
import { eventsDoc } from './events-doc.ts';

const path = join(import.meta.dirname, '../../docs/EVENTS.md');

test('docs/EVENTS.md is current', () => {
  if (process.env['UPDATE'] === '1') writeFileSync(path, eventsDoc());
  expect(readFileSync(path, 'utf8')).toBe(eventsDoc());
});

test('an event type is declared once', () => {
  const names = dictionary.map((d) => `${d.type} v${d.v}`);
  expect(new Set(names).size).toBe(names.length);
});
