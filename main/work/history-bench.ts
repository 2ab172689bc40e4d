// How fast history answers: a generated log of N events written, replayed and sought at random, beside the bare work.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Asked, Phases, Told } from './history-phase.ts';
import type { Both } from './history-phases.ts';

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

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;

type Ran<T> = { readonly value: T; readonly rssMiB: number };

/** Runs a phase in a process of its own; fails when that ends without a result. */
const ran = <P extends keyof Phases>(asked: Asked & { readonly phase: P }, says: (done: string) => void) =>
  new Promise<Ran<Phases[P]>>((resolve, reject) => {
    const child = fork(new URL('./history-phase.ts', import.meta.url));
    child.on('message', (told: Told) => {
      if (told.kind === 'says') says(told.done);
      else resolve({ value: told.value as Phases[P], rssMiB: told.rssMiB });
    });
    child.once('exit', (code) => reject(new Error(`the phase ${asked.phase} ended with ${code} and no result`)));
    child.send(asked);
  });

/** Builds a log of `count` events and measures it; the file is removed afterwards. `says` hears how far it is. */
export const historyBench = async (count: number, says: (done: string) => void = () => {}): Promise<HistoryReport> => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-history-'));
  try {
    const path = join(folder, 'history.understudy');
    const bareInto = join(folder, 'bare');
    const run = <P extends keyof Phases>(phase: P) => ran<P>({ phase, path, bareInto, count }, says);
    const built = await run('build');
    rmSync(bareInto, { force: true });
    const bytes = statSync(path).size;
    says('reading it cold');
    const replayed = await run('coldReplay');
    says('opening it for the first time');
    const first = await run('firstOpening');
    const keyframeBytes = statSync(path).size - bytes;
    says('opening it again and seeking');
    const sought = await run('seeking');
    const { openMs, coldMs, warmingMs, warmMs } = sought.value;

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
        ratio('append of generated events', built.value, APPEND_TARGET),
        ratio('cold replay with fold', replayed.value, REPLAY_TARGET),
      ],
      figures: [
        figure('file size', bytes / count, 'bytes an event'),
        figure('keyframes kept beside', keyframeBytes / count, 'bytes an event'),
        figure('first state of a log never opened', first.value, 'ms'),
        figure('open to first picture, keyframes kept', openMs, 'ms', OPEN_MS_TARGET),
        figure('seek p50, just opened', quantile(coldMs, 0.5), 'ms'),
        figure('seek p95, just opened', quantile(coldMs, 0.95), 'ms', SEEK_MS_TARGET),
        figure('seek max, just opened', coldMs.at(-1)!, 'ms'),
        figure('warming, in slices between calls', warmingMs, 'ms'),
        figure('seek p50, warm', quantile(warmMs, 0.5), 'ms'),
        figure('seek p95, warm', quantile(warmMs, 0.95), 'ms', SEEK_MS_TARGET),
        figure('seek max, warm', warmMs.at(-1)!, 'ms'),
        figure('peak RSS, generating and appending', built.rssMiB, 'MiB', RSS_MIB_TARGET),
        figure('peak RSS, reading cold', replayed.rssMiB, 'MiB', RSS_MIB_TARGET),
        figure('peak RSS, opening for the first time', first.rssMiB, 'MiB', RSS_MIB_TARGET),
        figure('peak RSS, opening again and seeking', sought.rssMiB, 'MiB', RSS_MIB_TARGET),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
