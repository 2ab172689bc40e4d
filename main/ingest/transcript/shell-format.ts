// What clients print of one thing with `-f shell`: `name="value"` a line, names made fit for a shell.
import type { Row } from './scan.ts';

/** `OS-EXT-STS:vm_state` is printed as `os_ext_sts_vm_state`: what the prefixes were. */
const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [/^os_ext_sts_/, 'OS-EXT-STS:'],
  [/^os_ext_srv_attr_/, 'OS-EXT-SRV-ATTR:'],
  [/^os_ext_az_/, 'OS-EXT-AZ:'],
  [/^os_srv_usg_/, 'OS-SRV-USG:'],
  [/^os_dcf_/, 'OS-DCF:'],
  [/^provider_/, 'provider:'],
  [/^router_/, 'router:'],
];

const named = (name: string): string => {
  const prefix = PREFIXES.find(([pattern]) => pattern.test(name));
  return prefix === undefined ? name : name.replace(...prefix);
};

const PAIR = /^([a-z_]\w*)="(.*)$/i;
const ENDS = /(?:^|[^\\])"$/;

export type ShellRows = {
  readonly rows: readonly Row[];
  /** How many of the lines they take. */
  readonly lines: number;
};

/** Names and values at the head of these lines; a value may be several lines long. */
export const shellRows = (texts: readonly { readonly line: number; readonly text: string }[]): ShellRows => {
  const rows: Row[] = [];
  let lines = 0;
  while (lines < texts.length) {
    const { line, text } = texts[lines]!;
    const [, name = '', begun = ''] = PAIR.exec(text) ?? [];
    if (name === '') break;
    let value = begun;
    let next = lines + 1;
    while (!ENDS.test(value) && next < texts.length) value += `\n${texts[next++]!.text}`;
    if (!ENDS.test(value)) break; // cut off
    rows.push({ line, cells: [named(name), value.slice(0, -1).replaceAll('\\"', '"')] });
    lines = next;
  }
  return { rows, lines };
};
