// Reading in both orders: lineages, cuts and ties, the same whatever the order of import.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import { byEventTime } from '../../../domain/timeline/order.ts';
import { add, at, batch, codeOf, main, newLog, note, texts, value } from './fixtures.ts';

/** Files of a few lines whose instants collide often. */
const files = fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 8 }), { minLength: 1, maxLength: 6 });

test('whatever the order of import, event-time order is the same', () => {
  fc.assert(
    fc.property(
      files.chain((f) => fc.tuple(fc.constant(f), fc.shuffledSubarray([...f.keys()], { minLength: f.length }))),
      ([contents, order]) => {
        const read = (ids: readonly number[]): readonly unknown[] => {
          const log = newLog();
          for (const id of ids) {
            const events = contents[id]!.map((t, i) => note(t, i + 1, null, `${id}/${i}`));
            add(log, main(log), batch(`file-${id}`, events));
          }
          const all = [...log.inEventTime(main(log))];
          expect(all).toEqual(all.toSorted(byEventTime));
          log.close();
          return all.map((event) => ({ ...event, seq: 0 }));
        };
        expect(read(order)).toEqual(read([...contents.keys()]));
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});

test('reading from a cut on, and up to one, gives the whole', () => {
  const log = newLog();
  const instants = [5, 1, 5, 3, 5, 3, 9, 1, 1];
  instants.forEach((t, i) => add(log, main(log), batch(`s${9 - i}`, [note(t, 1)])));
  const all = [...log.inEventTime(main(log))];
  for (const [i, event] of all.entries()) {
    const cut = { at: event.at, seq: event.seq };
    expect([...log.inEventTime(main(log), { upTo: cut })]).toEqual(all.slice(0, i + 1));
    expect([...log.inEventTime(main(log), { after: cut })]).toEqual(all.slice(i + 1));
    expect([...log.inEventTime(main(log), { after: cut, limit: 2 })]).toEqual(all.slice(i + 1, i + 3));
  }
  expect([...log.inEventTime(main(log), { after: at(3), upTo: at(5) })].map((e) => e.at)).toEqual([5, 5, 5]);
});

test('pages join without a seam, ties included', () => {
  const log = newLog();
  const events = Array.from({ length: 3000 }, (_, i) => note(Math.floor(i / 700), 3000 - i));
  add(log, main(log), batch('s', events));
  const all = [...log.inEventTime(main(log))];
  expect(all).toHaveLength(3000);
  expect(all).toEqual(all.toSorted(byEventTime));
  expect([...log.inRecordOrder(main(log), seq(2), seq(2999))].map((e) => e.seq)).toEqual(
    Array.from({ length: 2998 }, (_, i) => i + 2),
  );
});

test('a reader sees the log as it was when it began, while events are appended', () => {
  const log = newLog();
  add(log, main(log), batch('a', [note(1, 1), note(3, 2)]));
  const reading = log.inEventTime(main(log))[Symbol.iterator]();
  expect(reading.next().value?.seq).toBe(1);
  add(log, main(log), batch('b', [note(2, 1)]));
  expect(reading.next().value?.seq).toBe(2);
  expect(reading.next().done).toBe(true);
});

test('a branch holds its parent below the cut and before the fork, then its own', () => {
  const log = newLog();
  add(log, main(log), batch('a', [note(10, 1), note(20, 2), note(20, 3), note(30, 4)]));
  const one = value(log.branch('one', main(log), at(20, 2)));
  expect(one).toMatchObject({ parent: 1, forkedAt: { at: 20, seq: 2 }, forkedHead: 4, dropped: false });
  add(log, main(log), batch('late', [note(11, 1, null, 'late')]));
  expect(log.head(one)).toBe(4);
  expect(add(log, one, batch('run:1', [note(15, 1, null, 'own'), note(40, 2, null, 'end')])).head).toBe(6);
  expect(texts(log, one)).toEqual(['note 1', 'own', 'note 2', 'end']);
  expect([...log.inRecordOrder(one, seq(1), seq(99))].map((e) => e.seq)).toEqual([1, 2, 5, 6]);
  expect([log.event(one, seq(3)), log.event(one, seq(5))?.at]).toEqual([null, 15]);
  expect(log.span(one)).toEqual({ from: 10, to: 40, events: 4 });

  const two = value(log.branch('two', one, at(15)));
  add(log, one, batch('run:2', [note(12, 1, null, 'unseen')]));
  add(log, two, batch('run:3', [note(13, 1, null, 'deep')]));
  expect(texts(log, two)).toEqual(['note 1', 'deep', 'own']);
  expect(log.span(two)).toEqual({ from: 10, to: 15, events: 3 });
  expect(texts(log, main(log))).toEqual(['note 1', 'late', 'note 2', 'note 3', 'note 4']);
  expect(log.verify().ok).toBe(true);
});

test('a cut that names no event of the lineage is refused', () => {
  const log = newLog();
  add(log, main(log), batch('a', [note(10, 1), note(20, 2)]));
  const early = value(log.branch('early', main(log), at(15)));
  expect(codeOf(log.branch('x', main(log), at(10, 3)))).toBe('bad_cut');
  expect(codeOf(log.branch('x', main(log), at(11, 1)))).toBe('bad_cut');
  expect(codeOf(log.branch('x', early, at(20, 2)))).toBe('bad_cut');
});

test('names are unique among the living, and main stays', () => {
  const log = newLog();
  const a = value(log.branch('a', main(log), at(0)));
  expect(codeOf(log.branch('a', main(log), at(0)))).toBe('name_taken');
  expect(codeOf(log.branch(' ', main(log), at(0)))).toBe('name_taken');
  expect(value(log.rename(a, 'b')).name).toBe('b');
  expect(codeOf(log.timeline('a'))).toBe('no_such_timeline');
  expect(value(log.drop(a))).toMatchObject({ name: 'b', dropped: true });
  expect(codeOf(log.append(a, log.head(a), batch('s', [])))).toBe('no_such_timeline');
  expect(value(log.branch('b', main(log), at(0))).id).toBe(3);
  expect(codeOf(log.drop(main(log)))).toBe('read_only');
  expect(log.timelines().map((t) => [t.name, t.dropped])).toEqual([
    ['main', false],
    ['b', true],
    ['b', false],
  ]);
  expect(log.verify().ok).toBe(true);
});
