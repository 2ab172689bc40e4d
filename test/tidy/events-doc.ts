// Renders docs/EVENTS.md from the dictionary, so that the page can never tell another story than the code.
import type { TSchema } from 'typebox';
import { dictionary } from '../../domain/events/dictionary.ts';

type Shape = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
};

/** Longer enumerations are named by their length: the page stays readable, the values are in the source. */
const SPELLED_OUT = 12;

const shape = (s: Shape): string => {
  if (s.enum) {
    return s.enum.length <= SPELLED_OUT
      ? s.enum.map((v) => `\`${String(v)}\``).join(' ')
      : `one of ${s.enum.length} words`;
  }
  if (s.anyOf) return s.anyOf.map(shape).join(' or ');
  if (s.type === 'array') return `list of ${shape(s.items ?? {})}`;
  if (s.type === 'object') return `{ ${fields(s).join(', ')} }`;
  return s.type ?? 'any';
};

const fields = (s: Shape): string[] =>
  Object.entries(s.properties ?? {}).map(
    ([name, value]) => `${name}${s.required?.includes(name) ? '' : '?'}: ${shape(value)}`,
  );

export const eventsDoc = (): string => {
  const lines = [
    '# Events',
    '',
    'Every fact the log may hold, as `domain/events` declares it (this page is made from there by a test). `?` marks what a',
    'source may leave out. Each event also has `at`, `entity`, `evidence`, `source` and `line`.',
  ];
  let noun = '';
  for (const { type, v, says, data } of dictionary) {
    const head = type.slice(0, type.indexOf('.'));
    if (head !== noun) lines.push('', `## ${head}`);
    noun = head;
    lines.push('', `**${type}** v${v}: ${says}`);
    for (const field of fields(data as TSchema)) lines.push(`- ${field}`);
  }
  return `${lines.join('\n')}\n`;
};
