// Reads the actions of a flow; a word it does not know is refused by name, because a skipped action would look like a drop.
import { err, ok, type Result } from '../base/result.ts';
import { FIELDS, fieldOfNxm, parseValue } from './fields.ts';
import { DEFAULT_PRIORITY, type Action, type LearnSpec, type Subfield } from './flow.ts';
import { fieldNamed } from './match-parse.ts';
import { splitList } from './split-list.ts';

const unsigned = (text: string, most: number): number | null => {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text)) return null;
  const value = Number(text);
  return value <= most ? value : null;
};

/** `NXM_OF_VLAN_TCI[0..11]`, `NXM_OF_ETH_SRC[]`, `NXM_NX_TUN_ID[3]`. */
const parseSubfield = (text: string): Result<Subfield, string> => {
  const found = /^([A-Z0-9_]+)\[(?:(\d+)(?:\.\.(\d+))?)?\]$/.exec(text);
  const header = found?.[1];
  if (found === null || header === undefined) return err(`"${text}" is no field reference`);
  const field = fieldOfNxm(header);
  if (field === null) return err(`unknown field "${header}"`);
  const width = FIELDS[field].bits;
  const from = found[2] === undefined ? 0 : Number(found[2]);
  const to = found[3] === undefined ? (found[2] === undefined ? width - 1 : from) : Number(found[3]);
  if (to < from || to >= width) return err(`"${text}" lies outside ${header}, which has ${width} bits`);
  return ok({ field, header, from, bits: to - from + 1 });
};

const arrow = (text: string): readonly [string, string] | null => {
  const at = text.indexOf('->');
  return at < 0 ? null : [text.slice(0, at), text.slice(at + 2)];
};

const parseLoad = (argument: string): Result<{ value: bigint | Subfield; target: Subfield }, string> => {
  const sides = arrow(argument);
  if (sides === null) return err(`"load:${argument}" has no "->"`);
  const target = parseSubfield(sides[1]);
  if (!target.ok) return target;
  if (/^(0x[0-9a-f]+|\d+)$/i.test(sides[0])) return ok({ value: BigInt(sides[0]), target: target.value });
  const source = parseSubfield(sides[0]);
  return source.ok ? ok({ value: source.value, target: target.value }) : source;
};

const parseSpec = (item: string): Result<LearnSpec, string> => {
  if (item.startsWith('load:')) {
    const load = parseLoad(item.slice(5));
    return load.ok ? ok({ kind: 'load', ...load.value }) : load;
  }
  if (item.startsWith('output:')) {
    const source = parseSubfield(item.slice(7));
    return source.ok ? ok({ kind: 'output', source: source.value }) : source;
  }
  const [left = '', right = left] = item.split('=');
  const target = parseSubfield(left);
  if (!target.ok) return err(`unknown word "${item}" in learn: ${target.error}`);
  const source = parseSubfield(right);
  return source.ok ? ok({ kind: 'match', target: target.value, source: source.value }) : source;
};

const parseLearn = (body: string): Result<Action, string> => {
  const settings = { table: 1, idle_timeout: 0, hard_timeout: 0, priority: DEFAULT_PRIORITY };
  const specs: LearnSpec[] = [];
  for (const item of splitList(body)) {
    const setting = /^(table|idle_timeout|hard_timeout|priority)=(\d+)$/.exec(item);
    if (setting !== null) {
      settings[setting[1] as keyof typeof settings] = Number(setting[2]);
      continue;
    }
    const spec = parseSpec(item);
    if (!spec.ok) return spec;
    specs.push(spec.value);
  }
  return ok({
    kind: 'learn',
    table: settings.table,
    idleTimeoutS: settings.idle_timeout,
    hardTimeoutS: settings.hard_timeout,
    priority: settings.priority,
    specs,
  });
};

const parseSetField = (argument: string): Result<Action, string> => {
  const sides = arrow(argument);
  if (sides === null) return err(`"set_field:${argument}" has no "->"`);
  const [text, name] = sides;
  if (name === 'vlan_vid') {
    const vid = unsigned(text, 0x1fff);
    return vid === null || vid < 4096
      ? err(`"${text}" is no VLAN id with the present bit`)
      : ok({ kind: 'set_vlan_vid', vlan: vid - 4096 });
  }
  const field = fieldNamed(name);
  if (field === null) return err(`unknown field "${name}" in set_field`);
  const value = parseValue(field, text);
  return value === null ? err(`"${text}" is no value of ${name}`) : ok({ kind: 'set', field, value });
};

const numbered = (kind: 'goto' | 'resubmit', text: string): Result<Action, string> => {
  const table = unsigned(text, 254);
  return table === null ? err(`"${text}" is no table`) : ok({ kind, table });
};

const withArgument = (name: string, argument: string): Result<Action, string> => {
  switch (name) {
    case 'output': {
      const port = unsigned(argument, 0xffff);
      return port === null ? err(`"${argument}" is no port number`) : ok({ kind: 'output', port });
    }
    case 'goto_table':
      return numbered('goto', argument);
    case 'push_vlan':
      return argument === '0x8100' ? ok({ kind: 'push_vlan' }) : err(`push_vlan of type ${argument} is not understood`);
    case 'mod_vlan_vid': {
      const vlan = unsigned(argument, 4095);
      return vlan === null ? err(`"${argument}" is no VLAN id`) : ok({ kind: 'mod_vlan_vid', vlan });
    }
    case 'set_tunnel':
    case 'set_tunnel64': {
      const id = parseValue('tun_id', argument);
      return id === null ? err(`"${argument}" is no tunnel id`) : ok({ kind: 'set_tunnel', id });
    }
    case 'set_field':
      return parseSetField(argument);
    case 'mod_dl_src':
    case 'mod_dl_dst': {
      const field = name === 'mod_dl_src' ? 'dl_src' : 'dl_dst';
      const value = parseValue(field, argument);
      return value === null ? err(`"${argument}" is no MAC address`) : ok({ kind: 'set', field, value });
    }
    case 'load': {
      const load = parseLoad(argument);
      if (!load.ok) return load;
      const { value, target } = load.value;
      return typeof value === 'bigint'
        ? ok({ kind: 'load', value, target })
        : err(`"load:${argument}" loads no number`);
    }
    case 'move': {
      const sides = arrow(argument);
      if (sides === null) return err(`"move:${argument}" has no "->"`);
      const source = parseSubfield(sides[0]);
      if (!source.ok) return source;
      const target = parseSubfield(sides[1]);
      return target.ok ? ok({ kind: 'move', source: source.value, target: target.value }) : target;
    }
    default:
      return err(`unknown action "${name}"`);
  }
};

const PLAIN: Readonly<Record<string, Action>> = {
  in_port: { kind: 'in_port' },
  local: { kind: 'local' },
  normal: { kind: 'normal' },
  pop_vlan: { kind: 'pop_vlan' },
  strip_vlan: { kind: 'pop_vlan' },
};

/** One action as `ovs-ofctl` prints it. Error: a sentence naming the word that is not understood. */
export const parseAction = (item: string): Result<Action, string> => {
  const plain = PLAIN[item.toLowerCase()];
  if (plain !== undefined) return ok(plain);
  const call = /^(\w+)\((.*)\)$/s.exec(item);
  if (call !== null) {
    if (call[1] === 'learn') return parseLearn(call[2] ?? '');
    const table = call[1] === 'resubmit' ? /^,(\d+)$/.exec(call[2] ?? '')?.[1] : undefined;
    return table === undefined ? err(`unknown action "${item}"`) : numbered('resubmit', table);
  }
  const at = item.indexOf(':');
  return at < 0 ? err(`unknown action "${item}"`) : withArgument(item.slice(0, at), item.slice(at + 1));
};

/** A whole action list; `drop` alone is the empty list. */
export const parseActions = (text: string): Result<readonly Action[], string> => {
  const items = splitList(text);
  if (items.length === 0) return err('no actions given');
  if (items.length === 1 && items[0] === 'drop') return ok([]);
  const actions: Action[] = [];
  for (const item of items) {
    const action = parseAction(item);
    if (!action.ok) return action;
    actions.push(action.value);
  }
  return ok(actions);
};
