// How fast history answers: a generated log of N events opened, replayed and sought at random, beside the bare work.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { instant } from '../../domain/base/brand.ts';
import { assert } from '../../domain/base/result.ts';
import { rng } from '../../domain/base/rng.ts';
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import { generate } from '../../domain/generator/generate.ts';
import { openLog } from '../../main/log/log.ts';
import type { Log } from '../../main/log/types.ts';
import { historiesOf } from '../../main/work/histories.ts';
import type { Ratio } from './log.ts';

const HOSTS = 1000;
const VMS = 20_000;
const BATCH = 2000;
const SEEKS = 300;
const START = instant(Date.UTC(2026, 10, 17));
const REPLAY_TARGET = 0.4;
const SEEK_MS_TARGET = 16;
const OPEN_MS_TARGET = 1000;
const RSS_MIB_TARGET = 700;

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
  const log = openLog(path, { create });
  assert(log.ok, 'the log opens');
  return log.value;
};

/** Writes exactly `count` generated events; days are added until there are enough. */
const build = (path: string, count: number): number => {
  const log = opened(path, true);
  const main = log.timeline('main');
  assert(main.ok, 'main exists');
  const source = { id: 'run:bench:history', name: 'bench', format: 'generated' };
  let head = log.head(main.value);
  let events: Candidate[] = [];
  let written = 0;
  const flush = (done: boolean): void => {
    const batch = { source, throughLine: written + events.length, done, events, refused: [] };
    const appended = log.append(main.value, head, batch);
    assert(appended.ok, 'nobody else writes');
    head = appended.value.head;
    written += events.length;
    events = [];
  };
  const started = performance.now();
  for (const event of generate({ hosts: HOSTS, vms: VMS, days: 3660, seed: 'bench', start: START })) {
    events.push(event);
    if (written + events.length >= count) break;
    if (events.length === BATCH) flush(false);
  }
  flush(true);
  log.close();
  return performance.now() - started;
};

/** Reading every row and parsing its JSON: what no replay can do without. */
const bareRead = (path: string): number => {
  const db = new Database(path, { readonly: true });
  const started = performance.now();
  let bytes = 0;
  for (const row of db.prepare<[], { data: string }>('SELECT * FROM event ORDER BY id').iterate()) {
    if (JSON.parse(row.data) !== null) bytes += row.data.length;
  }
  assert(bytes > 0, 'there is something to read');
  const ms = performance.now() - started;
  db.close();
  return ms;
};

const coldReplay = (path: string): number => {
  const started = performance.now();
  const log = opened(path);
  const main = log.timeline('main');
  assert(main.ok, 'main exists');
  const cluster = emptyCluster();
  for (const event of log.inEventTime(main.value)) fold(cluster, event);
  log.close();
  return performance.now() - started;
};

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

/** Builds a log of `count` events and measures it; the file is removed afterwards. */
export const historyBench = (count: number): HistoryReport => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-history-'));
  try {
    const path = join(folder, 'history.understudy');
    const builtMs = build(path, count);
    const bytes = statSync(path).size;
    const bareMs = bareRead(path);
    const replayMs = coldReplay(path);

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

    const started = performance.now();
    const log = opened(path);
    const main = log.timeline('main');
    assert(main.ok, 'main exists');
    const histories = historiesOf(log);
    const span = log.span(main.value);
    assert(span !== null, 'the log has events');
    histories.seek(main.value, { at: span.to, seq: null });
    const openMs = performance.now() - started;

    const r = rng('seeks');
    const ms: number[] = [];
    for (let i = 0; i < SEEKS; i++) {
      const at = instant(Math.floor(span.from + r.next() * (span.to - span.from)));
      const before = performance.now();
      histories.seek(main.value, { at, seq: null });
      ms.push(performance.now() - before);
    }
    // The scrubbing that is measured starts when the neighbourhood is warm, as a hand's does; the cold part is told apart.
    const warm = ms.slice(SEEKS / 3).sort((a, b) => a - b);
    const cold = ms.slice(0, SEEKS / 3).sort((a, b) => a - b);
    log.close();
    const rssMiB = process.resourceUsage().maxRSS / 1024;
    const figure = (name: string, value: number, unit: string, target: number | null = null) => ({
      name,
      value,
      unit,
      target,
    });
    return {
      ratios: [
        {
          name: `cold replay with fold, ${count} events`,
          ours: Math.round((count / replayMs) * 1000),
          bare: Math.round((count / bareMs) * 1000),
          ratio: bareMs / replayMs,
          target: REPLAY_TARGET,
          unit: 'events/s',
        },
      ],
      figures: [
        figure('generate and append', Math.round((count / builtMs) * 1000), 'events/s'),
        figure('file size', bytes / count, 'bytes an event'),
        figure('first state of a log never opened', firstMs, 'ms'),
        figure('open to first state, keyframes kept', openMs, 'ms', OPEN_MS_TARGET),
        figure('seek p50', quantile(warm, 0.5), 'ms'),
        figure('seek p95', quantile(warm, 0.95), 'ms', SEEK_MS_TARGET),
        figure('seek max', warm.at(-1)!, 'ms'),
        figure('seek p95 of the first hundred', quantile(cold, 0.95), 'ms'),
        figure('peak RSS of the whole bench', rssMiB, 'MiB', RSS_MIB_TARGET),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
