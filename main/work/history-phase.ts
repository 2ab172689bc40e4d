// One phase of the bench of history in a process of its own, as its maker asks: nobody opens a log in the process that wrote it.
import { assert } from '../../domain/base/result.ts';
import { build, coldReplay, firstOpening, seeking } from './history-phases.ts';

/** What each phase gives. */
export type Phases = {
  readonly build: ReturnType<typeof build>;
  readonly coldReplay: ReturnType<typeof coldReplay>;
  readonly firstOpening: ReturnType<typeof firstOpening>;
  readonly seeking: ReturnType<typeof seeking>;
};

export type Asked = {
  readonly phase: keyof Phases;
  readonly path: string;
  readonly bareInto: string;
  readonly count: number;
};
export type Told =
  | { readonly kind: 'says'; readonly done: string }
  | { readonly kind: 'result'; readonly value: unknown; readonly rssMiB: number };

assert(process.send !== undefined, 'this file runs as a child process');
const tell = (told: Told): void => {
  process.send?.(told);
};

process.once('message', ({ phase, path, bareInto, count }: Asked) => {
  const run = {
    build: () => build(path, bareInto, count, (done) => tell({ kind: 'says', done })),
    coldReplay: () => coldReplay(path),
    firstOpening: () => firstOpening(path),
    seeking: () => seeking(path),
  };
  const value = run[phase]();
  tell({ kind: 'result', value, rssMiB: process.resourceUsage().maxRSS / 1024 });
  process.disconnect();
});
