// Files of JSON: one value a line, one value over many lines, or an array; each record with the line it begins at.
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

/** Values of the document: elements of an array are records of their own, numbered as lines would be. */
function* whole(incoming: Incoming): Generator<JsonRecord> {
  const text = wholeText(incoming);
  const parsed = parse(text);
  if (parsed === null) {
    yield { line: 1, wrong: 'this is not JSON, or is cut off', text: text.slice(0, 200) };
  } else if (Array.isArray(parsed.value)) {
    for (const [i, value] of parsed.value.entries()) yield { line: i + 1, value };
  } else {
    yield { line: 1, value: parsed.value };
  }
}

/** Records of the file. A first line that is a value by itself makes it JSON lines. */
export function* jsonRecords(incoming: Incoming): Generator<JsonRecord> {
  let lines = false;
  for (const { number, text, tooLong } of linesOf(incoming.chunks())) {
    if (text.trim() === '' && !tooLong) continue;
    const parsed = parse(text);
    if (!lines) {
      lines = parsed !== null && !Array.isArray(parsed.value);
      if (!lines && incoming.bytes <= WHOLE_BYTES_MAX) {
        yield* whole(incoming);
        return;
      }
      lines = true;
    }
    if (parsed === null)
      yield { line: number, wrong: tooLong ? 'this line is too long' : 'this line is not JSON, or is cut off', text };
    else yield { line: number, value: parsed.value };
  }
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
