// understudy events: the log itself, for one thing, one type or one stretch of time where asked.
import { instant } from '../../../domain/base/brand.ts';
import { isoInstant } from '../../../domain/base/time.ts';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { idOf } from '../../../domain/events/entity.ts';
import { type NameOf, sentenceOf } from '../../../domain/readout/sentence.ts';
import { namesIn } from '../../../domain/readout/story.ts';
import type { Cut, Timeline } from '../../../domain/timeline/order.ts';
import type { Log } from '../../log/types.ts';
import { cutAt } from '../../work/cut.ts';
import { historiesOf } from '../../work/histories.ts';
import type { AddCommand, Ending } from '../command-line/command.ts';
import { inLog, type Opened } from '../command-line/open.ts';
import {
  type JsonOption,
  type LogOption,
  type TimelineOption,
  withJson,
  withLog,
  withTimeline,
} from '../command-line/options.ts';
import type { Terminal } from '../command-line/terminal.ts';

type Options = LogOption &
  TimelineOption &
  JsonOption & { readonly entity?: string; readonly type?: string; readonly from?: string; readonly to?: string };

const WRITE_AT_ONCE = 64 * 1024; // characters; a log may be longer than memory

/**
 * True where the words mean the event: an address, an id or a name, and a VM's moves with it; a type or its first part
 * (`migration`). To be asked in event-time order, because a move is known by its first event.
 */
const wants = ({ entity, type }: Options, nameOf: NameOf): ((e: LogEvent) => boolean) => {
  const moves = new Set<string>();
  const means = (address: string): boolean =>
    address === entity || idOf(address) === entity || nameOf(address) === entity;
  const about = (e: LogEvent): boolean => {
    if (entity === undefined) return true;
    if (e.type === 'migration.accepted' && means(`vm:${e.data.vm}`)) moves.add(e.entity);
    return means(e.entity) || moves.has(e.entity);
  };
  const ofType = (name: string): boolean => type === undefined || name === type || name.startsWith(`${type}.`);
  return (e) => about(e) && ofType(e.type);
};

/** An instant with milliseconds, as it is printed where it has some. */
const WIDEST_INSTANT = 24;

const jsonLine = (e: LogEvent): string => JSON.stringify({ ...e, at: isoInstant(instant(e.at)) });

const readableLine = (e: LogEvent, nameOf: NameOf): string => {
  const mark = e.evidence === 'observed' ? ' ' : '~';
  return (
    `#${e.seq}`.padEnd(8) +
    ` ${mark}${isoInstant(instant(e.at)).padEnd(WIDEST_INSTANT)}  ${e.type.padEnd(24)}  ${sentenceOf(e, nameOf)}`
  );
};

type Range = { readonly timeline: Timeline; readonly from: Cut | null; readonly to: Cut };

/** `--from` is included: the range begins after everything before its instant, or before its event. */
const rangeOf = ({ log, moment }: Opened, options: Options): Result<Range, string> => {
  const timeline = log.timeline(options.timeline);
  if (!timeline.ok) return err(timeline.error.sentence);
  const from = moment(options.timeline, options.from);
  if (!from.ok) return from;
  const to = moment(options.timeline, options.to);
  if (!to.ok) return to;
  const end = cutAt(log, timeline.value, to.value);
  if (!end.ok) return err(end.error.sentence);
  const begin = from.value === null ? null : cutAt(log, timeline.value, { at: from.value.at - 1, seq: null });
  if (begin !== null && !begin.ok) return err(begin.error.sentence);
  return ok({ timeline: timeline.value, from: begin?.value ?? null, to: end.value });
};

const print = async (terminal: Terminal, log: Log, range: Range, options: Options): Promise<Ending> => {
  const nameOf = namesIn(historiesOf(log).seek(range.timeline, range.to).cluster);
  const wanted = wants(options, nameOf);
  const line = (e: LogEvent): string => (options.json === true ? jsonLine(e) : readableLine(e, nameOf));
  let text = '';
  const events = log.inEventTime(range.timeline, {
    upTo: range.to,
    ...(range.from === null ? {} : { after: range.from }),
  });
  for (const event of events) {
    if (!wanted(event)) continue;
    text += `${line(event)}\n`;
    if (text.length < WRITE_AT_ONCE) continue;
    await terminal.write(text);
    text = '';
  }
  await terminal.write(text);
  return ok(0);
};

export const events: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('events')
    .description('print the log in event-time order; --json prints one event a line')
    .option('--entity <name>', 'only events about this: an address as vm:5374577e-…, an id or a name')
    .option('--type <type>', 'only events of this type: migration.accepted, or migration for all of its kind')
    .option('--from <time|seq>', 'from this instant on (default: the beginning)')
    .option('--to <time|seq>', 'up to this instant (default: the end)');
  withJson(withTimeline(withLog(command))).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, (open) => {
        const range = rangeOf(open, options);
        return range.ok ? print(terminal, open.log, range.value, options) : Promise.resolve(range);
      }),
    ),
  );
};
