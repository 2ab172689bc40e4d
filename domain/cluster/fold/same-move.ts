// One move under several names: Nova's record has an id, notifications and logs know the request, a pasted command only its time.
import type { Row } from '../../base/brand.ts';
import { byteAt, NO_ROW, numberAt, rowAt, setByte, setRow } from '../../base/column.ts';
import { idOf } from '../../events/entity.ts';
import type { Cluster } from '../cluster.ts';
import { evidences, migrationKinds } from '../codes.ts';
import { findRow, idAt } from '../registry.ts';
import type { EventNamed } from './event.ts';
import { mentionHost } from './host.ts';
import { hasEnded, statusOf, typeOf } from './move.ts';

type Accepted = EventNamed<'migration.accepted'>;

/** How a source names a move: by Nova's record, by its request, or by when it heard of it. */
type Naming = 'record' | 'request' | 'time';
const BY_TIME = /@\d{4}-\d\d-\d\dT/;
const namingOf = (id: string, evidence: string | null): Naming =>
  evidence === 'observed' ? 'record' : BY_TIME.test(id) ? 'time' : 'request';

/** Nova makes the record before anybody tells of the move: a record this much younger than the first word is another's. */
const CLOCKS_APART_MS = 60_000;

/** A host nobody has named so far is another one than any that is known. */
const agrees = (c: Cluster, known: Row, said: string | null): boolean =>
  known === NO_ROW || said === null || known === findRow(c.hosts.ids, said);

/** The row that stands for a migration, whatever name it is told under; NO_ROW where it was never accepted. */
export const moveNamed = (c: Cluster, address: string): Row => {
  const row = findRow(c.migrations.ids, idOf(address));
  if (row === NO_ROW) return NO_ROW;
  const same = rowAt(c.migrations.col.sameAs, row);
  return same === NO_ROW ? row : same;
};

/**
 * The move already on record that `e` tells of once more; NO_ROW where it is a new one. Nova does one move of a VM at a
 * time, so two names of different kinds for moves of one type between the same hosts are one while it lasts.
 */
export const sameMove = (c: Cluster, vm: Row, e: Accepted): Row => {
  const column = c.migrations.col;
  const [moving, moved] = [rowAt(c.vms.col.moving, vm), rowAt(c.vms.col.moved, vm)];
  for (const m of [moving, moved]) {
    if (m === NO_ROW || typeOf(c, m) !== e.data.type) continue;
    if (!agrees(c, rowAt(column.dest, m), e.data.dest) || !agrees(c, rowAt(column.source, m), e.data.source)) continue;
    const known = namingOf(idAt(c.migrations.ids, m), evidences.word(byteAt(column.evidence, m)));
    const said = namingOf(idOf(e.entity), e.evidence);
    const begun = numberAt(column.startedAt, m);
    if (known === 'record' && said === 'record') {
      if (begun === e.at) return m; // its number and its UUID
      continue;
    }
    if (known === said || hasEnded(statusOf(c, m))) continue;
    if (said !== 'record' || e.at - begun <= CLOCKS_APART_MS) return m;
  }
  return NO_ROW;
};

/** Takes over what another source knows of the move; `row` is from now on another name of `m`. */
export const joinMove = (c: Cluster, row: Row, m: Row, e: Accepted): void => {
  const column = c.migrations.col;
  if (row !== m) setRow(column.sameAs, row, m);
  if (rowAt(column.dest, m) === NO_ROW && e.data.dest !== null) setRow(column.dest, m, mentionHost(c, e.data.dest));
  if (rowAt(column.source, m) === NO_ROW && e.data.source !== null)
    setRow(column.source, m, mentionHost(c, e.data.source));
  if (byteAt(column.kind, m) === 0) setByte(column.kind, m, migrationKinds.code(e.data.kind));
  if (e.evidence === 'observed') setByte(column.evidence, m, evidences.code('observed'));
};
