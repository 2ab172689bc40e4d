// Seeking answers what folding from the start would, whatever was sought before, kept, evicted or invalidated.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Instant, instant, seq } from '../../../domain/base/brand.ts';
import { hashOf } from '../../../domain/cluster/hash.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { type Keyframe, States } from '../../../domain/timeline/keyframes.ts';
import { byEventTime, type Cut, type Position } from '../../../domain/timeline/order.ts';
import { createReplayer, type History, type KeptAt, type Replayer } from '../../../domain/timeline/replay.ts';
import { arbitraryLog } from '../cluster/arbitrary.ts';
import { foldAll, host, numbered, START, vm } from '../cluster/facts.ts';

type Kept = Keyframe & { readonly after: number };

/** A history in memory that keeps keyframes as clones, as a file would, and counts what is read. */
class Memory implements History {
  events_: LogEvent[];
  kept: Kept[] = [];
  read = 0;
  reading = 0;
  loaded = 0;
  readable: (kept: Kept) => boolean = () => true;

  constructor(events: readonly LogEvent[]) {
    this.events_ = [...events].sort(byEventTime);
  }

  /** How many events lie up to a cut. */
  upTo({ at, seq: exact }: Cut): number {
    if (exact !== null) return this.events_.findIndex((e) => e.seq === exact) + 1;
    return this.events_.filter((e) => e.at <= at).length;
  }

  *events(after: Cut | null, upTo: Cut): Generator<LogEvent> {
    const end = this.upTo(upTo);
    this.reading++;
    try {
      for (let i = after === null ? 0 : this.upTo(after); i < end; i++) {
        this.read++;
        yield this.events_[i]!;
      }
    } finally {
      this.reading--;
    }
  }

  nearest(cut: Cut): KeptAt | null {
    const found = this.kept.findLast((k) => k.after <= this.upTo(cut));
    return found === undefined ? null : { position: found.position, ordinal: found.after };
  }

  load({ seq: n }: Position): Keyframe | null {
    this.loaded++;
    const found = this.kept.find((k) => k.position.seq === n);
    return found === undefined || !this.readable(found) ? null : structuredClone(found);
  }

  keep(frames: readonly Keyframe[]): void {
    expect(this.reading).toBe(0);
    for (const frame of frames) {
      const after = this.upTo(frame.position);
      expect(frame.patch.counts.folded).toBe(after);
      this.kept = this.kept.filter((k) => k.after !== after);
      this.kept.push({ ...structuredClone(frame), after });
    }
    this.kept.sort((a, b) => a.after - b.after);
  }

  forget(from: Instant): void {
    this.kept = this.kept.filter((k) => k.position.at < from);
  }

  /** A late event: it lands at its own instant, and what was kept after it is dropped. */
  land(e: LogEvent): void {
    this.events_ = [...this.events_, e].sort(byEventTime);
  }
}

const cutsOf = (log: readonly LogEvent[]): fc.Arbitrary<Cut> =>
  fc.oneof(
    fc.nat({ max: 45 }).map((minute): Cut => ({ at: instant(START + minute * 60_000), seq: null })),
    fc.constantFrom(...log).map((e): Cut => ({ at: e.at, seq: e.seq })),
  );

const logAndCuts = arbitraryLog(60).chain((log) =>
  fc.tuple(fc.constant(log), fc.array(cutsOf(log), { minLength: 1, maxLength: 12 })),
);
const options = fc.record({
  keyframeEvery: fc.integer({ min: 1, max: 9 }),
  budgetBytes: fc.constantFrom(0, 100_000, 300_000, 2 ** 30),
});
type Settings = { keyframeEvery: number; budgetBytes: number };
const replayerOf = (history: History, { budgetBytes, ...rest }: Settings): Replayer =>
  createReplayer(history, { ...rest, states: new States(budgetBytes) });

const expected = (history: Memory, cut: Cut): string => hashOf(foldAll(history.events_.slice(0, history.upTo(cut))));

test('any sequence of seeks answers what a replay from the start does', () => {
  fc.assert(
    fc.property(logAndCuts, options, ([log, cuts], settings) => {
      const history = new Memory(log);
      const replayer = replayerOf(history, settings);
      for (const cut of cuts) expect(hashOf(replayer.seek(cut))).toBe(expected(history, cut));
    }),
    { numRuns: 150 },
  );
});

test('a new process on the same file answers the same from what was kept', () => {
  fc.assert(
    fc.property(logAndCuts, options, ([log, cuts], settings) => {
      const history = new Memory(log);
      for (const cut of cuts) replayerOf(history, settings).seek(cut);
      for (const cut of cuts) expect(hashOf(replayerOf(history, settings).seek(cut))).toBe(expected(history, cut));
    }),
    { numRuns: 75 },
  );
});

test('a late event changes every instant from its own on, and none before', () => {
  fc.assert(
    fc.property(logAndCuts, arbitraryLog(5), options, ([log, cuts], late, settings) => {
      const history = new Memory(log);
      const replayer = replayerOf(history, settings);
      for (const cut of cuts) replayer.seek(cut);
      replayer.warm(7);
      for (const [i, e] of late.entries()) {
        const landed: LogEvent = { ...e, seq: seq(log.length + 1 + i), source: 'late' };
        history.land(landed);
        replayer.invalidate(landed.at);
        replayer.warm(3);
        for (const cut of cuts) expect(hashOf(replayer.seek(cut))).toBe(expected(history, cut));
      }
    }),
    { numRuns: 75 },
  );
});

const steady = (events: number): Memory =>
  new Memory(numbered(Array.from({ length: events }, (_, i) => vm(i, `v${i % 50}`, { host: `h${(i >> 3) % 4}` }))));
const minute = (n: number): Cut => ({ at: instant(START + n * 60_000), seq: null });

test('after a first pass a seek reads no more than the keyframe spacing', () => {
  const history = steady(2000);
  const replayer = createReplayer(history, { keyframeEvery: 100 });
  replayer.seek(minute(2000));
  for (const n of [1999, 7, 1234, 500, 99, 100, 101]) {
    history.read = 0;
    replayer.seek(minute(n));
    expect(history.read).toBeLessThanOrEqual(100);
  }
});

test('warming in slices leaves the keyframes a first pass would, and starts again where a late event landed', () => {
  const history = steady(2000);
  const replayer = createReplayer(history, { keyframeEvery: 100 });
  while (replayer.warm(70));
  // Each slice looks at the event after its last, to know that the instant is over.
  expect(history.read).toBeLessThanOrEqual(2000 + 2000 / 70);
  replayer.invalidate(minute(1500).at);
  while (replayer.warm(333));
  expect(history.read).toBeLessThanOrEqual(2000 + 2000 / 70 + 600 + 2);
  for (const n of [1999, 7, 1234, 500]) {
    history.read = 0;
    expect(hashOf(replayer.seek(minute(n)))).toBe(expected(history, minute(n)));
    expect(history.read).toBeLessThanOrEqual(100);
  }
});

test('playing forward reads only what is new', () => {
  const history = steady(100);
  const replayer = createReplayer(history, { keyframeEvery: 1e9 });
  replayer.seek(minute(50));
  history.read = 0;
  for (let n = 51; n <= 60; n++) replayer.seek(minute(n));
  expect(history.read).toBe(10);
});

test('states in memory stay within their budget, and what is not there is made from keyframes', () => {
  const history = steady(2000);
  const states = new States(300_000);
  const replayer = createReplayer(history, { keyframeEvery: 20, states });
  for (let n = 100; n <= 2000; n += 100) createReplayer(history, { keyframeEvery: 20 }).seek(minute(n));
  for (let n = 1950; n > 0; n -= 100) replayer.seek(minute(n));
  expect(states.usage.bytes).toBeLessThanOrEqual(300_000);
  expect(states.usage.states).toBeGreaterThan(3);
  history.read = 0;
  expect(hashOf(replayer.seek(minute(1000)))).toBe(expected(history, minute(1000)));
  expect(history.read).toBeLessThanOrEqual(20);
});

test('the moment says which event the state ends with, null before the first', () => {
  const history = new Memory(numbered([host(5, 'h1'), host(6, 'h2')]));
  const replayer = createReplayer(history);
  expect(replayer.moment(minute(4)).position).toBeNull();
  expect(replayer.moment(minute(5)).position).toEqual({ at: START + 5 * 60_000, seq: 1 });
  expect(replayer.moment(minute(99)).position).toEqual({ at: START + 6 * 60_000, seq: 2 });
});

test('a new process makes any instant from a few keyframes, wherever it looks first', () => {
  const history = steady(2000);
  const settings = { keyframeEvery: 10 };
  createReplayer(history, settings).seek(minute(2000));
  for (const n of [3, 1999, 1000]) {
    history.read = 0;
    history.loaded = 0;
    const replayer = createReplayer(history, settings);
    expect(hashOf(replayer.seek(minute(n)))).toBe(expected(history, minute(n)));
    expect(history.read).toBeLessThanOrEqual(10);
    expect(history.loaded).toBeLessThanOrEqual(3 * 7); // some 200 keyframes: three digits of eight
  }
});

test('of keyframes some of which cannot be read, what is left is used, and the rest is left anew', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 49 }), { minLength: 1, maxLength: 6 }), fc.nat({ max: 499 }), (lost, n) => {
      const history = steady(500);
      createReplayer(history, { keyframeEvery: 10 }).seek(minute(500));
      history.readable = ({ number }) => !lost.includes(number);
      const replayer = createReplayer(history, { keyframeEvery: 10 });
      expect(hashOf(replayer.seek(minute(n)))).toBe(expected(history, minute(n)));
      history.readable = () => true;
      expect(hashOf(replayer.seek(minute(499)))).toBe(expected(history, minute(499)));
      expect(hashOf(createReplayer(history).seek(minute(n)))).toBe(expected(history, minute(n)));
    }),
    { numRuns: 40 },
  );
});

test('keyframes of a process that gave rows out in another order are not mixed with its own', () => {
  fc.assert(
    fc.property(logAndCuts, arbitraryLog(5), options, ([log, cuts], late, settings) => {
      const history = new Memory(log);
      const [one, two] = [replayerOf(history, settings), replayerOf(history, settings)];
      for (const [i, e] of late.entries()) {
        for (const cut of cuts) expect(hashOf(one.seek(cut))).toBe(expected(history, cut));
        const landed: LogEvent = { ...e, seq: seq(log.length + 1 + i), source: 'late' };
        history.land(landed);
        one.invalidate(landed.at);
        two.invalidate(landed.at);
        for (const cut of cuts) expect(hashOf(two.seek(cut))).toBe(expected(history, cut));
      }
    }),
    { numRuns: 60 },
  );
});

test('each keyframe is a patch on the one before it by the largest power of eight that divides its number', () => {
  const history = steady(700);
  createReplayer(history, { keyframeEvery: 1 }).seek(minute(300));
  const replayer = createReplayer(history, { keyframeEvery: 1, states: new States(0) });
  replayer.seek(minute(700));
  const byNumber = new Map(history.kept.map((k) => [k.number, k]));
  expect(byNumber.size).toBe(700);
  const placeOf = (number: number) => history.kept.find((k) => k.number === number)!.position;
  expect(byNumber.get(0)?.base).toBeNull();
  byNumber.delete(0);
  for (const [number, { base }] of byNumber) {
    let step = 1;
    while (number % (step * 8) === 0) step *= 8;
    expect(base).toEqual(placeOf(number - step));
  }
  expect(hashOf(createReplayer(history).seek(minute(650)))).toBe(expected(history, minute(650)));
});

/** A VM more every minute, and each told of again for a quarter of an hour. */
const growing = (minutes: number): Memory =>
  new Memory(
    numbered([
      host(0, 'h1'),
      ...Array.from({ length: minutes }, (_, n) => n).flatMap((n) =>
        [n, n - 5, n - 15]
          .filter((k) => k >= 0)
          .map((k) => vm(n, `v${k}`, { vmState: n === k ? 'building' : 'active', host: 'h1' })),
      ),
    ]),
  );

test('where ids keep coming, a new process uses every keyframe, also those left by one that made their bases again', () => {
  const history = growing(900);
  const settings = { keyframeEvery: 3 };
  createReplayer(history, settings).seek(minute(300));
  createReplayer(history, { ...settings, states: new States(0) }).seek(minute(900));
  for (const n of [899, 450, 320]) {
    history.read = 0;
    expect(hashOf(createReplayer(history, settings).seek(minute(n)))).toBe(expected(history, minute(n)));
    expect(history.read).toBeLessThanOrEqual(6);
  }
});

test('a keyframe holds what was written since its base, also where the base was made again', () => {
  const history = growing(900);
  const settings = { keyframeEvery: 3 };
  createReplayer(history, settings).seek(minute(300));
  createReplayer(history, { ...settings, states: new States(0) }).seek(minute(900));
  // Over 64 minutes some 64 VMs came and 80 were told of: a few values each, and not those of all that were there before.
  const far = history.kept.filter(({ number }) => number > 256 && number % 64 === 0 && number % 512 > 0);
  expect(far.length).toBeGreaterThan(6);
  for (const { patch } of far) expect(patch.cells.ends.length).toBeLessThan(64 * 6);
});
