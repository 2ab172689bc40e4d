// understudy availability: how much of the time everybody has a home, from failure and repair times of a host.
import { InvalidArgumentError } from 'commander';
import { err, ok } from '../../../domain/base/result.ts';
import {
  type Availability,
  availability,
  type HostClass,
  type Reliability,
} from '../../../domain/drill/availability.ts';
import { sweep } from '../../../domain/drill/sweep/sweep.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { counted } from '../command-line/table.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';

/** `old-*=2000/24`: hosts by a pattern of their name, and their own mean times. */
type NamedClass = { readonly pattern: string; readonly is: RegExp; readonly mtbfH: number; readonly mttrH: number };

type Options = InstantOptions & {
  readonly mtbf: number;
  readonly mttr: number;
  readonly spare?: number;
  readonly seed: string;
  readonly class: readonly NamedClass[];
};

const HOURS_PER_YEAR = 8766;

const number = (written: string): number => {
  const value = Number(written);
  if (written.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
};

const percent = (share: number): string => `${(share * 100).toFixed(4)} %`;

const CLASS = /^([^=]+)=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/;

const namedClass = (written: string, before: readonly NamedClass[] = []): readonly NamedClass[] => {
  const [, pattern = '', mtbf, mttr] = CLASS.exec(written) ?? [];
  if (pattern === '')
    throw new InvalidArgumentError("It reads 'old-*=2000/24': names, hours between failures, hours to repair.");
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\p{L}\p{N}]/gv, String.raw`\$&`));
  return [...before, { pattern, is: new RegExp(`^${parts.join('.*')}$`), mtbfH: Number(mtbf), mttrH: Number(mttr) }];
};

/** Each host belongs to the first class that names it, else to the rest. */
const classesOf = (hosts: readonly string[], { class: named, mtbf, mttr }: Options): readonly HostClass[] => {
  const rest: HostClass = { hosts: 0, mtbfH: mtbf, mttrH: mttr };
  const counts = [...named, null].map(() => 0);
  for (const host of hosts) {
    const of = named.findIndex((c) => c.is.test(host));
    counts[of < 0 ? named.length : of]! += 1;
  }
  return [...named, rest].flatMap(({ mtbfH, mttrH }, i) => {
    const count = counts[i] ?? 0;
    return count === 0 ? [] : [{ hosts: count, mtbfH, mttrH }];
  });
};

const readable = ({ classes, spare }: Reliability, a: Availability): string => {
  const hours = (1 - a.closedForm) * HOURS_PER_YEAR;
  const kinds = classes.map(
    (c) => `${counted(c.hosts, 'host')}, each failing every ${c.mtbfH} h and taking ${c.mttrH} h to repair`,
  );
  return (
    `Everybody has a home ${percent(a.closedForm)} of the time: ${hours.toFixed(1)} hours a year are missing.\n` +
    `${kinds.join('; ')}; ${spare} may be down at once.\n` +
    `Drawn: ${percent(a.mean)} (95 % interval ${percent(a.low)} to ${percent(a.high)}; ${a.runs} runs of ${Math.round(a.hoursPerRun)} h).\n` +
    'Assumed: hosts fail and are repaired independently, both times exponential; recovery itself takes no time.\n'
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
    .option('--seed <seed>', 'seed of the draws', 'availability');
  withInstant(command).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const state = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!state.ok) return state;
        const hosts = state.value.hosts.map((host) => host.name);
        if (hosts.length === 0) return err('No hosts are recorded up to this instant.');
        const spare = options.spare ?? (sweep(state.value, '1').safe === true ? 1 : 0);
        const idle = options.class.find((c) => !hosts.some((host) => c.is.test(host)));
        if (idle !== undefined) return err(`No host is called ${idle.pattern} at this instant.`);
        const reliability = { classes: classesOf(hosts, options), spare };
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
