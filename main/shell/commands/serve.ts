// understudy serve: the window in a browser, served on this machine only.
import { resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { err, ok } from '../../../domain/base/result.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { serveLog, showInBrowser, untilEnded } from '../launch.ts';

type Options = LogOption & JsonOption & { readonly port: number; readonly open: boolean };

const HIGHEST_PORT = 65_535;

const portNumber = (written: string): number => {
  const port = /^\d{1,5}$/.test(written) ? Number(written) : Number.NaN;
  if (!(port <= HIGHEST_PORT)) throw new InvalidArgumentError(`It must be a number from 0 to ${HIGHEST_PORT}.`);
  return port;
};

export const serve: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('serve')
    .description('serve the window on 127.0.0.1 and print its address')
    .option('--port <n>', 'the port (default: any that is free)', portNumber, 0)
    .option('--no-open', 'do not open a browser');
  withJson(withLog(command)).action((options: Options) =>
    run(async () => {
      const path = options.log === undefined ? null : resolve(options.log);
      const serving = await serveLog(path, { port: options.port, tell: (line) => terminal.status(line) });
      if (!serving.ok) return err(serving.error);
      const { url, port } = serving.value.loopback;
      const says = `${url}\nThe address works once, in one browser. Ctrl-C ends the server.`;
      await terminal.write(`${options.json === true ? JSON.stringify({ url, port }) : says}\n`);
      if (options.open) showInBrowser(url);
      await untilEnded(serving.value);
      return ok(0);
    }),
  );
};
