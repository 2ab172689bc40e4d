// --racks: which hosts fail as one, where the log does not say it: from a list, from aggregates or from a pattern of names.
import type { Command } from 'commander';
import { ok, type Result } from '../../../domain/base/result.ts';
import {
  type Racks,
  racksFromAggregates,
  racksFromList,
  racksFromNames,
} from '../../../domain/drill/faults/failure-domains.ts';
import type { Opened } from './open.ts';
import type { AtOption, TimelineOption } from './options.ts';
import { readInput } from './read-input.ts';

const BY_NAME = 'name:';
const BY_AGGREGATE = 'aggregate:';

export type RacksOption = { readonly racks?: string };

export const withRacksOption = (command: Command): Command =>
  command.option(
    '--racks <list>',
    "which hosts fail as one: a file of lines `host,rack`, aggregates: 'aggregate:rack-', or a pattern: 'name:^(r[0-9]+)-'",
  );

/** The racks that `--racks` tells; null where it was not given. */
export const racksIn = async (
  { ask, moment }: Opened,
  { racks, timeline, at: written }: RacksOption & TimelineOption & AtOption,
): Promise<Result<Racks | null, string>> => {
  if (racks === undefined) return ok(null);
  if (!racks.startsWith(BY_NAME) && !racks.startsWith(BY_AGGREGATE)) {
    const text = readInput(racks);
    return text.ok ? racksFromList(text.value) : text;
  }
  const at = moment(timeline, written);
  if (!at.ok) return at;
  const state = await ask('view.state', { timeline, at: at.value });
  if (!state.ok) return state;
  const { hosts } = state.value;
  if (racks.startsWith(BY_AGGREGATE)) return racksFromAggregates(racks.slice(BY_AGGREGATE.length), hosts);
  return racksFromNames(
    racks.slice(BY_NAME.length),
    hosts.map((host) => host.name),
  );
};
