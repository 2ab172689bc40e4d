// A difference between two states in words: which fields say what happened, and values in the unit their field's name carries.
import { clock, duration, gibibytes, mebibytes, plural, shortId } from '../readout/words.ts';
import type { StateDiff } from '../timeline/diff.ts';

/** Fields that differ between any two samples and say nothing about what happened. */
const LOAD_FIELDS: ReadonlySet<string> = new Set(['cpu']);

/** The difference without sampled load, unless it is wanted; what is left without a field is no difference. */
export const meaningful = (diff: StateDiff, withLoad: boolean): StateDiff =>
  withLoad
    ? diff
    : {
        ...diff,
        changed: diff.changed
          .map((entry) => ({ ...entry, fields: entry.fields.filter((f) => !LOAD_FIELDS.has(f.field)) }))
          .filter((entry) => entry.fields.length > 0),
      };

const INSTANT = /^\d{4}-\d{2}-\d{2}T/;

/** `ramMiBUsed` as `RAM used`: the field without its unit, in words. */
export const fieldWords = (field: string): string =>
  field
    .replace(/(MiB|GiB|Ms)(?=[A-Z]|$)/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/^ram\b/, 'RAM')
    .replace(/^vcpus\b/, 'vCPU');

/** A value in the unit its field's name carries. */
export const said = (field: string, value: unknown): string => {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'string') return INSTANT.test(value) ? `${clock(Date.parse(value))}Z` : shortId(value);
  if (typeof value === 'number' && field.includes('MiB')) return mebibytes(value);
  if (typeof value === 'number' && field.includes('GiB')) return gibibytes(value);
  if (typeof value === 'number' && field.endsWith('Ms')) return duration(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return String(value.length);
  return JSON.stringify(value);
};

/** What differs, in one sentence: `2 hosts, 9 VMs differ.` */
export const sayDifference = (diff: StateDiff): string => {
  const of = (kind: string): number =>
    [...diff.added, ...diff.removed, ...diff.changed].filter((d) => d.entity.startsWith(`${kind}:`)).length;
  const parts = [
    [of('host'), 'host'],
    [of('vm'), 'VM'],
    [of('migration'), 'migration'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, word]) => plural(n, word));
  const total = diff.added.length + diff.removed.length + diff.changed.length;
  if (total === 0) return 'Nothing differs.';
  return said.length === 0 ? `${plural(total, 'entity', 'entities')} differ.` : `${said.join(', ')} differ.`;
};
