// understudy availability: how much of the time everybody has a home, from failure and repair times of a host.
import { InvalidArgumentError } from 'commander';
import { err, ok } from '../../../domain/base/result.ts';
import { type Availability, availability, type Reliability } from '../../../domain/drill/availability.ts';
import { sweep } from '../../../domain/drill/sweep/sweep.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import {
  type AtOption,
  type JsonOption,
  type LogOption,
  type TimelineOption,
  withAt,
  withJson,
  withLog,
  withTimeline,
} from '../command-line/options.ts';

type Options = LogOption &
  TimelineOption &
  AtOption &
  JsonOption & { readonly mtbf: number; readonly mttr: number; readonly spare?: number; readonly seed: string };

const HOURS_PER_YEAR = 8766;

const number = (written: string): number => {
  const value = Number(written);
  if (written.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.');
  return value;
};

const percent = (share: number): string => `${(share * 100).toFixed(4)} %`;

const readable = (r: Reliability, a: Availability): string => {
  const hours = (1 - a.closedForm) * HOURS_PER_YEAR;
  return (
    `Everybody has a home ${percent(a.closedForm)} of the time: ${hours.toFixed(1)} hours a year are missing.\n` +
    `${r.hosts} hosts, ${r.spare} may be down at once; a host fails every ${r.mtbfH} h and takes ${r.mttrH} h to repair.\n` +
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
    .option('--seed <seed>', 'seed of the draws', 'availability');
  withJson(withAt(withTimeline(withLog(command)))).action((options: Options) =>
    run(() =>
      inLog(terminal, { path: options.log ?? null, create: false }, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const state = await ask('view.state', { timeline: options.timeline, at: at.value });
        if (!state.ok) return state;
        const hosts = state.value.hosts.length;
        if (hosts === 0) return err('No hosts are recorded up to this instant.');
        const spare = options.spare ?? (sweep(state.value, '1').safe === true ? 1 : 0);
        const reliability = { hosts, spare, mtbfH: options.mtbf, mttrH: options.mttr };
        const answer = availability(reliability, options.seed);
        if (!answer.ok) return answer;
        await terminal.write(
          options.json === true
            ? `${JSON.stringify({ ...reliability, ...answer.value })}\n`
            : readable(reliability, answer.value),
        );
        return ok(0);
      }),
    ),
  );
};
