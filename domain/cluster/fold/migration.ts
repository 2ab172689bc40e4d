// What the facts about moves mean.
import type { Row } from '../../base/brand.ts';
import {
  byteAt,
  NO_ROW,
  numberAt,
  packRow,
  refAt,
  rowAt,
  setByte,
  setNumber,
  setRef,
  setRow,
} from '../../base/column.ts';
import { isoInstant } from '../../base/time.ts';
import { idOf } from '../../events/entity.ts';
import { noteAnomaly } from '../anomalies/note.ts';
import { type Cluster, PRESENT } from '../cluster.ts';
import { evidences, HOST_BY, migrationKinds, migrationTypes, triOf, vmStates } from '../codes.ts';
import type { Progress } from '../records.ts';
import { rowOf } from '../registry.ts';
import { charge, uncharge } from '../usage.ts';
import { visit } from '../visits.ts';
import { type EventNamed, type Folder, merged } from './event.ts';
import { mentionHost } from './host.ts';
import {
  abandonMove,
  applyStatus,
  hasEnded,
  isOnRecord,
  lifeOfMigration,
  moveLabel,
  statusOf,
  typeOf,
  walkTo,
} from './move.ts';
import { joinMove, moveNamed, sameMove } from './same-move.ts';
import { hostLabel, mentionVm, placeVm, setTask, vmLabel } from './vm-row.ts';

type Accepted = EventNamed<'migration.accepted'>;

/** vm_states from which Nova begins each type of move (nova/compute/api.py, check_instance_state). */
const BEGINS_IN = {
  'live-migration': ['active', 'paused'],
  migration: ['active', 'stopped'],
  resize: ['active', 'stopped'],
  evacuation: ['active', 'stopped', 'error'],
} as const;
const FIRST_TASK = {
  'live-migration': 'migrating',
  migration: 'resize_prep',
  resize: 'resize_prep',
  evacuation: 'rebuilding',
} as const;

const noteForbiddenStart = (c: Cluster, vm: Row, e: Accepted): void => {
  const state = vmStates.word(byteAt(c.vms.col.vmState, vm));
  const allowed: readonly string[] = BEGINS_IN[e.data.type];
  if (state === null || allowed.includes(state)) return;
  noteAnomaly(
    c,
    e,
    'move-not-allowed',
    `${vmLabel(c, vm)} was ${state} when its ${e.data.type} was accepted; Nova begins one only when a VM is ${allowed.join(' or ')}.`,
  );
};

const noteUpHost = (c: Cluster, vm: Row, source: Row, e: Accepted): void => {
  if (source === NO_ROW || triOf(byteAt(c.hosts.col.up, source)) !== true) return;
  if (triOf(byteAt(c.hosts.col.forcedDown, source)) === true) return;
  const name = hostLabel(c, source);
  noteAnomaly(
    c,
    e,
    'evacuated-from-up-host',
    `${vmLabel(c, vm)} was evacuated from ${name} at ${isoInstant(e.at)}, while the record has ${name} up: Nova refuses that, and two copies of the VM may be running.`,
  );
};

/** Two evacuations of one VM from one host that failed once. */
const noteSecondRecovery = (c: Cluster, vm: Row, source: Row, open: Row, e: Accepted): boolean => {
  const m = open === NO_ROW ? rowAt(c.vms.col.moved, vm) : open;
  if (m === NO_ROW || typeOf(c, m) !== 'evacuation') return false;
  if (open === NO_ROW) {
    const status = statusOf(c, m);
    if (status !== 'done' && status !== 'completed') return false;
    const down = source === NO_ROW ? NaN : numberAt(c.hosts.col.downSince, source);
    if (rowAt(c.migrations.col.source, m) !== source || !(numberAt(c.migrations.col.startedAt, m) >= down))
      return false;
  }
  noteAnomaly(
    c,
    e,
    'two-recoveries',
    `${vmLabel(c, vm)} is evacuated from ${hostLabel(c, source)} a second time at ${isoInstant(e.at)}: ${moveLabel(c, m)} ${open === NO_ROW ? 'has recovered it already' : 'has not ended'}.`,
  );
  return true;
};

/** The move says where it starts; that may be news, or contradict what the record has. */
const placeAtSource = (c: Cluster, vm: Row, source: Row, e: Accepted): void => {
  const known = rowAt(c.vms.col.host, vm);
  if (source === NO_ROW || source === known) return;
  if (known !== NO_ROW) {
    const since = isoInstant(numberAt(c.vms.col.hostAt, vm) as Accepted['at']);
    noteAnomaly(
      c,
      { ...e, entity: `vm:${e.data.vm}` },
      'moved-without-record',
      `${vmLabel(c, vm)} was on ${hostLabel(c, known)} at ${since} and starts ${e.data.type === 'evacuation' ? 'an' : 'a'} ${e.data.type} from ${hostLabel(c, source)} at ${isoInstant(e.at)}; no move between them is on record, so its host is inferred.`,
    );
  }
  placeVm(c, vm, source, e.at, 'inferred', known === NO_ROW ? HOST_BY.report : HOST_BY.unrecorded);
};

export const migrationAccepted: Folder<'migration.accepted'> = (c, e) => {
  const { data } = e;
  const m = rowOf(c.migrations.ids, idOf(e.entity));
  const column = c.migrations.col;
  const vm = mentionVm(c, data.vm);
  const same = isOnRecord(c, m) || rowAt(column.sameAs, m) !== NO_ROW ? moveNamed(c, e.entity) : sameMove(c, vm, e);
  if (same !== NO_ROW) {
    if (rowAt(column.vm, same) === vm && typeOf(c, same) === data.type) {
      uncharge(c, vm);
      joinMove(c, m, same, e);
      charge(c, vm, e);
      return;
    }
    const what = `The migration ${idOf(e.entity)} was accepted twice, for different moves; the second is ignored.`;
    noteAnomaly(c, e, 'state-forbidden', what);
    return;
  }
  uncharge(c, vm);
  const source = data.source === null ? rowAt(c.vms.col.host, vm) : mentionHost(c, data.source);
  const open = rowAt(c.vms.col.moving, vm);
  if (data.type === 'evacuation') noteUpHost(c, vm, source, e);
  const second = data.type === 'evacuation' && noteSecondRecovery(c, vm, source, open, e);
  if (open !== NO_ROW) {
    if (!second) {
      noteAnomaly(
        c,
        { ...e, entity: `vm:${data.vm}` },
        'move-unfinished',
        `${vmLabel(c, vm)} begins ${data.type === 'evacuation' ? 'an' : 'a'} ${data.type} at ${isoInstant(e.at)}, and nothing says how ${moveLabel(c, open)} ended; it is taken as failed.`,
      );
    }
    abandonMove(c, open, vm, 'a later move of the same VM began; its own end is not on record', e);
  }
  noteForbiddenStart(c, vm, e);
  placeAtSource(c, vm, source, e);

  setByte(column.present, m, PRESENT);
  setByte(column.type, m, migrationTypes.code(data.type));
  setByte(column.kind, m, migrationKinds.code(data.kind));
  setByte(column.evidence, m, evidences.code(e.evidence));
  setRow(column.vm, m, vm);
  setRow(column.source, m, source);
  setRow(column.dest, m, data.dest === null ? NO_ROW : mentionHost(c, data.dest));
  setNumber(column.startedAt, m, e.at);
  visit(column.visits, m, 'accepted', e.at, e.evidence);
  setRow(c.vms.col.moving, vm, m);
  setNumber(c.vms.col.moves, vm, (numberAt(c.vms.col.moves, vm) || 0) + 1);
  setTask(c, vm, FIRST_TASK[data.type], e, false);
  charge(c, vm, e);
};

export const migrationStatusChanged: Folder<'migration.status_changed'> = (c, e) => {
  const { status, dest, reason } = e.data;
  const m = moveNamed(c, e.entity);
  if (m === NO_ROW || !isOnRecord(c, m)) {
    noteAnomaly(
      c,
      e,
      'unknown-migration',
      `The migration ${idOf(e.entity)} is ${status} at ${isoInstant(e.at)}, and its beginning is not on record: its VM and hosts are not known.`,
    );
    return;
  }
  const column = c.migrations.col;
  const vm = rowAt(column.vm, m);
  const inFlight = rowAt(c.vms.col.moving, vm) === m;
  if (inFlight) uncharge(c, vm);
  if (dest !== undefined) setRow(column.dest, m, mentionHost(c, dest));
  if (reason !== undefined) setRef(column.reason, m, reason);
  const before = statusOf(c, m);
  // One bad end has several words: a rollback is `failed` to one source and `error` to another, and Nova 33 writes both.
  const isOtherWord = ENDED_BADLY.has(before) && ENDED_BADLY.has(status) && before !== 'error';
  if (!isOtherWord && !walkTo(c, m, status, e.at, e.evidence)) {
    noteAnomaly(
      c,
      e,
      'state-forbidden',
      `${moveLabel(c, m)} of ${vmLabel(c, vm)} went from ${before} to ${status}, which its machine (${lifeOfMigration(c, m).id}) does not allow.`,
    );
  }
  // A word after the end (a tombstone cleaned up, a rollback's last status) no longer moves the VM.
  if (inFlight) {
    applyStatus(c, m, vm, status, e, e.evidence);
    charge(c, vm, e);
  } else if (hasEnded(status) && Number.isNaN(numberAt(column.endedAt, m))) setNumber(column.endedAt, m, e.at);
  if (hasEnded(status)) packRow(column, m);
};

const ENDED_BADLY: ReadonlySet<string> = new Set(['failed', 'cancelled', 'error']);

const NO_PROGRESS: Progress = {
  memoryTotalBytes: null,
  memoryProcessedBytes: null,
  memoryRemainingBytes: null,
  diskTotalBytes: null,
  diskProcessedBytes: null,
  diskRemainingBytes: null,
  downtimeLimitMs: null,
  dirtyBytesPerS: null,
};

/** Figures may come before the move they are of is accepted, in another source. */
const figuresRow = (c: Cluster, address: string): Row => {
  const m = moveNamed(c, address);
  return m === NO_ROW ? rowOf(c.migrations.ids, idOf(address)) : m;
};

export const migrationProgressed: Folder<'migration.progressed'> = (c, e) => {
  const m = figuresRow(c, e.entity);
  setRef(c.migrations.col.progress, m, merged(refAt(c.migrations.col.progress, m) ?? NO_PROGRESS, e.data));
};

export const migrationMeasured: Folder<'migration.measured'> = (c, e) => {
  const m = figuresRow(c, e.entity);
  const { totalMs, downtimeMs, bytes } = e.data;
  if (totalMs !== undefined) setNumber(c.migrations.col.totalMs, m, totalMs);
  if (downtimeMs !== undefined) setNumber(c.migrations.col.downtimeMs, m, downtimeMs);
  if (bytes !== undefined) setNumber(c.migrations.col.bytes, m, bytes);
};
