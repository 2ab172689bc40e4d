// What differs, entity by entity: added, removed, or changed from → to.
import { fieldWords, said } from '../../domain/report/difference-words.ts';
import type { FieldChange, StateDiff } from '../../domain/timeline/diff.ts';
import { useDesk } from '../session/desk.ts';
import { count, shortId } from '../../domain/readout/words.ts';

const ROWS_SHOWN = 200; // beyond this a person filters by going to the map; a longer table would not be read
const FIELDS_SHOWN = 2;
/** What a person asks first; the rest follows in the state's own order. */
const FIRST_FIELDS: readonly string[] = ['host', 'status', 'up', 'fenced'];
const Change = ({ change }: { readonly change: FieldChange }) => (
  <span class="change">
    <em>{fieldWords(change.field)}</em> {said(change.field, change.from)} → <b>{said(change.field, change.to)}</b>
  </span>
);

/** What a difference's value says of the VM it belongs to, as a migration's or a port's does. */
const vmOf = (value: unknown): string | null => {
  const vm = (value as { vm?: unknown } | null)?.vm;
  return typeof vm === 'string' ? vm : null;
};

type Row = {
  readonly entity: string;
  readonly name: string;
  readonly sign: string;
  readonly what: string;
  readonly fields: readonly FieldChange[];
};

/** @param vmNames names of VMs by id, for what has no name of its own */
const rowsOf = (diff: StateDiff, vmNames: ReadonlyMap<string, string>): readonly Row[] => {
  const asked = (f: FieldChange): number =>
    FIRST_FIELDS.includes(f.field) ? FIRST_FIELDS.indexOf(f.field) : FIRST_FIELDS.length;
  const nameOf = (entry: { readonly name: string; readonly value: unknown }): string => {
    const vm = vmOf(entry.value);
    return vm === null ? entry.name : `of ${vmNames.get(vm) ?? shortId(vm)}`;
  };
  const one = (sign: string, what: string) => (d: StateDiff['added'][number]) => ({
    entity: d.entity,
    name: nameOf(d),
    sign,
    what,
    fields: [],
  });
  return [
    ...diff.changed.map((d) => ({
      ...d,
      fields: d.fields.toSorted((a, b) => asked(a) - asked(b)),
      sign: '≠',
      what: 'changed',
    })),
    ...diff.added.map(one('+', 'only in the second')),
    ...diff.removed.map(one('−', 'only in the first')),
  ];
};

const ORDER = ['vm', 'host', 'volume', 'pool', 'migration', 'network', 'tunnel'];
const rank = (row: Row): number => {
  const i = ORDER.indexOf(row.entity.slice(0, row.entity.indexOf(':')));
  return i < 0 ? ORDER.length : i;
};

export const DifferenceList = ({ diff }: { readonly diff: StateDiff }) => {
  const desk = useDesk();
  const vmNames = new Map(desk.picture.value?.hosts.flatMap((h) => h.vms.map((v) => [v.id, v.name] as const)));
  const rows = rowsOf(diff, vmNames).toSorted((a, b) => rank(a) - rank(b));
  if (rows.length === 0) return <p class="empty pad">Both sides are the same in every field that is compared.</p>;
  return (
    <div class="scroll">
      <table class="rows differences" data-testid="differences">
        <tbody>
          {rows.slice(0, ROWS_SHOWN).map((row) => (
            <tr key={row.entity} data-entity={row.entity}>
              <td class="sign" title={row.what}>
                {row.sign}
              </td>
              <td class="muted kind">{row.entity.slice(0, row.entity.indexOf(':')).replaceAll('_', ' ')}</td>
              <td class="name" title={row.name}>
                <button type="button" class="link strong" onClick={() => desk.select(row.entity)}>
                  {shortId(row.name)}
                </button>
              </td>
              <td class="changes">
                {row.fields.length === 0 ? (
                  <span class="muted">{row.what}</span>
                ) : (
                  row.fields.slice(0, FIELDS_SHOWN).map((f) => <Change key={f.field} change={f} />)
                )}
                {row.fields.length > FIELDS_SHOWN && (
                  <span
                    class="change muted"
                    title={row.fields
                      .slice(FIELDS_SHOWN)
                      .map((f) => fieldWords(f.field))
                      .join(', ')}
                  >
                    and {row.fields.length - FIELDS_SHOWN} more
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > ROWS_SHOWN && (
        <p class="muted pad">
          The first {ROWS_SHOWN} of {count(rows.length)}.
        </p>
      )}
    </div>
  );
};
