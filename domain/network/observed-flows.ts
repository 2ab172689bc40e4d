// A flow table that was dumped, beside the one Neutron would program: what is missing, and what nobody asked for.
import type { Flow } from './flow.ts';
import { parseFlow } from './flow-parse.ts';
import { type Dialect, printFlow } from './flow-print.ts';

/** Port numbers and local VLANs are each host's own choice; `set_field` writes a VLAN with the bit that says there is one. */
const NUMBERS = /\b(in_port=|output:)(\d+)|\b(dl_vlan=|mod_vlan_vid:)(\d+)|\b(set_field:)(4\d{3})(?=->vlan_vid)/g;
const VLAN_PRESENT = 4096;

type Kind = 'port' | 'vlan';
type Numbered = { readonly skeleton: string; readonly numbers: readonly { kind: Kind; value: number }[] };

/** `f` is told each number's kind and value, and says what stands there instead. */
const renumbered = (line: string, f: (kind: Kind, value: number) => number | string): string =>
  line.replace(NUMBERS, (_, port, portNo, vlan, vlanNo, field, fieldNo) => {
    if (port !== undefined) return `${port}${f('port', Number(portNo))}`;
    if (vlan !== undefined) return `${vlan}${f('vlan', Number(vlanNo))}`;
    const value = f('vlan', Number(fieldNo) - VLAN_PRESENT);
    return `${field}${typeof value === 'number' ? value + VLAN_PRESENT : value}`;
  });

const numberedIn = (line: string): Numbered => {
  const numbers: { kind: Kind; value: number }[] = [];
  const skeleton = renumbered(line, (kind, value) => {
    numbers.push({ kind, value });
    return '#';
  });
  return { skeleton, numbers };
};

const isFlood = (line: string): boolean => (line.match(/output:/g)?.length ?? 0) > 1;

/** Outputs of one entry in the order of their numbers: a flood is the same whatever order it names its ports in. */
const sortedOutputs = (line: string): string => {
  const outputs = (line.match(/output:\d+/g) ?? []).sort();
  let i = 0;
  return line.replace(/output:\d+/g, () => outputs[i++] ?? '');
};

/** Lines by their skeleton, of those that are the only one with it. */
const alone = (lines: readonly string[]): ReadonlyMap<string, Numbered> => {
  const found = new Map<string, Numbered | null>();
  for (const line of lines) {
    if (isFlood(line)) continue;
    const numbered = numberedIn(line);
    found.set(numbered.skeleton, found.has(numbered.skeleton) ? null : numbered);
  }
  return new Map([...found].filter((entry): entry is [string, Numbered] => entry[1] !== null));
};

type NumberMatch = {
  readonly to: (kind: Kind, value: number) => number;
  /** More entries spoke for it than for any other reading. */
  readonly isSure: (kind: Kind, value: number) => boolean;
};

/**
 * Which number of `from` is which of `to`: entries that are alike but for their numbers vote, the most votes win, and what
 * nobody voted on is matched in order. An entry outvoted by others is one that leads somewhere else.
 */
const matchNumbers = (from: readonly string[], to: readonly string[]): NumberMatch => {
  const votes = new Map<string, { kind: Kind; a: number; b: number; n: number }>();
  const others = alone(to);
  for (const [skeleton, { numbers }] of alone(from)) {
    others.get(skeleton)?.numbers.forEach(({ kind, value: b }, i) => {
      const a = numbers[i]?.value ?? 0;
      const key = `${kind} ${a} ${b}`;
      const vote = votes.get(key) ?? { kind, a, b, n: 0 };
      votes.set(key, { ...vote, n: vote.n + 1 });
    });
  }
  const match = new Map<string, number>();
  const taken = new Set<string>();
  const sure = new Set<string>();
  for (const { kind, a, b, n } of [...votes.values()].sort((x, y) => y.n - x.n || x.a - y.a || x.b - y.b)) {
    if (match.has(`${kind} ${a}`) || taken.has(`${kind} ${b}`)) continue;
    match.set(`${kind} ${a}`, b);
    taken.add(`${kind} ${b}`);
    const rivals = [...votes.values()].filter((v) => v.kind === kind && (v.a === a) !== (v.b === b));
    if (rivals.every((rival) => rival.n < n)) sure.add(`${kind} ${a}`);
  }
  const all = (lines: readonly string[]) => lines.flatMap((line) => numberedIn(line).numbers);
  const free = all(to).filter(({ kind, value }) => !taken.has(`${kind} ${value}`));
  for (const { kind, value } of all(from)) {
    if (match.has(`${kind} ${value}`)) continue;
    const next = free.findIndex((each) => each.kind === kind && !taken.has(`${kind} ${each.value}`));
    if (next < 0) continue;
    const b = free[next]!.value;
    match.set(`${kind} ${value}`, b);
    taken.add(`${kind} ${b}`);
  }
  return {
    to: (kind, value) => match.get(`${kind} ${value}`) ?? value,
    isSure: (kind, value) => sure.has(`${kind} ${value}`),
  };
};

export type ObservedFlows = {
  /** Entries of the dump that Neutron would not program, as they were dumped. */
  readonly extra: readonly string[];
  /** The same in the derived table's numbers and spelling; `isSure` where each number has one reading. */
  readonly extraRenumbered: readonly { readonly line: string; readonly isSure: boolean }[];
  /** Entries that Neutron would program and the dump does not have, in the derived table's numbers. */
  readonly missing: readonly string[];
  readonly same: number;
  /** Entries that are not understood, each with what is not: nothing is said of what they do. */
  readonly refused: readonly { readonly text: string; readonly why: string }[];
  /** Entries with a timeout: the switch learned them from packets, and Neutron has no say in them. */
  readonly learned: number;
};

/** An entry as it was given, and in one spelling for all. */
type Entry = { readonly text: string; readonly line: string };
const entryOf = (text: string, flow: Flow, dialect: Dialect): Entry => ({
  text,
  line: printFlow({ ...flow, cookie: 0n }, dialect),
});

/** Compares a dump with a derived table, both as lines; ports and VLANs may be numbered differently. */
export const compareFlows = (
  observed: readonly string[],
  derived: readonly string[],
  dialect: Dialect,
): ObservedFlows => {
  const programmed: Entry[] = [];
  const refused: { text: string; why: string }[] = [];
  let learned = 0;
  for (const text of observed) {
    const flow = parseFlow(text);
    if (!flow.ok) refused.push({ text, why: flow.error });
    else if (flow.value.hardTimeoutS > 0 || flow.value.idleTimeoutS > 0) learned++;
    else programmed.push(entryOf(text, flow.value, dialect));
  }
  const expected = derived.flatMap((text) => {
    const flow = parseFlow(text);
    return flow.ok ? [entryOf(text, flow.value, dialect)] : []; // ours, and read back in every test
  });
  const match = matchNumbers(
    programmed.map(({ line }) => line),
    expected.map(({ line }) => line),
  );
  const left = new Map<string, string[]>();
  for (const { text, line } of expected) {
    const key = sortedOutputs(line);
    if (left.get(key)?.push(text) === undefined) left.set(key, [text]);
  }
  const extra = programmed.filter(
    ({ line }) => left.get(sortedOutputs(renumbered(line, match.to)))?.pop() === undefined,
  );
  const missing = [...left.values()].flat();
  return {
    extra: extra.map(({ text }) => text),
    extraRenumbered: extra.map(({ line }) => ({
      line: renumbered(line, match.to),
      isSure: numberedIn(line).numbers.every(({ kind, value }) => match.isSure(kind, value)),
    })),
    missing,
    refused,
    same: programmed.length - extra.length,
    learned,
  };
};
