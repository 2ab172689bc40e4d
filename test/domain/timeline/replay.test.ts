// Seeking answers what folding from the start would, whatever was sought before, kept, evicted or invalidated.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instant, seq } from '../../../domain/base/brand.ts';
import type { ClusterDump } from '../../../domain/cluster/cluster.ts';
import { hashOf } from '../../../domain/cluster/hash.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { byEventTime, type Cut } from '../../../domain/timeline/order.ts';
import {
  createReplayer,
  type FoundKeyframe,
  type History,
  type ReplayOptions,
  type StoredKeyframe,
} from '../../../domain/timeline/replay.ts';
import { arbitraryLog } from '../cluster/arbitrary.ts';
import { foldAll, host, numbered, START, vm } from '../cluster/facts.ts';

type Kept = StoredKeyframe & { readonly after: number };

/** A history in memory that keeps keyframes as clones, as a file would, and counts what is read. */
class Memory implements History {
  events_: LogEvent[];
  kept: Kept[] = [];
  read = 0;
  reading = 0;
  loaded = 0;
  readable = true;

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

  nearest(cut: Cut): FoundKeyframe | null {
    const found = this.kept.findLast((k) => k.after <= this.upTo(cut));
    return found === undefined ? null : { cut: found.cut, ordinal: found.after, load: () => this.#load(found) };
  }

  #load(kept: Kept): ClusterDump | null {
    this.loaded++;
    return this.readable ? structuredClone(kept.dump) : null;
  }

  keep(frame: StoredKeyframe): void {
    expect(this.reading).toBe(0);
    this.kept.push({ ...structuredClone(frame), after: this.upTo(frame.cut) });
    this.kept.sort((a, b) => a.after - b.after);
  }

  /** A late event: it lands at its own instant, and what was kept after it is dropped. */
  land(e: LogEvent): void {
    this.events_ = [...this.events_, e].sort(byEventTime);
    this.kept = this.kept.filter((k) => k.cut.at < e.at);
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
const options = fc.record<ReplayOptions>({
  keyframeEvery: fc.integer({ min: 1, max: 9 }),
  storeEvery: fc.integer({ min: 1, max: 20 }),
  wholeEvery: fc.constantFrom(0, 10, 100, 1e9),
  budgetBytes: fc.constantFrom(0, 100_000, 300_000, 2 ** 30),
});

const expected = (history: Memory, cut: Cut): string => hashOf(foldAll(history.events_.slice(0, history.upTo(cut))));

test('any sequence of seeks answers what a replay from the start does', () => {
  fc.assert(
    fc.property(logAndCuts, options, ([log, cuts], settings) => {
      const history = new Memory(log);
      const replayer = createReplayer(history, settings);
      for (const cut of cuts) expect(hashOf(replayer.seek(cut))).toBe(expected(history, cut));
    }),
    { numRuns: 150 },
  );
});

test('a new process on the same file answers the same from what was kept', () => {
  fc.assert(
    fc.property(logAndCuts, options, ([log, cuts], settings) => {
      const history = new Memory(log);
      for (const cut of cuts) createReplayer(history, settings).seek(cut);
      for (const cut of cuts) expect(hashOf(createReplayer(history, settings).seek(cut))).toBe(expected(history, cut));
    }),
    { numRuns: 75 },
  );
});

test('a late event changes every instant from its own on, and none before', () => {
  fc.assert(
    fc.property(logAndCuts, arbitraryLog(5), options, ([log, cuts], late, settings) => {
      const history = new Memory(log);
      const replayer = createReplayer(history, settings);
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
  const replayer = createReplayer(history, { keyframeEvery: 100, storeEvery: 1e9, budgetBytes: 2 ** 30 });
  replayer.seek(minute(2000));
  for (const n of [1999, 7, 1234, 500, 99, 100, 101]) {
    history.read = 0;
    replayer.seek(minute(n));
    expect(history.read).toBeLessThanOrEqual(100);
  }
});

test('warming in slices leaves the keyframes a first pass would, and starts again where a late event landed', () => {
  const history = steady(2000);
  const replayer = createReplayer(history, { keyframeEvery: 100, storeEvery: 1e9, budgetBytes: 2 ** 30 });
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

test('keyframes stay within their budget and thin out over the whole of history', () => {
  const history = steady(2000);
  const budgetBytes = 800_000;
  const replayer = createReplayer(history, { keyframeEvery: 20, storeEvery: 1e9, budgetBytes });
  replayer.seek(minute(2000));
  const { keyframes, bytes } = replayer.usage();
  expect(bytes).toBeLessThanOrEqual(budgetBytes);
  expect(keyframes).toBeGreaterThan(3);
  history.read = 0;
  replayer.seek(minute(1000));
  expect(history.read).toBeLessThan(1000); // something was left in the middle, not only at the end
});

test('the moment says which event the state ends with, null before the first', () => {
  const history = new Memory(numbered([host(5, 'h1'), host(6, 'h2')]));
  const replayer = createReplayer(history);
  expect(replayer.moment(minute(4)).position).toBeNull();
  expect(replayer.moment(minute(5)).position).toEqual({ at: START + 5 * 60_000, seq: 1 });
  expect(replayer.moment(minute(99)).position).toEqual({ at: START + 6 * 60_000, seq: 2 });
});

test('a new process loads one kept keyframe instead of folding all there is, wherever it looks first', () => {
  const history = steady(2000);
  const settings = { keyframeEvery: 20, storeEvery: 200, budgetBytes: 2 ** 30 };
  createReplayer(history, settings).seek(minute(2000));
  const replayer = createReplayer(history, settings);
  for (const n of [3, 1999, 1000]) {
    history.read = 0;
    replayer.seek(minute(n));
    expect(history.read).toBeLessThanOrEqual(200);
  }
  expect(history.loaded).toBe(2);
});

test('a kept keyframe that cannot be read is as good as none', () => {
  const history = steady(500);
  const settings = { keyframeEvery: 10, storeEvery: 100, budgetBytes: 2 ** 30 };
  createReplayer(history, settings).seek(minute(500));
  history.readable = false;
  expect(hashOf(createReplayer(history, settings).seek(minute(450)))).toBe(expected(history, minute(450)));
});
