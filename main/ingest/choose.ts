// Decides, before anything is written, which of the files at hand can be read, and as what.
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Refusal } from '../log/types.ts';
import { accept } from './accept.ts';
import { formatOf } from './formats.ts';
import { type Chosen, type ImportedFile, type ImportSettings, readingOf } from './import-settings.ts';
import type { Incoming } from './incoming.ts';
import { unpacked } from './unpack.ts';

/** A file whose first so many lines are refused without a fact among them is not what its beginning made it look like. */
const REFUSED_AT_FIRST = 10_000;

/** The first refusal of a file that holds no fact at all; null when it holds one, or nothing that had to be refused. */
const firstTrouble = (chosen: Chosen, settings: ImportSettings): Refusal | null => {
  let trouble: Refusal | null = null;
  let refused = 0;
  for (const item of chosen.format.read(readingOf(chosen.incoming, settings))) {
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

/** The format of one file. @returns a sentence where a person named the file and it cannot be imported. */
const choose = (
  incoming: Incoming,
  named: boolean,
  settings: ImportSettings,
): Result<Chosen | ImportedFile, string> => {
  const format = formatOf(incoming, settings.as ?? null);
  if (!format.ok) {
    return named
      ? err(`${incoming.path} ${format.error}. Nothing was imported.`)
      : ok(passedOver(incoming, format.error));
  }
  const file = { incoming, format: format.value };
  const trouble = named ? firstTrouble(file, settings) : null;
  if (trouble === null) return ok(file);
  const where = trouble.line > 0 ? `line ${trouble.line}: ` : '';
  return err(`${incoming.path} holds nothing that can be imported; ${where}${trouble.why}.`);
};

/** Opens archives and finds every file's format. The error is a sentence about the first named file that cannot be read. */
export const chooseAll = (
  files: readonly { readonly incoming: Incoming; readonly named: boolean }[],
  settings: ImportSettings,
): Result<Choice, string> => {
  const chosen: Chosen[] = [];
  const passed: ImportedFile[] = [];
  for (const { incoming, named } of files) {
    const opened = unpacked(incoming);
    if (!opened.ok && named) return err(`${incoming.path} ${opened.error}. Nothing was imported.`);
    if (!opened.ok) passed.push(passedOver(incoming, opened.error));
    const inside = opened.ok ? opened.value : [];
    for (const each of inside) {
      const choice = choose(each, named && inside.length === 1, settings);
      if (!choice.ok) return choice;
      if ('incoming' in choice.value) chosen.push(choice.value);
      else passed.push(choice.value);
    }
  }
  return chosen.length === 0
    ? err('None of these files is in a format Understudy reads.')
    : ok({ chosen, passedOver: passed });
};
