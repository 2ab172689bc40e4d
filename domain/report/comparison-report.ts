// Two states compared, to hand over: what is there only once, and what changed from which value to which.
import type { FieldChange, StateDiff } from '../timeline/diff.ts';
import { fieldWords, meaningful, said, sayDifference } from './difference-words.ts';
import { type Document, type Provenance, section, table, text } from './document.ts';

const FIELDS_NAMED = 6; // a row is read, not searched

const changes = (fields: readonly FieldChange[]): string => {
  const named = fields
    .slice(0, FIELDS_NAMED)
    .map((f) => `${fieldWords(f.field)} ${said(f.field, f.from)} → ${said(f.field, f.to)}`);
  const rest = fields.length - named.length;
  return named.join('; ') + (rest === 0 ? '' : `; and ${rest} more`);
};

const kindOf = (entity: string): string => entity.slice(0, entity.indexOf(':')).replace('_', ' ');

/** @param sides what each side is called, as `main at 10:36`; `provenance` is that of the second */
export const comparisonReport = (
  diff: StateDiff,
  sides: readonly [string, string],
  provenance: Provenance,
): Document => {
  const { added, removed, changed } = meaningful(diff, false);
  const once = (entries: StateDiff['added']) =>
    entries.length === 0
      ? text('Nothing.')
      : table(entries, [
          { head: 'kind', cell: (e) => kindOf(e.entity) },
          { head: 'name', cell: (e) => e.name },
        ]);
  return {
    title: `${sides[0]} and ${sides[1]}`,
    verdict: sayDifference({ added, removed, changed }),
    provenance,
    sections: [
      ...section('What changed', [
        changed.length === 0
          ? text('Nothing.')
          : table(changed, [
              { head: 'kind', cell: (e) => kindOf(e.entity) },
              { head: 'name', cell: (e) => e.name },
              { head: `from ${sides[0]} to ${sides[1]}`, cell: (e) => changes(e.fields) },
            ]),
      ]),
      ...section(`Only in ${sides[1]}`, [once(added)]),
      ...section(`Only in ${sides[0]}`, [once(removed)]),
    ],
  };
};
