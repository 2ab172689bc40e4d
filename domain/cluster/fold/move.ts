// How a move changes its VM: begun, carried over, ended well or badly, and concluded when only its result is seen.
import { type Instant, type Row } from '../../base/brand.ts';
import { byteAt, NO_ROW, numberAt, refAt, rowAt, setByte, setNumber, setRef, setRow } from '../../base/column.ts';
import { isoInstant } from '../../base/time.ts';
import type { Evidence } from '../../events/dictionary.ts';
import type { MIGRATION_STATUSES } from '../../events/migration-events.ts';
import { migrationLife } from '../../machines/catalogue.ts';
import { type Lifecycle, walk } from '../../machines/lifecycle.ts';
import { noteAnomaly, type Where } from '../anomalies/note.ts';
import { type Cluster, PRESENT } from '../cluster.ts';
import { evidences, HOST_BY, migrationKinds, migrationTypes, vmStates } from '../codes.ts';
import { findRow, idAt } from '../registry.ts';
import { visit } from '../visits.ts';
import { hostLabel, placeVm, setPower, setTask, setVmState, vmLabel } from './vm-row.ts';

const STOPPED = vmStates.code('stopped');

export type MigrationStatus = (typeof MIGRATION_STATUSES)[number];

/** Statuses after which nothing more happens to the VM (`done`: the tombstone on the source is all that is left). */
const ENDED: ReadonlySet<MigrationStatus> = new Set([
  'completed',
  'done',
  'confirmed',
  'reverted',
  'failed',
  'cancelled',
  'error',
]);
export const hasEnded = (status: MigrationStatus): boolean => ENDED.has(status);

export const typeOf = (c: Cluster, m: Row) => migrationTypes.word(byteAt(c.migrations.col.type, m)) ?? 'migration';

export const lifeOfMigration = (c: Cluster, m: Row): Lifecycle =>
  migrationLife(typeOf(c, m), migrationKinds.word(byteAt(c.migrations.col.kind, m)));

/** The status a migration's machine is in. */
export const statusOf = (c: Cluster, m: Row): MigrationStatus => {
  const life = lifeOfMigration(c, m);
  return (life.states[byteAt(c.migrations.col.status, m)] ?? life.states[0]) as MigrationStatus;
};

/** Walks the machine to a status; states passed without a word are entered as inferred. False when it refuses. */
export const walkTo = (c: Cluster, m: Row, to: MigrationStatus, at: Instant, evidence: Evidence): boolean => {
  const life = lifeOfMigration(c, m);
  const column = c.migrations.col;
  const path = walk(life, byteAt(column.status, m), life.states.indexOf(to));
  if (path === null) return false;
  for (const [i, state] of path.entries()) {
    visit(column.visits, m, life.states[state] ?? '', at, i < path.length - 1 ? 'inferred' : evidence);
  }
  setByte(column.status, m, life.states.indexOf(to));
  return true;
};

const arrive = (c: Cluster, m: Row, vm: Row, at: Instant, evidence: Evidence): void => {
  const dest = rowAt(c.migrations.col.dest, m);
  // Where it went is not known: then nobody knows its host until the next listing.
  placeVm(c, vm, dest, at, dest === NO_ROW ? 'assumed' : evidence, HOST_BY.move);
};

/** The bindings a rollback has to remove on the destination before it writes its last status (nova.md §2). */
const noteInactiveBindings = (c: Cluster, m: Row, vm: Row, where: Where): void => {
  const dest = idAt(c.hosts.ids, rowAt(c.migrations.col.dest, m));
  if (dest === '') return;
  for (const id of refAt(c.vms.col.ports, vm) ?? []) {
    const port = refAt(c.ports.col.record, findRow(c.ports.ids, id));
    if (!port?.bindings.some((b) => b.host === dest && b.binding === 'INACTIVE')) continue;
    noteAnomaly(
      c,
      { ...where, entity: `port:${id}` },
      'inactive-binding-left',
      `The migration of ${vmLabel(c, vm)} to ${dest} was rolled back, and its port ${id} is still bound there, inactive: the next attempt will fail.`,
    );
  }
};

/**
 * What a status means for the VM, as nova.md §2 and §5 have it: success moves it to dest and clears its task, every
 * rollback leaves it on the source with no task, an evacuation that finds no host puts it into error.
 */
export const applyStatus = (
  c: Cluster,
  m: Row,
  vm: Row,
  status: MigrationStatus,
  where: Where,
  told: Evidence,
): void => {
  const column = c.migrations.col;
  const type = typeOf(c, m);
  switch (status) {
    case 'completed':
    case 'done':
      // An evacuation's `completed` without `done`: its source came back first, and the VM stays there.
      if (type !== 'evacuation' || status === 'done') arrive(c, m, vm, where.at, told);
      if (status === 'done') setPower(c, vm, byteAt(c.vms.col.vmState, vm) === STOPPED ? 'SHUTDOWN' : 'RUNNING');
      setTask(c, vm, null, where, false);
      break;
    case 'finished':
      arrive(c, m, vm, where.at, told);
      setVmState(c, vm, 'resized', where, 'inferred', false);
      setTask(c, vm, null, where, false);
      break;
    case 'confirmed':
      if (byteAt(c.vms.col.vmState, vm) === vmStates.code('resized'))
        setVmState(c, vm, 'active', where, 'inferred', false);
      setTask(c, vm, null, where, false);
      break;
    case 'reverted':
      placeVm(c, vm, rowAt(column.source, m), where.at, told, HOST_BY.move);
      if (byteAt(c.vms.col.vmState, vm) === vmStates.code('resized'))
        setVmState(c, vm, 'active', where, 'inferred', false);
      setTask(c, vm, null, where, false);
      break;
    case 'error':
      // NoValidHost. With a forced host only the migration is in error.
      if (type === 'evacuation' && rowAt(column.dest, m) === NO_ROW) {
        setVmState(c, vm, 'error', where, 'inferred', false);
        setRef(c.vms.col.fault, vm, refAt(column.reason, m));
      }
      setTask(c, vm, null, where, false);
      if (type === 'live-migration') noteInactiveBindings(c, m, vm, where);
      break;
    case 'failed':
    case 'cancelled':
      setTask(c, vm, null, where, false);
      if (type === 'live-migration') noteInactiveBindings(c, m, vm, where);
      break;
    case 'migrating':
      setTask(c, vm, 'resize_migrating', where, false);
      break;
    case 'post-migrating':
      setTask(c, vm, 'resize_migrated', where, false);
      break;
    case 'confirming':
      setTask(c, vm, 'resize_confirming', where, false);
      break;
    case 'reverting':
      setTask(c, vm, 'resize_reverting', where, false);
      break;
    case 'accepted':
    case 'queued':
    case 'preparing':
    case 'running':
    case 'running (post-copy)':
    case 'pre-migrating':
      break;
  }
  if (!hasEnded(status)) return;
  if (Number.isNaN(numberAt(column.endedAt, m))) setNumber(column.endedAt, m, where.at);
  setRow(c.vms.col.moving, vm, NO_ROW);
  setRow(c.vms.col.moved, vm, m);
};

/** What the end of a move looks like when only its result is seen. */
const successOf = (c: Cluster, m: Row, verify: boolean): MigrationStatus => {
  switch (typeOf(c, m)) {
    case 'live-migration':
      return 'completed';
    case 'evacuation':
      return 'done';
    case 'migration':
    case 'resize':
      return verify ? 'finished' : 'confirmed';
  }
};

/**
 * A listing shows the VM where a move in flight was taking it: the move has completed, though nobody said so. Dest is
 * filled in, the steps between are walked, all as inferred. `verify`: the listing showed VERIFY_RESIZE.
 */
export const concludeMove = (c: Cluster, m: Row, vm: Row, dest: Row, verify: boolean, where: Where): void => {
  setRow(c.migrations.col.dest, m, dest);
  setByte(c.migrations.col.evidence, m, evidences.code('inferred'));
  const status = successOf(c, m, verify);
  walkTo(c, m, status, where.at, 'inferred');
  if (status === 'confirmed') placeVm(c, vm, dest, where.at, 'inferred', HOST_BY.move);
  applyStatus(c, m, vm, status, where, 'inferred');
};

/** Ends a move in flight because something else shows that it is over; its outcome is not on record. */
export const abandonMove = (c: Cluster, m: Row, vm: Row, why: string, where: Where): void => {
  const type = typeOf(c, m);
  const status: MigrationStatus = type === 'live-migration' || type === 'evacuation' ? 'failed' : 'error';
  setByte(c.migrations.col.evidence, m, evidences.code('inferred'));
  setRef(c.migrations.col.reason, m, why);
  walkTo(c, m, status, where.at, 'inferred');
  setNumber(c.migrations.col.endedAt, m, where.at);
  setRow(c.vms.col.moving, vm, NO_ROW);
  setRow(c.vms.col.moved, vm, m);
};

/** "the live-migration of A from X to Y begun at T", for sentences. */
export const moveLabel = (c: Cluster, m: Row): string => {
  const { source, dest, startedAt } = c.migrations.col;
  const to = rowAt(dest, m) === NO_ROW ? '' : ` to ${hostLabel(c, rowAt(dest, m))}`;
  return `the ${typeOf(c, m)} from ${hostLabel(c, rowAt(source, m))}${to} begun at ${isoInstant(numberAt(startedAt, m) as Instant)}`;
};

export const isOnRecord = (c: Cluster, m: Row): boolean => byteAt(c.migrations.col.present, m) === PRESENT;
