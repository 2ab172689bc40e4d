// Reads flows back from the text of `ovs-ofctl dump-flows`, with or without statistics.
import { err, ok, type Result } from '../base/result.ts';
import { parseActions } from './action-parse.ts';
import { DEFAULT_PRIORITY, type Flow } from './flow.ts';
import { parseTerms } from './match-parse.ts';
import { splitList } from './split-list.ts';

/** What the switch counts or remembers about a flow; it changes nothing about what the flow does. */
const STATISTICS = new Set(['duration', 'n_packets', 'n_bytes', 'idle_age', 'hard_age', 'importance']);
const FLAGS = new Set(['send_flow_rem', 'reset_counts', 'no_packet_counts', 'no_byte_counts', 'check_overlap']);

const settingOf = (item: string): readonly [string, string] | null => {
  const at = item.indexOf('=');
  return at < 0 ? null : [item.slice(0, at), item.slice(at + 1)];
};

/** One line. Error: a sentence naming the match field, action or value that is not understood. */
export const parseFlow = (line: string): Result<Flow, string> => {
  const at = line.indexOf('actions=');
  if (at < 0) return err(`no "actions=" in "${line.trim()}"`);
  const head = { table: 0, priority: DEFAULT_PRIORITY, idle_timeout: 0, hard_timeout: 0 };
  let cookie = 0n;
  const matchItems: string[] = [];
  for (const item of splitList(line.slice(0, at).trim().replace(/,$/, ''))) {
    const setting = settingOf(item);
    if (setting === null) {
      if (!FLAGS.has(item)) matchItems.push(item);
      continue;
    }
    const [name, value] = setting;
    if (STATISTICS.has(name)) continue;
    if (name === 'cookie') {
      if (!/^(0x[0-9a-f]+|\d+)$/i.test(value)) return err(`"${value}" is no cookie`);
      cookie = BigInt(value);
    } else if (Object.hasOwn(head, name)) {
      if (!/^\d+$/.test(value) || Number(value) > 65535) return err(`"${value}" is no value of ${name}`);
      head[name as keyof typeof head] = Number(value);
    } else matchItems.push(item);
  }
  const match = parseTerms(matchItems);
  if (!match.ok) return match;
  const actions = parseActions(line.slice(at + 'actions='.length).trim());
  if (!actions.ok) return actions;
  return ok({
    table: head.table,
    priority: head.priority,
    idleTimeoutS: head.idle_timeout,
    hardTimeoutS: head.hard_timeout,
    cookie,
    match: match.value,
    actions: actions.value,
  });
};

export type RefusedLine = { readonly line: number; readonly why: string };

/** A whole dump; the reply header (`NXST_FLOW reply`, `OFPST_FLOW reply`) and blank lines are skipped.
 * Error: every line that is not understood, 1-based, with its reason; no table is returned then. */
export const parseFlows = (text: string): Result<readonly Flow[], readonly RefusedLine[]> => {
  const flows: Flow[] = [];
  const refused: RefusedLine[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || /^\s*\w+_FLOW reply/.test(line)) continue;
    const parsed = parseFlow(line);
    if (parsed.ok) flows.push(parsed.value);
    else refused.push({ line: i + 1, why: parsed.error });
  }
  return refused.length > 0 ? err(refused) : ok(flows);
};
