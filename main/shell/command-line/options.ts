// The options that many commands share, declared once so that they read the same everywhere.
import type { Command } from 'commander';
import { RELEASE_NAMES } from '../../../domain/scheduling/release.ts';

export type LogOption = { readonly log?: string };
export type JsonOption = { readonly json?: boolean };
export type TimelineOption = { readonly timeline: string };
export type AtOption = { readonly at?: string };
/** What every question about a cluster at an instant takes. */
export type InstantOptions = LogOption & TimelineOption & AtOption & JsonOption;
export type ReleaseOption = { readonly release?: string | undefined };

export const withLog = (command: Command): Command =>
  command.option('--log <file>', 'the log (default: the demonstration)');

export const withJson = (command: Command): Command => command.option('--json', 'answer as JSON');

export const withTimeline = (command: Command): Command =>
  command.option('--timeline <name>', 'the timeline to read', 'main');

export const withAt = (command: Command): Command =>
  command.option('--at <time|seq>', 'the instant: 2013-08-06T10:36:35Z, 10:36, -5m or #184 (default: the end)');

export const withInstant = (command: Command): Command => withJson(withAt(withTimeline(withLog(command))));

export const withRelease = (command: Command): Command =>
  command.option('--release <name>', `under the defaults of a release of Nova: ${RELEASE_NAMES.join(', ')}`);

/** The first line of an answer that holds under another release than the log's own; none where none was named. */
export const underRules = ({ release }: ReleaseOption): string =>
  release === undefined ? '' : `Under the defaults of ${release}:\n`;
