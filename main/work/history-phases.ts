// The phases of the bench of history: a generated log written, read cold, opened for the first time, and opened again to seek in it.
import { instant, seq } from '../../domain/base/brand.ts';
import { assert } from '../../domain/base/result.ts';
import { rng } from '../../domain/base/rng.ts';
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import { generate } from '../../domain/generator/generate.ts';
import { picture } from '../../domain/readout/picture.ts';
import { bareInserting, bareReading } from '../log/bare.ts';
import type { Log } from '../log/types.ts';
import { keepHeapSmall } from './heap.ts';
import { historiesOf } from './histories.ts';
import { openForUse } from './open-log.ts';

const HOSTS = 1000;
const VMS = 20_000;
const BATCH = 2000;
const SEEKS = 400;
/** Events that ours and bare read in turns. */
const STRETCH = 20_000;
/** A bench of millions reports so often that it goes on. */
const SAYS_EVERY = 250_000;
/** As main/service/warming.ts takes them. */
const WARM_SLICE = 2000;
const START = instant(Date.UTC(2026, 10, 17));

const opened = (path: string, create = false): Log => {
  const log = openForUse(path, { create });
  assert(log.ok, 'the log opens');
  return log.value;
};

/** Time taken by ours and by the bare work. */
export type Both = { readonly oursMs: number; readonly bareMs: number };

/** Writes exactly `count` generated events, each batch once through the log and once bare; days are added until there are enough. */
export const build = (path: string, bareInto: string, count: number, says: (done: string) => void): Both => {
  keepHeapSmall(); // as whoever generates does
  const log = opened(path, true);
  const main = log.timeline('main');
  assert(main.ok, 'main exists');
  const bare = bareInserting(path, bareInto);
  const source = { id: 'run:bench:history', name: 'bench', format: 'generated' };
  let head = log.head(main.value);
  let events: Candidate[] = [];
  let written = 0;
  let oursMs = 0;
  let bareMs = 0;
  const flush = (done: boolean): void => {
    const batch = { source, throughLine: written + events.length, done, events, refused: [] };
    const started = performance.now();
    const appended = log.append(main.value, head, batch);
    oursMs += performance.now() - started;
    assert(appended.ok, 'nobody else writes');
    bareMs += bare.next(events.length);
    head = appended.value.head;
    written += events.length;
    if (written % SAYS_EVERY === 0) says(`${written} events written`);
    events = [];
  };
  for (const event of generate({ hosts: HOSTS, vms: VMS, days: 3660, seed: 'bench', start: START })) {
    events.push(event);
    if (written + events.length >= count) break;
    if (events.length === BATCH) flush(false);
  }
  flush(true);
  bare.close();
  log.close();
  return { oursMs, bareMs };
};

/** Reads and folds everything, in turns with the bare reading of the same rows. */
export const coldReplay = (path: string): Both => {
  const bare = bareReading(path);
  let oursMs = 0;
  let bareMs = 0;
  let started = performance.now();
  const log = opened(path);
  const main = log.timeline('main');
  assert(main.ok, 'main exists');
  const cluster = emptyCluster();
  for (const event of log.inEventTime(main.value)) {
    fold(cluster, event);
    if (cluster.counts.folded % STRETCH !== 0) continue;
    oursMs += performance.now() - started;
    bareMs += bare.next(STRETCH);
    started = performance.now();
  }
  log.close();
  oursMs += performance.now() - started;
  bareMs += bare.next(STRETCH);
  bare.close();
  return { oursMs, bareMs };
};

/** Replays everything once and leaves keyframes behind, as the window's first scrub does. In ms. */
export const firstOpening = (path: string): number => {
  const started = performance.now();
  const log = opened(path);
  const main = log.timeline('main');
  assert(main.ok, 'main exists');
  const span = log.span(main.value);
  assert(span !== null, 'the log has events');
  historiesOf(log).stateAt(main.value, { at: span.to, seq: null });
  log.close();
  return performance.now() - started;
};

export type Sought = {
  readonly openMs: number;
  /** Of each seek to a random instant, in order of size. */
  readonly coldMs: readonly number[];
  readonly warmingMs: number;
  readonly warmMs: readonly number[];
};

/** Opens a log whose keyframes are kept, makes the picture at its end, and seeks. */
export const seeking = (path: string): Sought => {
  const started = performance.now();
  const log = opened(path);
  const main = log.timeline('main');
  assert(main.ok, 'main exists');
  const histories = historiesOf(log);
  const span = log.span(main.value);
  assert(span !== null, 'the log has events');
  const head = histories.seek(main.value, { at: span.to, seq: null });
  picture(head.cluster, { timeline: 'main', seq: head.position?.seq ?? seq(0), at: span.to });
  const openMs = performance.now() - started;

  const seeks = (purpose: string): readonly number[] => {
    const r = rng(purpose);
    const ms: number[] = [];
    for (let i = 0; i < SEEKS; i++) {
      const at = instant(Math.floor(span.from + r.next() * (span.to - span.from)));
      const before = performance.now();
      histories.seek(main.value, { at, seq: null });
      ms.push(performance.now() - before);
    }
    return ms.sort((a, b) => a - b);
  };
  const coldMs = seeks('first visits');
  // What no keyframe covers yet a window folds between calls; a command line does not.
  const warmStarted = performance.now();
  while (histories.warm(WARM_SLICE));
  const warmingMs = performance.now() - warmStarted;
  const warmMs = seeks('warm');
  log.close();
  return { openMs, coldMs, warmingMs, warmMs };
};
