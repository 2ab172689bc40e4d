// Files of JSON: one value a line, values over many lines, or an array; each record with the line it begins at.
import type { Incoming } from './incoming.ts';
import { linesOf } from './lines.ts';

/** A document that is one value is parsed whole; collections larger than this come as JSON lines. */
const WHOLE_BYTES_MAX = 64 * 1024 * 1024;

export type JsonRecord =
  | { readonly line: number; readonly value: unknown }
  | { readonly line: number; readonly wrong: string; readonly text: string };

const parse = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

/** The content as text; bytes that are no UTF-8 become U+FFFD. */
export const wholeText = (incoming: Incoming): string => {
  const decoder = new TextDecoder();
  let text = '';
  for (const chunk of incoming.chunks()) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
};

const WRONG = 'this is not JSON, or is cut off';

/** What stands between the objects of a sequence, or of an array. */
const BETWEEN = /[\s,[\]]*/y;
/** The next bracket or quote that counts, past what does not. */
const MARK = /["{}[\]]/g;
const QUOTED = /"(?:[^"\\]|\\.)*"/gsy;

/** Where the value that begins with a brace ends; -1 where it does not. */
const endOf = (text: string, from: number): number => {
  let depth = 0;
  MARK.lastIndex = from;
  for (let mark = MARK.exec(text); mark !== null; mark = MARK.exec(text)) {
    if (mark[0] === '"') {
      QUOTED.lastIndex = mark.index;
      if (!QUOTED.test(text)) return -1;
      MARK.lastIndex = QUOTED.lastIndex;
    } else {
      depth += mark[0] === '{' || mark[0] === '[' ? 1 : -1;
      if (depth === 0) return MARK.lastIndex;
    }
  }
  return -1;
};

/** Objects one after another, each over several lines, as `jq` prints them; or an array that is cut off: what is whole counts. */
function* sequence(text: string): Generator<JsonRecord> {
  let at = 0;
  let line = 1;
  let counted = 0;
  for (;;) {
    BETWEEN.lastIndex = at;
    BETWEEN.test(text);
    const from = BETWEEN.lastIndex;
    if (from >= text.length) return;
    for (; counted < from; counted++) if (text.charCodeAt(counted) === 10) line++;
    const to = text.charAt(from) === '{' ? endOf(text, from) : -1;
    const parsed = to < 0 ? null : parse(text.slice(from, to));
    if (parsed === null) {
      yield { line, wrong: WRONG, text: text.slice(from, from + 200) };
      return;
    }
    yield { line, value: parsed.value };
    at = to;
  }
}

/** JSON lines whose first line is damaged: the next is a value by itself. A bracket alone begins an array. */
const isLines = (text: string): boolean => {
  const [first = '', second = ''] = text.split('\n', 10).filter((line) => line.trim() !== '');
  return first.trim().length > 1 && isFields(parse(second)?.value);
};

/** Values of the document: elements of an array are records of their own, numbered as lines would be. */
function* whole(incoming: Incoming): Generator<JsonRecord> {
  const text = wholeText(incoming);
  const parsed = parse(text);
  if (parsed === null) {
    yield* isLines(text) ? byLine(incoming) : sequence(text);
  } else if (Array.isArray(parsed.value)) {
    for (const [i, value] of parsed.value.entries()) yield { line: i + 1, value };
  } else {
    yield { line: 1, value: parsed.value };
  }
}

function* byLine(incoming: Incoming): Generator<JsonRecord> {
  for (const { number, text, tooLong } of linesOf(incoming.chunks())) {
    if (text.trim() === '' && !tooLong) continue;
    const parsed = parse(text);
    if (parsed === null)
      yield { line: number, wrong: tooLong ? 'this line is too long' : 'this line is not JSON, or is cut off', text };
    else yield { line: number, value: parsed.value };
  }
}

/** Records of the file. A first line that is a value by itself makes it JSON lines. */
export function* jsonRecords(incoming: Incoming): Generator<JsonRecord> {
  let first = '';
  for (const { text } of linesOf(incoming.chunks())) {
    first = text;
    if (text.trim() !== '') break;
  }
  const parsed = parse(first);
  const isByLine = parsed !== null && !Array.isArray(parsed.value);
  yield* isByLine || incoming.bytes > WHOLE_BYTES_MAX ? byLine(incoming) : whole(incoming);
}

/** A parsed value as text again; null when it is nested too deeply for that. */
export const jsonText = (value: unknown): string | null => {
  try {
    return JSON.stringify(value);
  } catch {
    return null; // the stack ends before the value does
  }
};

export type Fields = Readonly<Record<string, unknown>>;
export const isFields = (x: unknown): x is Fields => typeof x === 'object' && x !== null && !Array.isArray(x);
export const textAt = (fields: Fields, name: string): string | null => {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : null;
};
export const countAt = (fields: Fields, name: string): number | null => {
  const value = fields[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
};
/** Keys and values of extra specs or metadata; null where the field is none. */
export const specsAt = (fields: Fields, name: string): Record<string, string> | null => {
  const value = fields[name];
  if (!isFields(value)) return null;
  const pairs = Object.entries(value).flatMap(([key, text]) =>
    typeof text === 'string' && key !== '' ? [[key, text] as const] : [],
  );
  return Object.fromEntries(pairs);
};

export const listAt = (fields: Fields, name: string): readonly unknown[] => {
  const value = fields[name];
  return Array.isArray(value) ? value : [];
};
