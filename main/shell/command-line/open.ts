// Opens a log for the length of one command, and asks the service in the contract's words.
import { existsSync } from 'node:fs';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { At, CallName, Input, Output } from '../../../domain/contract/contract.ts';
import { runHere } from '../../work/jobs.ts';
import { unwatched } from '../../work/watcher.ts';
import { parseMoment } from '../../service/moment.ts';
import { type Composed, compose } from '../compose.ts';
import type { Ending } from './command.ts';
import type { Terminal } from './terminal.ts';

export type Opened = Composed & {
  /** Asks the service; a failure comes back as its sentence. */
  readonly ask: <N extends CallName>(name: N, input: Input<N>) => Promise<Result<Output<N>, string>>;
  /** The instant that `--at` names on a timeline; null for the end. */
  readonly moment: (timeline: string, written: string | undefined) => Result<At | null, string>;
};

const opened = (composed: Composed, terminal: Terminal): Opened => {
  const { log, service } = composed;
  return {
    ...composed,
    ask: async (name, input) => {
      const answer = await service.call(name, input, {
        ...unwatched(),
        progress: ({ says }) => terminal.status(says),
      });
      return answer.ok ? ok(answer.value as Output<typeof name>) : err(answer.error.sentence);
    },
    moment: (name, written) => {
      const timeline = log.timeline(name);
      if (!timeline.ok) return err(timeline.error.sentence);
      if (written === undefined) return ok(null);
      return parseMoment(written, {
        span: log.span(timeline.value),
        instantOf: (seq) => log.event(timeline.value, seq)?.at ?? null,
      });
    },
  };
};

/** Opens the log at `path` (undefined: the demonstration), runs `body` and closes it again. A missing file is a sentence. */
export const inLog = async (
  terminal: Terminal,
  path: string | undefined,
  body: (open: Opened) => Promise<Ending>,
): Promise<Ending> => {
  if (path !== undefined && !existsSync(path)) {
    return err(`There is no log ${path}. Make one with \`understudy import FILE... --log ${path}\`.`);
  }
  const composed = await compose(path ?? null, { runJob: runHere, tell: (line) => terminal.status(line) });
  if (!composed.ok) return composed;
  try {
    return await body(opened(composed.value, terminal));
  } finally {
    composed.value.close();
  }
};
