// The bytes that are chained: the same as ever, however fast they are made.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Candidate } from '../../../domain/events/dictionary.ts';
import { canonical, eventLink } from '../../../main/log/chain.ts';
import { add, at, batch, main, newLog, note, open, tempFolder, value } from './fixtures.ts';

/** JSON with sorted keys, the slow and obvious way. */
const sorted = (x: unknown): unknown => {
  if (typeof x !== 'object' || x === null) return x;
  if (Array.isArray(x)) return x.map(sorted);
  const keys = Object.keys(x).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted((x as Record<string, unknown>)[key])]));
};

test('one value gives one text: keys sorted at every depth, whole numbers first', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.string(), fc.nat(99).map(String), fc.constant('__proto__')), fc.jsonValue()),
      (x) => {
        const text = canonical(x);
        expect(text).toBe(JSON.stringify(sorted(x)));
        expect(canonical(JSON.parse(text) as object)).toBe(text);
      },
    ),
  );
  expect(canonical({ b: [{ d: 1, c: 2 }], a: { z: 0, y: { x: 1, w: [] } } })).toBe(
    '{"a":{"y":{"w":[],"x":1},"z":0},"b":[{"c":2,"d":1}]}',
  );
});

test('a link is the sha256 of the link before, the place and names as a JSON array, and the data', () => {
  const text = fc.constantFrom('vm:a', 'vm:"b"', 'ä\u2028', '', 'vm.reported', 'a\\b', 'x,1', 'x');
  const small = fc.nat(2);
  const event = fc.record({
    at: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -0, 1e21, 1.5)),
    type: text,
    v: small,
    entity: text,
    evidence: small,
    line: fc.nat(),
    key: fc.option(text),
    data: fc.constantFrom('{}', '{"a":1}'),
  });
  const before = 'A'.repeat(43);
  fc.assert(
    fc.property(fc.array(fc.tuple(event, text, small), { minLength: 1, maxLength: 20 }), (events) => {
      for (const [e, source, timeline] of events) {
        const names = [timeline, 7, e.at, e.type, e.v, e.entity, e.evidence, source, e.line, e.key];
        const plain = createHash('sha256')
          .update(before + JSON.stringify(names) + e.data, 'utf8')
          .digest('base64url');
        expect(eventLink(before, timeline, 7, source, e)).toBe(plain);
      }
    }),
  );
});

/** Batches of every shape: one event, fewer and more than are inserted at once, lines that count on and lines that do not, keys or none. */
const shapes: readonly (readonly Candidate[])[] = [
  [note(1, 1)],
  Array.from({ length: 173 }, (_, i) => note(i % 7, i + 5)),
  Array.from({ length: 1201 }, (_, i) => note(i / 8, i + 1, i % 3 === 0 ? null : `key-${i}`, `ä "${i}"`)),
  Array.from({ length: 120 }, (_, i): Candidate => ({
    ...note(0 - i, 2 * i),
    evidence: i < 60 ? 'inferred' : 'assumed',
  })),
  Array.from({ length: 51 }, (_, i): Candidate => ({ ...note(9, i === 50 ? 60 : i), entity: `vm:${i}😀` })),
];

test('heads are the ones that the first version of the log gave for the same writes', () => {
  const log = open(join(tempFolder(), 'heads.understudy'));
  for (const [i, events] of shapes.entries()) add(log, main(log), batch(`s${i}`, events));
  const branch = value(log.branch('b', main(log), at(1)));
  add(log, branch, batch('run:x', [note(2, 0), note(3, 0, 'k')]));
  const { ok, heads } = log.verify();
  expect(ok).toBe(true);
  expect(heads).toEqual({
    main: '4016cbda3bc2d19548ebe270f4b013fcda2fccddb1ae52684975e5a8f2f25745',
    b: '99f064807b2812509ece95cdf10405094d37ed67afa69431186022c600b4c528',
  });
});

test('rows of every shape are read back as they were appended', () => {
  for (const events of shapes) {
    const log = newLog();
    add(log, main(log), batch('s', events));
    const read = [...log.journal()].flatMap((entry) => (entry.kind === 'batch' ? entry.batch.events : []));
    expect(read).toEqual(events);
  }
});
