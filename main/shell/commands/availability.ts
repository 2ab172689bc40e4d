// understudy availability: how much of the time everybody has a home, from failure and repair times of a host.
import { InvalidArgumentError } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { type Availability, availability, type Reliability } from '../../../domain/drill/availability.ts';
import { withRacks } from '../../../domain/drill/faults/failure-domains.ts';
import type { HostClass, Rack, RackClass } from '../../../domain/drill/rack-outages.ts';
import { sweep } from '../../../domain/drill/sweep/sweep.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { counted } from '../command-line/table.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { racksIn, type RacksOption, withRacksOption } from '../command-line/racks.ts';

/** `old-*=2000/24`: hosts by a pattern of their name, and their own mean times. */
type NamedClass = { readonly pattern: string; readonly is: RegExp; readonly mtbfH: number; readonly mttrH: number };

type Options = InstantOptions &
  RacksOption & {
    readonly mtbf: number;
    readonly mttr: number;
    readonly spare?: number;
    readonly seed: string;
    readonly class: readonly NamedClass[];
    readonly rack?: MeanTimes;
  };

const HOURS_PER_YEAR = 8766;

const number = (written: string): number => {
  const value = Number(written);
  if (written.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
};

const percent = (share: number): string => `${(share * 100).toFixed(4)} %`;

type MeanTimes = { readonly mtbfH: number; readonly mttrH: number };

const meanTimes = (written: string): MeanTimes => {
  const [mtbf, mttr, more] = written.split('/').map(number);
  if (mtbf === undefined || mttr === undefined || more !== undefined)
    throw new InvalidArgumentError("It reads '50000/8': hours between failures, hours to repair.");
  return { mtbfH: mtbf, mttrH: mttr };
};

const CLASS = /^([^=]+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/;

const namedClass = (written: string, before: readonly NamedClass[] = []): readonly NamedClass[] => {
  const [, pattern = '', mtbf, mttr] = CLASS.exec(written) ?? [];
  if (pattern === '')
    throw new InvalidArgumentError("It reads 'old-*=2000/24': names, hours between failures, hours to repair.");
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\p{L}\p{N}]/gv, String.raw`\$&`));
  return [...before, { pattern, is: new RegExp(`^${parts.join('.*')}$`), mtbfH: Number(mtbf), mttrH: Number(mttr) }];
};

/** Each host belongs to the first class that names it, else to the rest: how many of these hosts are of which. */
const countsOf = (hosts: readonly string[], named: readonly NamedClass[]): readonly number[] => {
  const counts = [...named, null].map(() => 0);
  for (const host of hosts) {
    const of = named.findIndex((c) => c.is.test(host));
    counts[of < 0 ? named.length : of]! += 1;
  }
  return counts;
};

const classesOf = (hosts: readonly string[], { class: named, mtbf, mttr }: Options): readonly HostClass[] => {
  const counts = countsOf(hosts, named);
  return [...named, { mtbfH: mtbf, mttrH: mttr }].map(({ mtbfH, mttrH }, i) => ({ hosts: counts[i]!, mtbfH, mttrH }));
};

/** Racks with mean times of their own, and which of them may fail as the cluster is; a sentence where no host is in one. */
const racksOf = (state: ClusterState, { class: named, rack }: Options): Result<RackClass | null, string> => {
  if (rack === undefined) return ok(null);
  const racked = Map.groupBy(
    state.hosts.filter((h) => h.rack !== null),
    (h) => h.rack,
  );
  if (racked.size === 0) return err('The log names no rack for any host: tell them with --racks.');
  const swept = sweep(state, 'rack');
  const failing = new Set(swept.failing.map((set) => [...set.hosts].sort().join('\n')));
  const racks = [...racked.values()].map((hosts): Rack => {
    const names = hosts.map((h) => h.name);
    return { hosts: countsOf(names, named), survives: !failing.has([...names].sort().join('\n')) };
  });
  return ok({ ...rack, racks });
};

const rackWords = (racks: RackClass): string => {
  const safe = racks.racks.filter((r) => r.survives).length;
  const which = safe === racks.racks.length ? 'any one may' : safe === 0 ? 'none may' : `${safe} of them may`;
  return `${counted(racks.racks.length, 'rack')}, each failing as one every ${racks.mtbfH} h and taking ${racks.mttrH} h to repair; ${which} be down alone.\n`;
};

const readable = ({ classes, spare, racks }: Reliability, a: Availability): string => {
  const hours = (1 - a.closedForm) * HOURS_PER_YEAR;
  const kinds = classes
    .filter((c) => c.hosts > 0)
    .map((c) => `${counted(c.hosts, 'host')}, each failing every ${c.mtbfH} h and taking ${c.mttrH} h to repair`);
  return (
    `Everybody has a home ${percent(a.closedForm)} of the time: ${hours.toFixed(1)} hours a year are missing.\n` +
    `${kinds.join('; ')}; ${spare} may be down at once.\n` +
    (racks === null ? '' : rackWords(racks)) +
    `Drawn: ${percent(a.mean)} (95 % interval ${percent(a.low)} to ${percent(a.high)}; ${a.runs} runs of ${Math.round(a.hoursPerRun)} h).\n` +
    `Assumed: ${racks === null ? 'hosts' : 'hosts and racks'} fail and are repaired independently, both times exponential; ${racks === null ? '' : 'two racks at once are too many; '}recovery itself takes no time.\n`
  );
};

export const availabilityOf: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('availability')
    .description('tell how much of the time every VM has a home, from how often hosts fail and how long repairs take')
    .requiredOption('--mtbf <hours>', 'mean time between failures of one host', number)
    .requiredOption('--mttr <hours>', 'mean time to repair one host', number)
    .option(
      '--spare <n>',
      'hosts that may be down at once (default: 1 where every single one may fail, else 0)',
      number,
    )
    .option('--class <names=mtbf/mttr...>', "hosts with mean times of their own: 'old-*=2000/24'", namedClass, [])
    .option('--rack <mtbf/mttr>', "racks fail as one too: '50000/8'", meanTimes)
    .option('--seed <seed>', 'seed of the draws', 'availability');
  withRacksOption(withInstant(command)).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async (open) => {
        const { ask, moment } = open;
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const seen = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!seen.ok) return seen;
        const listed = await racksIn(open, options);
        if (!listed.ok) return listed;
        const state = withRacks(seen.value, listed.value);
        const hosts = state.hosts.map((host) => host.name);
        if (hosts.length === 0) return err('No hosts are recorded up to this instant.');
        const spare = options.spare ?? (sweep(state, '1').safe === true ? 1 : 0);
        const idle = options.class.find((c) => !hosts.some((host) => c.is.test(host)));
        if (idle !== undefined) return err(`No host is called ${idle.pattern} at this instant.`);
        const racks = racksOf(state, options);
        if (!racks.ok) return racks;
        const reliability = { classes: classesOf(hosts, options), spare, racks: racks.value };
        const answer = availability(reliability, options.seed);
        if (!answer.ok) return answer;
        await terminal.write(
          options.json === true
            ? `${JSON.stringify({ hosts: hosts.length, ...reliability, ...answer.value })}\n`
            : readable(reliability, answer.value),
        );
        return ok(0);
      }),
    ),
  );
};
