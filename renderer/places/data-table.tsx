// A table of facts of the instant that filters, sorts by any column, and draws at most as many rows as are read.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { count, plural } from '../../domain/readout/words.ts';

const ROWS_SHOWN = 200;

export type Column<T> = {
  readonly name: string;
  /** What is sorted and filtered by. */
  readonly value: (row: T) => string | number | null;
  /** What is shown, when it is not the value. */
  readonly cell?: (row: T) => ComponentChildren;
  readonly right?: boolean;
};

type Props<T> = {
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (row: T) => string;
  readonly noun: string;
  readonly selected?: string | null;
  readonly onOpen?: (row: T) => void;
};

const compare = (a: string | number | null, b: string | number | null): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
};

export const DataTable = <T,>({ rows, columns, keyOf, noun, selected = null, onOpen }: Props<T>) => {
  const [filter, setFilter] = useState('');
  const [sort, setSort] = useState<{ readonly by: number; readonly down: boolean } | null>(null);
  const wanted = filter.trim().toLowerCase();
  const kept =
    wanted === ''
      ? rows
      : rows.filter((row) =>
          columns.some((c) =>
            String(c.value(row) ?? '')
              .toLowerCase()
              .includes(wanted),
          ),
        );
  const column = sort === null ? undefined : columns[sort.by];
  const sorted =
    column === undefined
      ? kept
      : kept.toSorted((a, b) => compare(column.value(a), column.value(b)) * (sort?.down === true ? -1 : 1));
  return (
    <>
      <div class="row table-tools">
        <input
          aria-label={`Filter ${noun}s`}
          placeholder={`Filter ${noun}s`}
          value={filter}
          onInput={(e) => setFilter(e.currentTarget.value)}
        />
        <span class="muted">
          {kept.length === rows.length
            ? plural(rows.length, noun)
            : `${count(kept.length)} of ${plural(rows.length, noun)}`}
          {kept.length > ROWS_SHOWN && `, first ${ROWS_SHOWN} shown`}
        </span>
      </div>
      <div class="scroll">
        <table class="rows data">
          <thead>
            <tr>
              {columns.map((c, i) => (
                <th
                  key={c.name}
                  class={c.right === true ? 'right' : ''}
                  aria-sort={sort?.by === i ? (sort.down ? 'descending' : 'ascending') : 'none'}
                >
                  <button type="button" onClick={() => setSort({ by: i, down: sort?.by === i && !sort.down })}>
                    {c.name}
                    {sort?.by === i && <span aria-hidden="true">{sort.down ? ' ↓' : ' ↑'}</span>}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, ROWS_SHOWN).map((row) => (
              <tr key={keyOf(row)} class={keyOf(row) === selected ? 'on' : ''} onClick={() => onOpen?.(row)}>
                {columns.map((c) => (
                  <td key={c.name} class={c.right === true ? 'right' : ''}>
                    {c.cell?.(row) ?? c.value(row) ?? <span class="muted">–</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
};
