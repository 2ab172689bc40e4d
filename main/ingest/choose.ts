// Decides, before anything is written, which of the files at hand can be read, and as what.
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Refusal } from '../log/types.ts';
import { accept } from './accept.ts';
import { formatOf } from './formats.ts';
import { type Chosen, type ImportedFile, type ImportSettings, readingOf } from './import-settings.ts';
import type { Incoming } from './incoming.ts';
import { NO_NAMES, togetherNames } from './shared-names.ts';
import { unpacked } from './unpack.ts';

/** A file whose first so many lines are refused without a fact among them is not what its beginning made it look like. */
const REFUSED_AT_FIRST = 10_000;

/** The first refusal of a file that holds no fact at all; null when it holds one, or nothing that had to be refused. */
const firstTrouble = (chosen: Chosen, settings: ImportSettings): Refusal | null => {
  let trouble: Refusal | null = null;
  let refused = 0;
  for (const item of chosen.format.read(readingOf(chosen, settings))) {
    if (item.kind === 'refused') {
      trouble ??= item;
      if (++refused >= REFUSED_AT_FIRST) return trouble;
    }
    if (item.kind === 'entry') return null;
    if (item.kind !== 'facts') continue;
    // A command alone says what was typed; what it printed has to be readable, too.
    if (item.facts.some((fact) => fact.type !== 'command.issued' && accept(fact).ok)) return null;
  }
  return trouble;
};

const passedOver = ({ path }: Incoming, why: string): ImportedFile => ({
  path,
  format: 'none',
  lines: 0,
  events: 0,
  duplicates: 0,
  ignored: {},
  refused: [],
  notes: [`it ${why}`],
  skews: [],
});

export type Choice = {
  readonly chosen: readonly Chosen[];
  /** Files of folders and archives that are in no format; nobody named them, so they are only mentioned. */
  readonly passedOver: readonly ImportedFile[];
};

type Recognised = { readonly file: Chosen; readonly named: boolean };

/** The format of one file. @returns a sentence where a person named the file and it is in none. */
const recognise = (
  incoming: Incoming,
  named: boolean,
  settings: ImportSettings,
): Result<Recognised | ImportedFile, string> => {
  const format = formatOf(incoming, settings.as ?? null);
  if (format.ok) return ok({ file: { incoming, format: format.value }, named });
  return named
    ? err(`${incoming.path} ${format.error}. Nothing was imported.`)
    : ok(passedOver(incoming, format.error));
};

/** Documents that come together explain each other's names. */
const withNames = (files: readonly Recognised[]): readonly Recognised[] => {
  const naming = files.filter(({ file }) => file.format.names !== undefined);
  if (naming.length < 2) return files;
  const names = togetherNames(naming.map(({ file }) => file.format.names?.(file.incoming) ?? NO_NAMES));
  return files.map(({ file, named }) => ({ file: file.format.names === undefined ? file : { ...file, names }, named }));
};

/** Opens archives and finds every file's format. The error is a sentence about the first named file that cannot be read. */
export const chooseAll = (
  files: readonly { readonly incoming: Incoming; readonly named: boolean }[],
  settings: ImportSettings,
): Result<Choice, string> => {
  const recognised: Recognised[] = [];
  const passed: ImportedFile[] = [];
  for (const { incoming, named } of files) {
    const opened = unpacked(incoming);
    if (!opened.ok && named) return err(`${incoming.path} ${opened.error}. Nothing was imported.`);
    if (!opened.ok) passed.push(passedOver(incoming, opened.error));
    const inside = opened.ok ? opened.value : [];
    for (const each of inside) {
      const choice = recognise(each, named && inside.length === 1, settings);
      if (!choice.ok) return choice;
      if ('file' in choice.value) recognised.push(choice.value);
      else passed.push(choice.value);
    }
  }
  const chosen: Chosen[] = [];
  for (const { file, named } of withNames(recognised)) {
    const trouble = named ? firstTrouble(file, settings) : null;
    const where = trouble !== null && trouble.line > 0 ? `line ${trouble.line}: ` : '';
    if (trouble !== null)
      return err(`${file.incoming.path} holds nothing that can be imported; ${where}${trouble.why}.`);
    chosen.push(file);
  }
  return chosen.length === 0
    ? err('None of these files is in a format Understudy reads.')
    : ok({ chosen, passedOver: passed });
};
