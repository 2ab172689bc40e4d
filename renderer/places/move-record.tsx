// Every migration and evacuation of the record up to the instant, under way first.
import { useDesk } from '../session/desk.ts';
import { clock, day, duration, plural, shortId } from '../../domain/readout/words.ts';
import type { MigrationState } from '../../domain/readout/state.ts';
import { DataTable, type Column } from './data-table.tsx';

const BAD: ReadonlySet<string> = new Set(['failed', 'error']);
const took = (m: MigrationState): number | null =>
  m.endedAt === null ? null : Date.parse(m.endedAt) - Date.parse(m.startedAt);

export const MoveRecord = () => {
  const desk = useDesk();
  const state = desk.states.value.value;
  if (state === null) return null;
  const names = new Map(state.vms.map((v) => [v.id, v.name]));
  const nameOf = (m: MigrationState): string => names.get(m.vm) ?? shortId(m.vm);
  const columns: readonly Column<MigrationState>[] = [
    { name: 'VM', value: nameOf, cell: (m) => <b>{nameOf(m)}</b> },
    { name: 'type', value: (m) => m.type },
    { name: 'storage', value: (m) => m.kind },
    {
      name: 'status',
      value: (m) => m.status,
      cell: (m) => (
        <span class={BAD.has(m.status) ? 'state critical-ink' : m.endedAt === null ? 'state motion-ink' : ''}>
          {m.status}
        </span>
      ),
    },
    { name: 'source', value: (m) => m.source },
    { name: 'dest', value: (m) => m.dest },
    {
      name: 'started',
      value: (m) => m.startedAt,
      cell: (m) => `${day(Date.parse(m.startedAt)).slice(5)} ${clock(Date.parse(m.startedAt))}`,
    },
    {
      name: 'took',
      value: took,
      cell: (m) => (m.endedAt === null ? 'under way' : duration(took(m) ?? 0)),
      right: true,
    },
    {
      name: 'downtime',
      value: (m) => m.downtimeMs,
      cell: (m) => (m.downtimeMs === null ? <span class="muted">–</span> : duration(m.downtimeMs)),
      right: true,
    },
  ];
  const moves = state.migrations.toSorted(
    (a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.startedAt.localeCompare(a.startedAt),
  );
  const under = moves.filter((m) => m.endedAt === null).length;
  const bad = moves.filter((m) => BAD.has(m.status)).length;
  return (
    <div class="card grow" data-testid="move-record">
      <h2>
        Moves on record
        <small>
          {plural(moves.length, 'move')} up to this instant, {under} under way, {bad} failed
        </small>
      </h2>
      {moves.length === 0 ? (
        <p class="empty pad">No VM has moved up to this instant. Move the cursor on.</p>
      ) : (
        <DataTable
          rows={moves}
          columns={columns}
          keyOf={(m) => `migration:${m.id}`}
          noun="move"
          selected={desk.selection.value}
          onOpen={(m) => desk.select(`vm:${m.vm}`)}
        />
      )}
    </div>
  );
};
