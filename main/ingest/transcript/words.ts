// Cuts a command line into words as a shell would, and reads options and operands from them.

const isBlank = (c: string): boolean => c === ' ' || c === '\t';

/** Words of a command line. Quotes are taken off; `<a placeholder>` is one word; a comment (` # …`) ends the line. */
export const wordsOf = (text: string): readonly string[] => {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    const closing = c === '<' ? '>' : c;
    const end = c === '"' || c === "'" || c === '<' ? text.indexOf(closing, i + 1) : -1;
    if (end > 0) {
      word = (word ?? '') + (c === '<' ? text.slice(i, end + 1) : text.slice(i + 1, end));
      i = end;
    } else if (isBlank(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (c === '#' && word === null) {
      break;
    } else {
      word = (word ?? '') + c;
    }
  }
  if (word !== null) words.push(word);
  return words;
};

/** True for text an author put where a value has to go: `<net-uuid>`. */
export const isPlaceholder = (word: string): boolean => /<[^<>]*>/.test(word);

export type Arguments = {
  /** What is not an option, in order; the program and subcommand are already gone. */
  readonly operands: readonly string[];
  /** Last value of each option, named without dashes and with `_` as `-`; '' for a flag. */
  readonly options: ReadonlyMap<string, string>;
};

/** Reads options and operands. `valued` names the options that take the next word (`--name=value` always works). */
export const argumentsOf = (words: readonly string[], valued: ReadonlySet<string>): Arguments => {
  const operands: string[] = [];
  const options = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const option = /^--?([A-Za-z][\w-]*)(?:=(.*))?$/.exec(word);
    if (option === null) {
      operands.push(word);
      continue;
    }
    const name = (option[1] ?? '').replaceAll('_', '-');
    if (option[2] === undefined && valued.has(name)) options.set(name, words[++i] ?? '');
    else options.set(name, option[2] ?? '');
  }
  return { operands, options };
};

/** Options of the unified client that say how to print, each with a value; they stand anywhere in a command. */
export const PRINTING: ReadonlySet<string> = new Set([
  'f',
  'format',
  'c',
  'column',
  'sort-column',
  'max-width',
  'prefix',
]);

const SECRET = /^--?(?:os-)?(?:\w+-)*(?:password|passwd|token|secret)$/i;
const SECRET_GIVEN = /^(--?(?:os-)?(?:\w+-)*(?:password|passwd|token|secret)=|\w*(?:PASSWORD|TOKEN|SECRET)\w*=)./i;

/** The words with passwords and tokens blotted out: a log is kept for years and handed on. */
export const withoutSecrets = (words: readonly string[]): readonly string[] =>
  words.map((word, i) => {
    if (SECRET.test(words[i - 1] ?? '')) return '***';
    const given = SECRET_GIVEN.exec(word)?.[1];
    return given === undefined ? word : `${given}***`;
  });
