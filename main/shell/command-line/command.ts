// What a command file is: it describes itself to commander, and answers with an exit status or with a sentence.
import type { Command } from 'commander';
import type { Result } from '../../../domain/base/result.ts';
import type { Exit, Terminal } from './terminal.ts';

/** How a command ends: with a status, or with the sentence that goes to stderr beside status 2. */
export type Ending = Result<Exit, string>;

/** Where commands leave what they found out. */
export interface Stage {
  readonly terminal: Terminal;
  /** Runs the body of a command and keeps its ending. */
  readonly run: (body: () => Ending | Promise<Ending>) => Promise<void>;
}

/** Adds one command to the program; `commands.ts` lists them all. */
export type AddCommand = (program: Command, stage: Stage) => void;
