// understudy report: the cluster at an instant to hand over, or two instants compared.
import { Option } from 'commander';
import { ok, type Result } from '../../../domain/base/result.ts';
import type { Document } from '../../../domain/report/document.ts';
import { comparisonReport } from '../../../domain/report/comparison-report.ts';
import { html } from '../../../domain/report/html.ts';
import { markdown } from '../../../domain/report/markdown.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog, type Opened } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { placeNamed } from '../command-line/place.ts';

const WRITERS = { markdown, html } as const;
type Format = keyof typeof WRITERS;
type Options = InstantOptions & { format: Format; against?: string };

/** What is reported: one instant, or what differs from another one. */
const asked = async (open: Opened, { timeline, at, against }: Options): Promise<Result<Document, string>> => {
  const moment = open.moment(timeline, at);
  if (!moment.ok) return moment;
  const place = { timeline, at: moment.value };
  if (against === undefined) return open.ask('report.cluster', place);
  const other = placeNamed(open, against);
  if (!other.ok) return other;
  const diff = await open.ask('view.diff', { a: other.value, b: place });
  if (!diff.ok) return diff;
  const state = await open.ask('view.state', place);
  if (!state.ok) return state;
  const info = await open.ask('log.info', {});
  if (!info.ok) return info;
  const { seq, hash } = state.value;
  const here = at === undefined ? timeline : `${timeline}@${at}`;
  const provenance = { log: info.value.name, timeline, at: state.value.at, seq, hash };
  return ok(comparisonReport(diff.value, [against, here], provenance));
};

export const report: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('report')
    .description('write a report of an instant to hand over: what is wrong and why, what a failure would do, what fits')
    .addOption(new Option('--format <name>', 'how it is written').choices(Object.keys(WRITERS)).default('markdown'))
    .option('--against <place>', 'report what differs from another instant instead: a timeline, or main@10:36');
  withInstant(command).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async (open) => {
        const answer = await asked(open, options);
        if (!answer.ok) return answer;
        const written = (document: Document): string =>
          options.json === true ? `${JSON.stringify(document)}\n` : WRITERS[options.format](document);
        await terminal.write(written(answer.value));
        return ok(0);
      }),
    ),
  );
};
