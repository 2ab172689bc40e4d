// The command line: `understudy <command>`.
import { commands } from './commands.ts';
import { runCommandLine } from './command-line/run.ts';
import { processTerminal } from './command-line/terminal.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), commands, processTerminal());
