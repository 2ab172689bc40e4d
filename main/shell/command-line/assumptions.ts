// The options that ask about a cluster as it is not: another release, other ratios, fewer hosts, more of a kind.
import { type Command, InvalidArgumentError } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { Assumptions } from '../../../domain/capacity/what-if.ts';
import { capital } from '../../../domain/readout/words.ts';
import type { Racks } from '../../../domain/drill/faults/failure-domains.ts';
import type { Opened } from './open.ts';
import { type AtOption, type ReleaseOption, type TimelineOption, withRelease } from './options.ts';
import { racksIn, type RacksOption } from './racks.ts';
import { counted } from './table.ts';

export type AssumptionOptions = ReleaseOption & {
  readonly vcpuRatio?: number;
  readonly ramRatio?: number;
  readonly diskRatio?: number;
  readonly without?: readonly string[];
  readonly add?: number;
  readonly like?: string;
};

const MOST_HOSTS = 10_000;

const positive = (written: string): number => {
  const value = Number(written);
  if (written.trim() === '' || !(value > 0) || !Number.isFinite(value))
    throw new InvalidArgumentError('It must be a positive number.');
  return value;
};

const hostCount = (written: string): number => {
  const value = Number(written);
  if (!Number.isSafeInteger(value) || value < 1 || value > MOST_HOSTS)
    throw new InvalidArgumentError(`It must be a whole number of hosts, 1 to ${MOST_HOSTS}.`);
  return value;
};

export const withAssumptions = (command: Command): Command =>
  withRelease(command)
    .option('--vcpu-ratio <n>', 'as if every host had this cpu_allocation_ratio', positive)
    .option('--ram-ratio <n>', 'as if every host had this ram_allocation_ratio', positive)
    .option('--disk-ratio <n>', 'as if every host had this disk_allocation_ratio', positive)
    .option('--without <host...>', 'as if these hosts were disabled')
    .option('--add <n>', 'as if there were n more hosts', hostCount)
    .option('--like <host>', 'the host that added ones are like');

/** Null when none is given: the question is about the cluster as it is. */
export const assumptionsIn = (
  options: AssumptionOptions,
  racks: Racks | null = null,
): Result<Assumptions | null, string> => {
  const { release, vcpuRatio, ramRatio, diskRatio, without, add, like } = options;
  if ((add === undefined) !== (like === undefined))
    return err('--add and --like go together: how many hosts, and like which.');
  const given = [release, vcpuRatio, ramRatio, diskRatio, without, add];
  const isAny = racks !== null || given.some((value) => value !== undefined);
  if (!isAny) return ok(null);
  return ok({
    release: release ?? null,
    ratios: { vcpu: vcpuRatio ?? null, ram: ramRatio ?? null, disk: diskRatio ?? null },
    without: without ?? [],
    added: add === undefined || like === undefined ? null : { like, count: add },
    racks,
  });
};

/** As `assumptionsIn`, with the racks that `--racks` tells. */
export const premisesIn = async (
  open: Opened,
  options: AssumptionOptions & RacksOption & TimelineOption & AtOption,
): Promise<Result<Assumptions | null, string>> => {
  const racks = await racksIn(open, options);
  return racks.ok ? assumptionsIn(options, racks.value) : racks;
};

/** The first line of an answer about a cluster as it is not; none where nothing changes who may run where. */
export const underPremises = (a: Assumptions | null): string => {
  if (a === null) return '';
  const { release, ratios, without, added } = a;
  const words = [
    ...(release === null ? [] : [`under the defaults of ${release}`]),
    ...(ratios.vcpu === null ? [] : [`at a CPU ratio of ${ratios.vcpu}`]),
    ...(ratios.ram === null ? [] : [`at a RAM ratio of ${ratios.ram}`]),
    ...(ratios.disk === null ? [] : [`at a disk ratio of ${ratios.disk}`]),
    ...(without.length === 0 ? [] : [`without ${without.join(', ')}`]),
    ...(added === null ? [] : [`with ${counted(added.count, 'more host')} like ${added.like}`]),
  ];
  return words.length === 0 ? '' : `${capital(words.join(', '))}:\n`;
};
