// Commands that stop a host, and how a document says which host it was.
import { entity } from '../../../domain/events/entity.ts';
import type { Effects } from './effect.ts';
import type { Command } from './scan.ts';

/** The host a command was given on: by its prompt, else the longest known host name in the words just above it. */
export const hostOfCommand = (command: Command, hosts: ReadonlySet<string>): string | null => {
  if (command.promptHost !== null) {
    const short = command.promptHost;
    return [...hosts].find((host) => host === short || host.startsWith(`${short}.`)) ?? short;
  }
  const words = new Set(command.narration.split(/[^\w.-]+/));
  const named = [...hosts].filter((host) => words.has(host));
  return named.length === 1 ? (named[0] ?? null) : null;
};

export const shutdownCommand: Effects = (command, memory) => {
  const host = hostOfCommand(command, memory.directory.hosts);
  if (host === null || command.words.includes('-r') || command.words.includes('-c')) return null;
  const address = entity('host', host);
  const { line } = command;
  return {
    entity: address,
    refers: [],
    facts: [{ type: 'host.failed', v: 1, entity: address, line, evidence: 'inferred', data: { cause: 'shutdown' } }],
  };
};
