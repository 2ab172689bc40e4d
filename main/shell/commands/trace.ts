// understudy trace and reach: where a packet goes, and whether two VMs can talk.
import { InvalidArgumentError } from 'commander';
import { err, ok } from '../../../domain/base/result.ts';
import { FAULT_FORMS } from '../../../domain/network/fault-parse.ts';
import {
  type AnswerHop,
  type AnswerStep,
  DEFAULT_IP_BYTES,
  type ReachAnswer,
  type TraceAnswer,
  wireSentence,
} from '../../../domain/network/trace-answer.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type ChoiceOptions, choiceOf, tellAssumptions, withChoice } from '../command-line/network-options.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { counted } from '../command-line/table.ts';

type Shared = InstantOptions & ChoiceOptions & { readonly fault: readonly string[]; readonly size: number };

/** So many lines of one kind are still read one by one. */
const FEW = 4;

const ipBytes = (written: string): number => {
  const value = Number(written);
  if (!Number.isInteger(value) || value < 20 || value > 65_535)
    throw new InvalidArgumentError('It must be a whole number of bytes from 20 to 65535.');
  return value;
};

const withWorld = <C extends Parameters<typeof withChoice>[0]>(command: C) =>
  withInstant(
    withChoice(
      command
        .option('--fault <fault...>', `faults in the way: ${Object.values(FAULT_FORMS).join(', ')}`, [])
        .option('--size <bytes>', 'length of the IP packet, for the MTU', ipBytes, DEFAULT_IP_BYTES),
    ),
  );

const hopLine = (hop: AnswerHop): string =>
  `  == ${hop.type} ${hop.localIp} -> ${hop.remoteIp}, id ${hop.tunId}, ${hop.outerBytes} bytes outside` +
  `${hop.lost === null ? '' : `: LOST, ${hop.lost}`}\n`;

/** A flood's copies differ in their address only. */
const hopLines = (hops: readonly AnswerHop[]): string => {
  const sound = hops.filter((h) => h.lost === null);
  const [first] = sound;
  if (first === undefined || sound.length < FEW) return hops.map(hopLine).join('');
  const all = `  == ${first.type} ${first.localIp} -> ${sound.length} VTEPs, id ${first.tunId}, ${first.outerBytes} bytes outside\n`;
  return (
    all +
    hops
      .filter((h) => h.lost !== null)
      .map(hopLine)
      .join('')
  );
};

const stepLine = (step: AnswerStep): string =>
  `  ${step.bridge} ${String(step.table).padStart(2)}  ` +
  (step.priority === null
    ? 'no flow matches'
    : `priority=${step.priority}${step.match === '' ? '' : `,${step.match}`} actions=${step.actions}`) +
  '\n';

/** Hosts in the order the packet came to them, hosts that did the same told once; the tunnels of a host after its steps. */
const readableTrace = (answer: TraceAnswer): string => {
  const { from, steps, hops } = answer;
  const visits: { hosts: string[]; text: string }[] = [];
  let lines = '';
  for (const [i, step] of steps.entries()) {
    lines += stepLine(step);
    if (steps[i + 1]?.host === step.host) continue;
    const wires = answer.wires.filter((w) => w.from === step.host).map((w) => `  == ${wireSentence(w)}\n`);
    const text = lines + wires.join('') + hopLines(hops.filter((h) => h.from === step.host));
    const last = visits.at(-1);
    if (last?.text === text) last.hosts.push(step.host);
    else visits.push({ hosts: [step.host], text });
    lines = '';
  }
  const named = (hosts: readonly string[]): string =>
    hosts.length < FEW ? hosts.join(', ') : `${hosts[0] ?? ''} to ${hosts.at(-1) ?? ''}, ${hosts.length} hosts alike`;
  const ends = new Map<string, string[]>();
  for (const { bridge, table, host, reason } of answer.drops) {
    const what = `${bridge} table ${table}: ${reason}`;
    ends.set(what, [...(ends.get(what) ?? []), host]);
  }
  return [
    `${from.vm ?? from.port} (${from.port}) on ${from.host} sends ${answer.packet}\n`,
    ...visits.map((v) => `${named(v.hosts)}\n${v.text}`),
    ...[...ends].map(([what, hosts]) => `dropped on ${named(hosts)}, ${what}\n`),
    `Verdict: ${answer.verdict}.\n`,
  ].join('');
};

const LINTS_SHOWN = 5;

/** What finds the fault without a packet. */
const lintLines = (lints: ReachAnswer['lints']): string => {
  const shown = lints.slice(0, LINTS_SHOWN).map(({ code, detail }) => `Seen without a packet: ${code}, ${detail}.\n`);
  const rest = lints.length - shown.length;
  return shown.join('') + (rest === 0 ? '' : `and ${counted(rest, 'more such thing')}; --json lists all.\n`);
};

const readableReach = (answer: ReachAnswer): string => {
  const way = answer.phases.map(
    (p) => `  ${p.phase}: ${counted(p.steps, 'step')}, ${counted(p.tunnels, 'tunnel packet')}\n`,
  );
  const { broken } = answer;
  return (
    way.join('') +
    (broken === null
      ? `${answer.from} and ${answer.to} reach each other.\n`
      : `${answer.from} does not reach ${answer.to}: the ${broken.phase} ends at ${broken.at}: ${broken.reason}.\n`) +
    lintLines(answer.lints)
  );
};

type TraceOptions = Shared & { readonly from: string; readonly to?: string; readonly packet?: string };

export const trace: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('trace')
    .description('follow a packet through flow tables and tunnels; status 1 when it is not delivered')
    .requiredOption('--from <port|vm>', "the sender: a port's id or interface, a VM's id or name")
    .option('--packet <spec>', 'what is sent, as icmp,nw_dst=10.0.0.5: the words of ofproto/trace')
    .option('--to <vm>', 'instead of a packet: the VM an echo request goes to');
  withWorld(command).action((options: TraceOptions) =>
    run(() => {
      if (options.packet === undefined && options.to === undefined)
        return err('Say what is sent: --packet SPEC, or --to VM for an echo request.');
      return inLog(terminal, options.log, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const answer = await ask('network.trace', {
          ...choiceOf(options),
          timeline: options.timeline,
          at: at.value,
          from: options.from,
          to: options.to ?? null,
          packet: options.packet ?? null,
          faults: options.fault,
          ipBytes: options.size,
        });
        if (!answer.ok) return answer;
        if (options.json !== true) tellAssumptions(terminal, answer.value.assumptions);
        await terminal.write(options.json === true ? `${JSON.stringify(answer.value)}\n` : readableTrace(answer.value));
        return ok(answer.value.delivered ? 0 : 1);
      });
    }),
  );
};

export const reach: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('reach <from> <to>')
    .description('say whether two VMs can talk, and which hop breaks first; status 1 when they cannot');
  withWorld(command).action((from: string, to: string, options: Shared) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const answer = await ask('network.reach', {
          ...choiceOf(options),
          timeline: options.timeline,
          at: at.value,
          from,
          to,
          packet: null,
          faults: options.fault,
          ipBytes: options.size,
        });
        if (!answer.ok) return answer;
        if (options.json !== true) tellAssumptions(terminal, answer.value.assumptions);
        await terminal.write(options.json === true ? `${JSON.stringify(answer.value)}\n` : readableReach(answer.value));
        return ok(answer.value.reachable ? 0 : 1);
      }),
    ),
  );
};
