// understudy bench: how fast history answers on this machine, beside the bare cost of the same work.
import { InvalidArgumentError } from 'commander';
import { ok } from '../../../domain/base/result.ts';
import { historyBench } from '../../work/history-bench.ts';
import { benchText } from '../command-line/bench-text.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type JsonOption, withJson } from '../command-line/options.ts';

const DEFAULT_EVENTS = 1_000_000;
/** Fewer do not describe 20,000 VMs. */
const FEWEST_EVENTS = 100_000;

const count = (written: string): number => {
  const n = Number(written);
  if (!Number.isInteger(n) || n < FEWEST_EVENTS) {
    throw new InvalidArgumentError(`It must be a whole number from ${FEWEST_EVENTS} on.`);
  }
  return n;
};

export const bench: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('bench')
    .description('measure append, replay and seek on a generated log of 1,000 hosts and 20,000 VMs')
    .option('--events <n>', 'how many events', count, DEFAULT_EVENTS);
  withJson(command).action(({ events, json }: JsonOption & { readonly events: number }) =>
    run(async () => {
      terminal.status(`building a log of ${events} events and measuring it; a million take about two minutes`);
      const report = await historyBench(events, (done) => terminal.status(done));
      await terminal.write(json === true ? `${JSON.stringify({ events, ...report })}\n` : benchText(report));
      return ok(0);
    }),
  );
};
