// understudy flows: a host's flow table as Open vSwitch would dump it, or what changed in it between two instants.
import { Option } from 'commander';
import { ok } from '../../../domain/base/result.ts';
import type { Dialect } from '../../../domain/network/flow-print.ts';
import type { FlowChange, ObservedAnswer } from '../../../domain/network/flow-answer.ts';
import type { Bridge } from '../../../domain/network/host-flows.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type ChoiceOptions, choiceOf, tellAssumptions, withChoice } from '../command-line/network-options.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { counted } from '../command-line/table.ts';

type Options = InstantOptions &
  ChoiceOptions & {
    readonly bridge: Bridge;
    readonly diff?: string;
    readonly observed?: boolean;
    readonly openflow?: '1.0' | '1.3';
    readonly tunnels?: boolean;
  };

const DIALECTS: Readonly<Record<'1.0' | '1.3', Dialect>> = { '1.0': 'OpenFlow10', '1.3': 'OpenFlow13' };

const lines = (texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');

const readableChange = (c: FlowChange): string =>
  `--- ${c.bridge} on ${c.host} at ${c.from}\n+++ ${c.bridge} on ${c.host} at ${c.to}\n` +
  lines([...c.removed.map((line) => `-${line}`), ...c.added.map((line) => `+${line}`)]) +
  `${counted(c.added.length, 'flow')} added, ${c.removed.length} removed, ${c.unchanged} unchanged.\n`;

const readableObserved = (o: ObservedAnswer): string =>
  `--- what Neutron would program on ${o.bridge} of ${o.host}\n+++ dumped at ${o.at} (#${o.seq})\n` +
  lines([...o.missing.map((line) => `-${line}`), ...o.extra.map((line) => `+${line}`)]) +
  lines(o.refused.map(({ text, why }) => `not understood, ${why}: ${text}`)) +
  `${counted(o.missing.length, 'flow')} missing, ${o.extra.length} not Neutron’s, ${o.same} as expected` +
  (o.learned > 0 ? `; ${o.learned} learned from packets.\n` : '.\n');

export const flows: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('flows <host>')
    .description("print a host's flow table as `ovs-ofctl --no-stats dump-flows` does")
    .addOption(new Option('--bridge <name>', 'which bridge').choices(['br-tun', 'br-int']).default('br-tun'))
    .option('--diff <time|seq>', 'print what changed from --at to this instant instead')
    .option('--observed', 'compare the newest dump on record with it instead: status 1 where they differ')
    .addOption(
      new Option('--openflow <version>', 'how actions are spelled (default: as the style does)').choices([
        '1.0',
        '1.3',
      ]),
    )
    .option('--tunnels', 'print the ports of br-tun instead');
  withInstant(withChoice(command)).action((host: string, options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ ask, moment }) => {
        const { timeline } = options;
        const at = moment(timeline, options.at);
        if (!at.ok) return at;
        const dialect = options.openflow === undefined ? null : DIALECTS[options.openflow];
        const question = { ...choiceOf(options), host, bridge: options.bridge, dialect };
        if (options.diff !== undefined) {
          const to = moment(timeline, options.diff);
          if (!to.ok) return to;
          const change = await ask('network.flowDiff', { timeline, from: at.value, to: to.value, ...question });
          if (!change.ok) return change;
          const text = options.json === true ? `${JSON.stringify(change.value)}\n` : readableChange(change.value);
          await terminal.write(text);
          return ok(0);
        }
        if (options.observed === true) {
          const seen = await ask('network.observedFlows', { timeline, at: at.value, ...question });
          if (!seen.ok) return seen;
          if (options.json !== true) tellAssumptions(terminal, seen.value.assumptions);
          const text = options.json === true ? `${JSON.stringify(seen.value)}\n` : readableObserved(seen.value);
          await terminal.write(text);
          const { extra, missing, refused } = seen.value;
          return ok(extra.length + missing.length + refused.length > 0 ? 1 : 0);
        }
        const answer = await ask('network.flows', { timeline, at: at.value, ...question });
        if (!answer.ok) return answer;
        if (options.json === true) await terminal.write(`${JSON.stringify(answer.value)}\n`);
        else {
          tellAssumptions(terminal, answer.value.assumptions);
          await terminal.write(lines(options.tunnels === true ? answer.value.tunnels : answer.value.dump));
        }
        return ok(0);
      }),
    ),
  );
};
