// The options that many commands share, declared once so that they read the same everywhere.
import type { Command } from 'commander';

export type LogOption = { readonly log?: string };
export type JsonOption = { readonly json?: boolean };
export type TimelineOption = { readonly timeline: string };
export type AtOption = { readonly at?: string };

export const withLog = (command: Command): Command =>
  command.option('--log <file>', 'the log to read (default: the demonstration)');

export const withJson = (command: Command): Command => command.option('--json', 'answer as JSON');

export const withTimeline = (command: Command): Command =>
  command.option('--timeline <name>', 'the timeline to read', 'main');

export const withAt = (command: Command): Command =>
  command.option('--at <time|seq>', 'the instant: 2013-08-06T10:36:35Z, 10:36, -5m or #184 (default: the end)');
