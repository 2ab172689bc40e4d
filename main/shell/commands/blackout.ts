// understudy blackout: how long a VM is unreachable around a live migration, split into its parts.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { parseInstant } from '../../../domain/base/time.ts';
import type { At } from '../../../domain/contract/contract.ts';
import {
  type BlackoutAnswer,
  type Delays,
  leftoverSentence,
  type PauseSource,
  type PortBlackout,
} from '../../../domain/network/blackout-answer.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
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
import { table } from '../command-line/table.ts';

type Options = InstantOptions &
  ChoiceOptions &
  RaceOptions & {
    readonly to?: string;
    readonly migration?: string;
    readonly delay: readonly string[];
  };

/** What `--delay` may name, and the field it states. */
const DELAYS = {
  pause: 'pauseMs',
  activate: 'activateMs',
  agent: 'agentLoopMs',
  bind: 'bindMs',
  fanout: 'fanoutMs',
  announce: 'announceMs',
  talk: 'guestTalksMs',
} as const;

const PAUSE_WORDS: Readonly<Record<PauseSource, string>> = {
  stated: 'the pause as stated',
  recorded: 'the pause as its newest live migration measured it',
  predicted: 'the pause as predicted',
  assumed: 'the pause assumed: the log does not tell enough to predict it',
};

const delaysIn = (written: readonly string[]): Result<Delays, string> => {
  const found: Record<string, number> = {};
  for (const text of written) {
    const [name = '', value = ''] = text.split('=');
    const field = Object.hasOwn(DELAYS, name) ? DELAYS[name as keyof typeof DELAYS] : undefined;
    if (field === undefined || !/^\d+(\.\d+)?$/.test(value))
      return err(`--delay ${text}: write it as fanout=200, milliseconds; one of ${Object.keys(DELAYS).join(', ')}.`);
    found[field] = Number(value);
  }
  return ok(found);
};

const ms = (n: number): string => (n >= 10_000 ? `${(n / 1000).toFixed(1)} s` : `${Math.round(n)} ms`);

const portText = (port: PortBlackout): string => {
  const { story, parts, totalMs, staleWindows } = port;
  return [
    `Unreachable on ${story.network} (${story.networkType}) for ${ms(totalMs)}:\n`,
    table(parts, [
      { head: 'PART', cell: (p) => p.name },
      { head: 'TAKES', cell: (p) => ms(p.ms) },
      { head: 'WHY', cell: (p) => p.why },
    ]),
    table(staleWindows, [
      { head: 'WHAT LIES MEANWHILE', cell: (w) => w.what },
      { head: 'FROM', cell: (w) => `+${ms(w.fromMs)}` },
      { head: 'TO', cell: (w) => (w.toMs === null ? 'the next event there' : `+${ms(w.toMs)}`) },
      { head: 'EFFECT', cell: (w) => w.effect },
    ]),
    `${leftoverSentence(port)}\n`,
  ].join('\n');
};

const readable = (answer: BlackoutAnswer): string =>
  `${answer.vm}, live from ${answer.source} to ${answer.dest} at ${answer.at}; ${PAUSE_WORDS[answer.pause]}.\n\n` +
  answer.ports.map(portText).join('\n');

/** A recorded migration: its VM, where it went, and the instant before it began. */
const recorded = (state: ClusterState, id: string): Result<{ vm: string; dest: string; at: At }, string> => {
  const migration = state.migrations.find((m) => m.id === id || m.id.startsWith(id));
  if (migration === undefined) return err(`There is no migration ${id} at this instant.`);
  if (migration.dest === null) return err(`The log does not tell where migration ${id} went.`);
  const startedAt = parseInstant(migration.startedAt);
  if (startedAt === null) return err(`The log does not tell when migration ${id} began.`);
  return ok({ vm: migration.vm, dest: migration.dest, at: { at: startedAt - 1, seq: null } });
};

export const blackoutOf: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('blackout [vm]')
    .description('tell how long a VM is unreachable around a live migration, part by part, and which entries lie')
    .option('--to <host>', 'where it would go')
    .option('--migration <id>', 'a recorded migration instead of a VM and a host')
    .option('--delay <part=ms...>', `state a delay instead of assuming it: ${Object.keys(DELAYS).join(', ')}`, []);
  withInstant(withRace(withChoice(command))).action((vm: string | undefined, options: Options) =>
    run(() => {
      const delays = delaysIn(options.delay);
      if (!delays.ok) return delays;
      const { timeline, to, migration } = options;
      if ((migration === undefined) === (vm === undefined) || (vm !== undefined && to === undefined))
        return err('Say which: blackout VM --to HOST, or blackout --migration ID.');
      return inLog(terminal, options.log, async ({ ask, moment }) => {
        const at = moment(timeline, options.at);
        if (!at.ok) return at;
        let about: Result<{ vm: string; dest: string; at: At | null }, string>;
        if (migration === undefined) about = ok({ vm: vm ?? '', dest: to ?? '', at: at.value });
        else {
          const state = await ask('view.state', { timeline, at: at.value });
          if (!state.ok) return state;
          about = recorded(state.value, migration);
        }
        if (!about.ok) return about;
        const answer = await ask('network.blackout', {
          timeline,
          ...choiceOf(options),
          ...raceOf(options),
          ...about.value,
          delays: delays.value,
        });
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
