// What a command did, as far as the command alone tells: its target, what else it names, and the facts that follow.
import type { Draft } from './moment.ts';
import type { Memory } from './memory.ts';
import type { Command } from './scan.ts';

export type Effect = {
  /** Address of the command's main target. */
  readonly entity: string;
  /** Other entities it names, as addresses. */
  readonly refers: readonly string[];
  readonly facts: readonly Draft[];
};

/** Reads one command; null when it says nothing about the cluster beyond having been given. */
export type Effects = (command: Command, memory: Memory) => Effect | null;
