// Where a command speaks: answers on stdout, everything else on stderr, one exit status at the end.

/** 0 yes or done; 1 the honest answer is no; 2 usage or bad input, and nothing was changed. */
export type Exit = 0 | 1 | 2;

export interface Terminal {
  /** Writes to stdout as is. Resolves when the reader has taken it, so that long answers do not pile up in memory. */
  readonly write: (text: string) => Promise<void>;
  /** A line on stderr. */
  readonly warn: (line: string) => void;
  /** A line on stderr that the next one replaces; nothing where stderr is not a terminal. */
  readonly status: (line: string) => void;
}

/** The process's own stdout and stderr. A reader that goes away (`| head`) ends the process quietly. */
export const processTerminal = (): Terminal => {
  process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') process.exit(0);
    throw cause;
  });
  let statusShown = false;
  const clear = (): void => {
    if (statusShown) process.stderr.write('\r\u001B[K');
    statusShown = false;
  };
  return {
    write: (text) => {
      clear();
      return new Promise((resolve) => void process.stdout.write(text, () => resolve()));
    },
    warn: (line) => {
      clear();
      process.stderr.write(`${line}\n`);
    },
    status: (line) => {
      if (!process.stderr.isTTY) return;
      clear();
      process.stderr.write(line);
      statusShown = true;
    },
  };
};
