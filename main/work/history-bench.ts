// How fast history answers: a generated log of N events opened, replayed and sought at random, beside the bare work.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instant, seq } from '../../domain/base/brand.ts';
import { assert } from '../../domain/base/result.ts';
import { rng } from '../../domain/base/rng.ts';
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import { generate } from '../../domain/generator/generate.ts';
import { picture } from '../../domain/readout/picture.ts';
import { bareInserting, bareReading } from '../log/bare.ts';
import { openLog } from '../log/log.ts';
import type { Log } from '../log/types.ts';
import { historiesOf } from './histories.ts';
import { FOLD } from './open-log.ts';

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
const APPEND_TARGET = 0.6;
const REPLAY_TARGET = 0.5;
const SEEK_MS_TARGET = 16;
const OPEN_MS_TARGET = 1000;
const RSS_MIB_TARGET = 700;

/** A rate of ours beside the rate of the bare work. */
export type Ratio = {
  readonly name: string;
  readonly ours: number;
  readonly bare: number;
  readonly ratio: number;
  readonly target: number | null;
  readonly unit: string;
};

export type HistoryReport = {
  readonly ratios: readonly Ratio[];
  readonly figures: readonly {
    readonly name: string;
    readonly value: number;
    readonly unit: string;
    readonly target: number | null;
  }[];
};

const opened = (path: string, create = false): Log => {
  const log = openLog(path, { create, fold: FOLD });
  assert(log.ok, 'the log opens');
  return log.value;
};

type Both = { readonly oursMs: number; readonly bareMs: number };

/** Writes exactly `count` generated events, each batch once through the log and once bare; days are added until there are enough. */
const build = (path: string, bareInto: string, count: number, says: (done: string) => void): Both => {
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
const coldReplay = (path: string): Both => {
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

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

/** Builds a log of `count` events and measures it; the file is removed afterwards. `says` hears how far it is. */
export const historyBench = (count: number, says: (done: string) => void = () => {}): HistoryReport => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-history-'));
  try {
    const path = join(folder, 'history.understudy');
    const append = build(path, join(folder, 'bare'), count, says);
    rmSync(join(folder, 'bare'), { force: true });
    const bytes = statSync(path).size;
    says('reading it cold');
    const replay = coldReplay(path);

    says('opening it for the first time');
    // The first opening replays everything once and leaves keyframes behind, as the window's first scrub does.
    const firstMs = ((): number => {
      const started = performance.now();
      const log = opened(path);
      const main = log.timeline('main');
      assert(main.ok, 'main exists');
      const span = log.span(main.value);
      assert(span !== null, 'the log has events');
      historiesOf(log).stateAt(main.value, { at: span.to, seq: null });
      log.close();
      return performance.now() - started;
    })();

    const keyframeBytes = statSync(path).size - bytes;

    says('opening it again and seeking');
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
    const cold = seeks('first visits');
    // What no keyframe covers yet a window folds between calls; a command line does not.
    const warmStarted = performance.now();
    while (histories.warm(WARM_SLICE));
    const warmingMs = performance.now() - warmStarted;
    const warm = seeks('warm');
    log.close();
    const rssMiB = process.resourceUsage().maxRSS / 1024;
    const ratio = (name: string, { oursMs, bareMs }: Both, target: number): Ratio => ({
      name,
      ours: Math.round((count / oursMs) * 1000),
      bare: Math.round((count / bareMs) * 1000),
      ratio: bareMs / oursMs,
      target,
      unit: 'events/s',
    });
    const figure = (name: string, value: number, unit: string, target: number | null = null) => ({
      name,
      value,
      unit,
      target,
    });
    return {
      ratios: [
        ratio('append of generated events', append, APPEND_TARGET),
        ratio('cold replay with fold', replay, REPLAY_TARGET),
      ],
      figures: [
        figure('file size', bytes / count, 'bytes an event'),
        figure('keyframes kept beside', keyframeBytes / count, 'bytes an event'),
        figure('first state of a log never opened', firstMs, 'ms'),
        figure('open to first picture, keyframes kept', openMs, 'ms', OPEN_MS_TARGET),
        figure('seek p50, just opened', quantile(cold, 0.5), 'ms'),
        figure('seek p95, just opened', quantile(cold, 0.95), 'ms', SEEK_MS_TARGET),
        figure('seek max, just opened', cold.at(-1)!, 'ms'),
        figure('warming, in slices between calls', warmingMs, 'ms'),
        figure('seek p50, warm', quantile(warm, 0.5), 'ms'),
        figure('seek p95, warm', quantile(warm, 0.95), 'ms', SEEK_MS_TARGET),
        figure('seek max, warm', warm.at(-1)!, 'ms'),
        figure('peak RSS of the whole bench', rssMiB, 'MiB', RSS_MIB_TARGET),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
