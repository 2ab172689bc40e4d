// What `ovs-ofctl dump-flows` printed: a bridge's table as it was, kept as one fact of the host.
import { entity } from '../../../domain/events/entity.ts';
import type { Draft } from './moment.ts';
import type { Command, Text } from './scan.ts';
import { argumentsOf } from './words.ts';

/** Kept in one event; a table beyond this (20,000 entries are 2 MiB) is no host's of a cloud. */
const FLOWS_MAX = 20_000;
/** Longer than any entry Neutron writes: a flood to a thousand tunnels. */
const FLOW_LENGTH_MAX = 20_000;

const STATISTICS = /\b(?:cookie|duration|n_packets|n_bytes|idle_age|hard_age)=[^,\s]+,?\s*/g;

/** An entry, with its statistics or without. */
export const isFlow = (text: string): boolean =>
  /^(?:cookie=0x[0-9a-f]+, ?|duration=[\d.]+s, ?)*(?:table=\d+,|priority=\d+\b|n_packets=).*\bactions=/.test(text);

/** As `--no-stats` prints it: what is counted says nothing about what the table does. */
const plain = (text: string): string =>
  text
    .replace(STATISTICS, '')
    .replace(/,\s+(?=\S)/g, ',')
    .replace(/,\s*actions=/, ' actions=')
    .trim();

const VALUED = new Set(['O', 'protocols', 'F', 'flow-format']);
/** Programs a table may be piped through and stay whole. */
const PAGERS = /^(?:less|more|cat|sort|tee)$/;

/** The bridge a command asked for; null where it asked for some of its entries only, which are no table. */
export const dumpedBridge = ({ words }: Command): string | null => {
  if (words[0] !== 'ovs-ofctl') return null;
  const [command, bridge = null, next, program = ''] = argumentsOf(words.slice(1), VALUED).operands;
  const isWhole = next === undefined || (next === '|' && PAGERS.test(program));
  return command === 'dump-flows' && isWhole ? bridge : null;
};

/** `compute-1.br-tun.txt`, `br-tun_compute-1.flows`: a dump saved without its command may be named after both. */
const BRIDGE_IN_NAME = /(?:^|[._-])(br-[a-z]+)(?=[._-]|$)/;
export const dumpNamed = (fileName: string): { readonly bridge: string; readonly host: string } | null => {
  const stem = fileName.replace(/\.(?:txt|log|flows|dump|out)$/, '');
  const bridge = BRIDGE_IN_NAME.exec(stem)?.[1];
  if (bridge === undefined) return null;
  const host = stem
    .replace(BRIDGE_IN_NAME, '')
    .replace(/(?:^|[._-])(?:dump-)?flows?(?=[._-]|$)/g, '')
    .replace(/^[._-]+|[._-]+$/g, '');
  return host === '' ? null : { bridge, host };
};

/** The fact; null where there is no entry, or too many. */
export const flowsDumped = (texts: readonly Text[], bridge: string, host: string, line: number): Draft | null => {
  const flows = texts
    .filter(({ text }) => isFlow(text) && text.length <= FLOW_LENGTH_MAX)
    .map(({ text }) => plain(text));
  if (flows.length === 0 || flows.length > FLOWS_MAX) return null;
  const data = { bridge, flows };
  return { type: 'host.flows_reported', v: 1, entity: entity('host', host), line, evidence: 'observed', data };
};
