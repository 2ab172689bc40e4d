// What the first record of a saved listing calls its fields, in each of the clients' forms: by that a listing is known.
import { isFields } from './json-records.ts';
import { shellRows } from './transcript/shell-format.ts';

/** How many lines of a beginning are looked at for the names of one record's fields. */
const RECORD_LINES_MAX = 500;

/** The first `{…}` that ends in this text; null where none does. */
const firstObject = (text: string): string | null => {
  const from = text.indexOf('{');
  let depth = 0;
  let quoted = false;
  for (let at = from; at >= 0 && at < text.length; at++) {
    const c = text.charAt(at);
    if (quoted && c === '\\') at++;
    else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === '{' || c === '[')) depth++;
    else if (!quoted && (c === '}' || c === ']') && --depth === 0) return text.slice(from, at + 1);
  }
  return null;
};

const fieldsInJson = (head: string): readonly string[] => {
  const text = firstObject(head);
  // Cut off, or longer than what is at hand: whatever looks like a name.
  if (text === null) return [...head.matchAll(/"([^"\\]+)"\s*:/g)].map(([, name = '']) => name);
  try {
    const record: unknown = JSON.parse(text);
    return isFields(record) ? Object.keys(record) : [];
  } catch {
    return [];
  }
};

const YAML_FIELD = /^(?:- | {2})?(['"]?)([A-Za-z_][^'"]*?)\1:(?: |$)/;
const fieldsInYaml = (lines: readonly string[]): readonly string[] => {
  const isList = lines[0]?.startsWith('- ') === true;
  const record = lines.slice(isList ? 1 : 0).findIndex((line) => isList && line.startsWith('- '));
  const own = record < 0 ? lines : lines.slice(0, record + 1);
  return own
    .filter((line, i) => !isList || i === 0 || line.startsWith('  '))
    .flatMap((line) => YAML_FIELD.exec(line)?.[2] ?? []);
};

type Beginning = {
  readonly form: 'json' | 'yaml' | 'csv' | 'shell';
  readonly fields: readonly string[];
  readonly isOne: boolean;
};

/** What the first record of a file names its fields, in whichever of the clients' forms it is; null in none of them. */
export const beginningOf = (head: string): Beginning | null => {
  const text = head.replace(/^---\n/, '');
  if (/^\s*(?:\[\s*\{|\{)/.test(text)) {
    const fields = fieldsInJson(text);
    // Placement's own API tells the inventories of one provider, class by class.
    if (fields.includes('inventories')) return { form: 'json', fields: ['resource_class', 'total'], isOne: false };
    return { form: 'json', fields, isOne: /^\s*\{/.test(text) };
  }
  const lines = text.split('\n', RECORD_LINES_MAX);
  const [first = ''] = lines;
  if (/^[a-z_]\w*="/i.test(first)) {
    return {
      form: 'shell',
      fields: shellRows(lines.map((each, i) => ({ line: i + 1, text: each }))).rows.map(({ cells }) => cells[0] ?? ''),
      isOne: true,
    };
  }
  const columns = first.split(',').map((column) => column.replace(/^"(.*)"$/, '$1'));
  if (/^"?(?:field|property)"?,"?value"?$/i.test(first)) {
    return { form: 'csv', fields: lines.slice(1).map((line) => /^"?([^",]+)"?,/.exec(line)?.[1] ?? ''), isOne: true };
  }
  if (columns.length > 1 && columns.every((column) => /^[\w :/()-]+$/.test(column)))
    return { form: 'csv', fields: columns, isOne: false };
  const isYaml = YAML_FIELD.test(first) && !head.includes('\n+-');
  return isYaml ? { form: 'yaml', fields: fieldsInYaml(lines), isOne: !first.startsWith('- ') } : null;
};
