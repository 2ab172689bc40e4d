// Runs one command line to its exit status. Whatever goes wrong becomes a sentence, never a stack trace.
import { Command, CommanderError } from 'commander';
import type { AddCommand, Ending } from './command.ts';
import { optionWords } from './help.ts';
import type { Exit, Terminal } from './terminal.ts';
import { version } from '../places.ts';

const USAGE: Exit = 2;

/**
 * @param argv arguments after the program's name
 * @returns the exit status; its sentence, if any, was written to the terminal
 */
export const runCommandLine = async (
  argv: readonly string[],
  commands: readonly AddCommand[],
  terminal: Terminal,
): Promise<Exit> => {
  let ending: Ending = { ok: true, value: 0 };
  const answers: Promise<void>[] = [];
  const program = new Command('understudy')
    .description('Stands in for a cluster: replays what happened to it, and rehearses what has not happened yet.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void answers.push(terminal.write(text)),
      writeErr: (text) => terminal.warn(text.trimEnd().replace(/^error: /, '')),
    })
    .showHelpAfterError('Ask `understudy --help` for the commands, or a command with --help for its options.')
    .helpCommand(false)
    .configureHelp({ optionDescription: optionWords })
    .allowExcessArguments(false);
  const stage = {
    terminal,
    run: async (body: () => Ending | Promise<Ending>) => {
      ending = await body();
    },
  };
  for (const add of commands) add(program, stage);

  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (cause) {
    if (cause instanceof CommanderError) ending = { ok: true, value: cause.exitCode === 0 ? 0 : USAGE };
    else
      ending = {
        ok: false,
        error: `A mistake of Understudy's own: ${cause instanceof Error ? cause.message : String(cause)}.`,
      };
  }
  await Promise.all(answers);
  if (ending.ok) return ending.value;
  terminal.warn(ending.error);
  return USAGE;
};
