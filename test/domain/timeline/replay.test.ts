// Seeking answers what folding from the start would, whatever was sought before, kept, evicted or invalidated.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Instant, instant, seq } from '../../../domain/base/brand.ts';
import { forkCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { hashOf } from '../../../domain/cluster/hash.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import {
  HistoryChanged,
  type KeptAt,
  type Keyframe,
  type KeyframeHead,
  type RowVersion,
} from '../../../domain/timeline/keyframes.ts';
import { byEventTime, type Cut } from '../../../domain/timeline/order.ts';
import { createReplayer, type History, type Replayer, type ReplayOptions } from '../../../domain/timeline/replay.ts';
import { arbitraryLog } from '../cluster/arbitrary.ts';
import { foldAll, host, numbered, START, stateOf, vm } from '../cluster/facts.ts';

type Kept = Keyframe & { readonly after: number };

/** A history in memory that keeps keyframes as clones, as a file would, and counts what is read. */
class Memory implements History {
  events_: LogEvent[];
  kept: Kept[] = [];
  read = 0;
  reading = 0;
  loaded = 0;
  rows = 0;
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

  view = 0;

  at(kept: Kept): KeptAt {
    const { number, position, after } = kept;
    return { number, position, ordinal: after, newest: this.kept.length - 1, view: String(this.view) };
  }

  nearest(cut: Cut): KeptAt | null {
    const found = this.kept.findLast((k) => k.after <= this.upTo(cut));
    return found === undefined ? null : this.at(found);
  }

  head(at: KeptAt, number: number): KeyframeHead | null {
    this.loaded++;
    const found = this.kept[number];
    if (found === undefined || at.view !== String(this.view)) return null;
    if (this.readable(found)) return structuredClone(found);
    this.drop(0); // as the log does where something is not what was written
    return null;
  }

  versions(at: KeptAt, entities: readonly number[]): ReadonlyMap<number, RowVersion> {
    this.rows += entities.length;
    if (at.view !== String(this.view)) throw new HistoryChanged();
    return new Map(entities.map((entity) => [entity, this.version(at, entity)]));
  }

  version(at: KeptAt, entity: number): RowVersion {
    const versions = this.kept.flatMap(({ number, rows }) =>
      rows.filter((r) => r.entity === entity).map(({ text }) => ({ number, text })),
    );
    const next = versions.find((v) => v.number > at.number)?.number ?? null;
    return { ...(versions.findLast((v) => v.number <= at.number) ?? { number: -1, text: null }), next };
  }

  event(n: number): LogEvent | null {
    return this.events_.find((e) => e.seq === n) ?? null;
  }

  keep(before: KeptAt | null, frame: Keyframe): KeptAt | null {
    if ((before?.number ?? -1) !== this.kept.length - 1) return null;
    const after = this.upTo(frame.position);
    expect(frame.counts.folded).toBe(after);
    expect(frame.number).toBe(this.kept.length);
    this.kept.push({ ...structuredClone(frame), after });
    return this.at(this.kept.at(-1)!);
  }

  flush(): boolean {
    return true;
  }

  drop(length: number): void {
    if (length >= this.kept.length) return;
    this.kept.length = length;
    this.view++;
  }

  forget(from: Instant): void {
    const first = this.kept.findIndex((k) => k.position.at >= from);
    if (first >= 0) this.drop(first);
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
  rowsInMemory: fc.constantFrom(2, 10, 100_000),
});
const replayerOf = (history: History, settings: ReplayOptions): Replayer => createReplayer(history, settings);

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

test('rows are read when somebody looks, and those that are the same at two instants once', () => {
  const history = steady(2000);
  createReplayer(history, { keyframeEvery: 20 }).seek(minute(2000));
  const replayer = createReplayer(history, { keyframeEvery: 20 });
  const seen = replayer.seek(minute(1000));
  expect(history.rows).toBeLessThanOrEqual(50 + 4); // VMs and hosts, and none of the 1,000 anomalies
  expect(hashOf(seen)).toBe(expected(history, minute(1000)));
  expect(history.rows).toBeLessThanOrEqual(50 + 4 + seen.counts.anomalies);
  history.rows = 0;
  expect(hashOf(replayer.seek(minute(1000)))).toBe(expected(history, minute(1000)));
  expect(history.rows).toBe(0);
  const { anomalies } = seen.counts;
  const later = replayer.seek(minute(1020));
  expect(hashOf(later)).toBe(expected(history, minute(1020)));
  expect(history.rows).toBeLessThanOrEqual(40 + 4 + later.counts.anomalies - anomalies);
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
    expect(history.loaded).toBeLessThanOrEqual(32 + 8); // since the last that tells whole who is there, and those before it
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
    { numRuns: 75 },
  );
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

test('where ids keep coming, a new process uses every keyframe, also those left by one that went on from others', () => {
  const history = growing(900);
  const settings = { keyframeEvery: 3 };
  createReplayer(history, settings).seek(minute(300));
  createReplayer(history, settings).seek(minute(900));
  for (const n of [899, 450, 320]) {
    history.read = 0;
    expect(hashOf(createReplayer(history, settings).seek(minute(n)))).toBe(expected(history, minute(n)));
    expect(history.read).toBeLessThanOrEqual(6);
  }
});

test('a keyframe holds what was written since the one before, also where a new process went on', () => {
  const history = growing(900);
  const settings = { keyframeEvery: 3 };
  createReplayer(history, settings).seek(minute(300));
  createReplayer(history, settings).seek(minute(900));
  expect(history.kept.length).toBeGreaterThan(600);
  for (const { rows } of history.kept) expect(rows.length).toBeLessThan(12);
});

test('what leans on a state at a keyframe does not see what else leans on it', () => {
  fc.assert(
    fc.property(arbitraryLog(40), arbitraryLog(20), arbitraryLog(20), fc.nat({ max: 45 }), (log, left, right, n) => {
      const history = new Memory(log);
      const settings = { keyframeEvery: 3 };
      createReplayer(history, settings).seek(minute(99));
      const laid = createReplayer(history, settings).seek(minute(n));
      const events = history.events_.slice(0, history.upTo(minute(n)));
      const [one, two] = [forkCluster(laid), forkCluster(laid)];
      for (let i = 0; i < 20; i++) {
        if (left[i]) fold(one, left[i]!);
        if (right[i]) fold(two, right[i]!);
      }
      expect(hashOf(laid)).toBe(expected(history, minute(n)));
      expect(stateOf(one)).toEqual(stateOf(foldAll(left, foldAll(events))));
      expect(hashOf(two)).toBe(hashOf(foldAll(right, foldAll(events))));
    }),
    { numRuns: 100 },
  );
});

test('others that go on from the same keyframe take nothing from each other', () => {
  fc.assert(
    fc.property(logAndCuts, logAndCuts, options, ([log, cuts], [, more], settings) => {
      const history = new Memory(log);
      const [one, two] = [replayerOf(history, settings), replayerOf(history, settings)];
      for (let i = 0; i < Math.max(cuts.length, more.length); i++) {
        const [a, b] = [cuts[i], more[i]];
        if (a !== undefined) expect(hashOf(one.seek(a))).toBe(expected(history, a));
        two.warm(3);
        if (b !== undefined && (b.seq === null || history.event(b.seq)?.at === b.at)) {
          expect(hashOf(two.seek(b))).toBe(expected(history, b));
        }
      }
    }),
    { numRuns: 75 },
  );
});
