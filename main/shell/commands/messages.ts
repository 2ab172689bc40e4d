// understudy messages: who Neutron tells what when a VM moves, goes, or an agent starts anew, step by step.
import { Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { MessageRow, Story, StoryAnswer, StoryKind, StoryStep } from '../../../domain/network/story-answer.ts';
import type { AddCommand } from '../command-line/command.ts';
import {
  type ChoiceOptions,
  choiceOf,
  type RaceOptions,
  raceOf,
  tellAssumptions,
  withChoice,
  withRace,
} from '../command-line/network-options.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { counted } from '../command-line/table.ts';

type Options = InstantOptions &
  ChoiceOptions &
  RaceOptions & {
    readonly live?: string;
    readonly cold?: string;
    readonly evacuate?: string;
    readonly delete?: boolean;
    readonly restart?: boolean;
    readonly address?: string;
  };

/** So many entries or hosts are still read one by one. */
const FEW = 4;

const named = (hosts: readonly string[]): string =>
  hosts.length <= FEW ? hosts.join(', ') : `${hosts.slice(0, FEW).join(', ')} and ${hosts.length - FEW} more`;

const entriesText = ({ fdb }: MessageRow): string =>
  fdb
    .slice(0, FEW)
    .map(({ vtep, entries }) => {
      const told = entries
        .slice(0, FEW)
        .map(([mac, ip]) => (mac === '00:00:00:00:00:00' ? 'FLOODING' : `${mac} ${ip}`));
      const rest = entries.length - told.length;
      return `      ${vtep}: ${told.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}\n`;
    })
    .join('') + (fdb.length > FEW ? `      and ${fdb.length - FEW} more VTEPs\n` : '');

const messageText = (m: MessageRow): string => {
  const to = m.to === 'all' ? `all ${counted(m.receivers, 'agent')}` : m.to;
  return `    ${m.kind}  ${m.method}  ${m.from} -> ${to}${m.entries === 0 ? '' : `, ${counted(m.entries, 'entry', 'entries')}`}\n${entriesText(m)}`;
};

const beliefText = ({ belief }: StoryStep): string => {
  if (belief === null) return '';
  const parts = [
    ...(belief.toSource.length > 0 ? [`send to the source: ${named(belief.toSource)}`] : []),
    ...(belief.toDest.length > 0 ? [`send to the destination: ${named(belief.toDest)}`] : []),
    ...(belief.flood.length > 0 ? [`flood: ${named(belief.flood)}`] : []),
    ...(belief.floodToSource.length > 0
      ? [`flood to the source in vain: ${counted(belief.floodToSource.length, 'host')}`]
      : []),
    ...(belief.answerArp > 0 ? [`answer ARP themselves: ${counted(belief.answerArp, 'host')}`] : []),
  ];
  return parts.length === 0 ? '' : `    then  ${parts.join('; ')}\n`;
};

const storyText = (story: Story): string => {
  const where = story.dest === null ? `on ${story.source}` : `${story.source} to ${story.dest}`;
  const what = story.vm ?? story.port ?? 'The agent';
  const deliveries = story.steps.flatMap((s) => s.messages).reduce((sum, m) => sum + m.receivers, 0);
  const steps = story.steps.map((s) => `  ${s.event}\n${s.messages.map(messageText).join('')}${beliefText(s)}`);
  return `${what}, ${where}, network ${story.network} (${story.networkType}): ${counted(deliveries, 'message')} received by agents\n${steps.join('')}`;
};

const readable = (answer: StoryAnswer): string =>
  answer.stories.length === 0
    ? 'No network has a port there: nobody is told anything.\n'
    : answer.stories.map(storyText).join('\n');

type Asked = { readonly kind: StoryKind; readonly dest: string | null; readonly address: string | null };

const storyIn = (options: Options): Result<Asked, string> => {
  const asked: (readonly [StoryKind, string | null])[] = [];
  for (const kind of ['live', 'cold', 'evacuate'] as const) {
    const dest = options[kind];
    if (dest !== undefined) asked.push([kind, dest]);
  }
  if (options.delete === true) asked.push(['delete', null]);
  if (options.restart === true) asked.push(['restart', null]);
  if (options.address !== undefined) asked.push(['address', null]);
  const [only] = asked;
  return only === undefined || asked.length > 1
    ? err('Say what happens, one of --live HOST, --cold HOST, --evacuate HOST, --delete, --address IP and --restart.')
    : ok({ kind: only[0], dest: only[1], address: options.address ?? null });
};

export const messages: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('messages <vm|host>')
    .description(
      'tell who Neutron tells what when a VM moves, goes or gets another address, or the agent of a host starts anew',
    )
    .addOption(new Option('--live <host>', 'the VM is live-migrated there'))
    .option('--cold <host>', 'it is moved there cold')
    .option('--evacuate <host>', 'its host is dead, and it is rebuilt there')
    .option('--delete', 'it is deleted')
    .option('--address <ip>', 'its fixed IP becomes this one')
    .option('--restart', 'of a host: its agent starts anew');
  withInstant(withRace(withChoice(command))).action((what: string, options: Options) =>
    run(() => {
      const story = storyIn(options);
      if (!story.ok) return story;
      return inLog(terminal, options.log, async ({ ask, moment }) => {
        const { timeline } = options;
        const at = moment(timeline, options.at);
        if (!at.ok) return at;
        const asked = { timeline, at: at.value, ...choiceOf(options), ...raceOf(options), ...story.value, what };
        const answer = await ask('network.messages', asked);
        if (!answer.ok) return answer;
        if (options.json === true) await terminal.write(`${JSON.stringify(answer.value)}\n`);
        else {
          tellAssumptions(terminal, answer.value.assumptions);
          await terminal.write(readable(answer.value));
        }
        return ok(0);
      });
    }),
  );
};
