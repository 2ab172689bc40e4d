// understudy desktop: the window in Electron.
import { resolve } from 'node:path';
import { err, ok } from '../../../domain/base/result.ts';
import { chooseShell } from '../choice.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type LogOption, withLog } from '../command-line/options.ts';
import { runElectron } from '../launch.ts';

export const desktop: AddCommand = (program, { terminal, run }) => {
  const command = program.command('desktop').description('open the window in Electron');
  withLog(command).action((options: LogOption) =>
    run(async () => {
      const tell = (line: string): void => terminal.status(line);
      const choice = await chooseShell(process.env, process.platform, tell);
      if (choice.shell !== 'electron') {
        return err(`Electron cannot open here: ${choice.why}. Use \`understudy serve\` instead.`);
      }
      const ended = await runElectron(choice.binary, options.log === undefined ? null : resolve(options.log), tell);
      return ended.ok ? ok(0) : ended;
    }),
  );
};
