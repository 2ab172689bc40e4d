// What the facts about VMs mean: what a listing shows, what a notification tells, and what follows about moves in flight.
import type { Instant, Row } from '../../base/brand.ts';
import {
  byteAt,
  NO_ROW,
  type NumberColumn,
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
import { noteRepeatedUpdate } from '../anomalies/updated.ts';
import { STATUS_MEANS } from '../api-status.ts';
import { type Cluster, GONE, PRESENT } from '../cluster.ts';
import { HOST_BY, IDLE_TASK, powerStates, storageKinds, vmStates } from '../codes.ts';
import { dedicatedCpus } from '../pinning.ts';
import { type Metadata, NO_VM_ABOUT, type VmAbout } from '../records.ts';
import { findRow } from '../registry.ts';
import { charge, uncharge } from '../usage.ts';
import { visitsAt } from '../visits.ts';
import type { EventNamed, Folder } from './event.ts';
import { merged } from './event.ts';
import { mentionHost } from './host.ts';
import { abandonMove, concludeMove, hasEnded, moveLabel, statusOf, typeOf } from './move.ts';
import { hostLabel, mentionVm, placeVm, setPower, setTask, setVmState, vmLabel } from './vm-row.ts';

type Reported = EventNamed<'vm.reported'>;
type StateChanged = EventNamed<'vm.state_changed'>;
type Created = EventNamed<'vm.created'>;

const SIZES = ['vcpus', 'ramMiB', 'diskGiB'] as const;
const differs = (said: number | undefined, known: number): boolean => said !== undefined && said !== known;

const describe = (c: Cluster, vm: Row, e: Created | Reported): void => {
  const { vcpus, ramMiB, diskGiB, storage, flavor } = e.data;
  const v = c.vms.col;
  const about = refAt(v.about, vm) ?? NO_VM_ABOUT;
  const isNews =
    (flavor !== undefined && flavor !== about.flavor) ||
    SIZES.some((size) => differs(e.data[size], numberAt(v[size], vm)));
  setRef(v.about, vm, { ...merged(about, e.data), sizedAt: isNews ? e.at : about.sizedAt });
  if (storage !== undefined) setByte(v.storage, vm, storageKinds.code(storage));
  if (vcpus !== undefined) setNumber(v.vcpus, vm, vcpus);
  if (ramMiB !== undefined) setNumber(v.ramMiB, vm, ramMiB);
  if (diskGiB !== undefined) setNumber(v.diskGiB, vm, diskGiB);
  if (flavor !== undefined) resize(c, vm, about.flavor, flavor, e);
  pinCpus(c, vm);
};

/** A VM of a flavor, by its first report or by a resize. */
const resize = (c: Cluster, vm: Row, before: string | null, flavor: string, e: Created | Reported): void => {
  const v = c.vms.col;
  // Resized: the old flavor's size is no longer its own, and what the report leaves out the new flavor says.
  const isResized = before !== null && flavor !== before;
  for (const size of isResized ? SIZES : []) if (e.data[size] === undefined) setNumber(v[size], vm, NaN);
  if (isResized && e.data.extraSpecs === undefined) {
    setRef(v.about, vm, { ...(refAt(v.about, vm) ?? NO_VM_ABOUT), extraSpecs: null });
  }
  sizeByFlavor(c, vm, flavor);
};

/** The extra specs that hold for a VM: its own copy, or its flavor's as they are described now. */
export const specsOf = (c: Cluster, about: VmAbout): Metadata => {
  if (about.extraSpecs !== null) return about.extraSpecs;
  const row = about.flavor === null ? NO_ROW : findRow(c.flavors.ids, about.flavor);
  return (row === NO_ROW ? null : refAt(c.flavors.col.record, row)?.extraSpecs) ?? NO_SPECS;
};
const NO_SPECS: Metadata = {};

/** How many of its CPUs are its own, from what is known of its size and specs now. Call between `uncharge` and `charge`. */
export const pinCpus = (c: Cluster, vm: Row): void => {
  const v = c.vms.col;
  const vcpus = numberAt(v.vcpus, vm);
  const specs = specsOf(c, refAt(v.about, vm) ?? NO_VM_ABOUT);
  const own = Number.isNaN(vcpus) ? 0 : dedicatedCpus(specs, vcpus);
  if (own !== (numberAt(v.pcpus, vm) || 0)) setNumber(v.pcpus, vm, own);
};

/** What a report leaves out about a VM's size, its flavor says. */
export const sizeByFlavor = (c: Cluster, vm: Row, flavor: string): void => {
  const row = findRow(c.flavors.ids, flavor);
  const f = row === NO_ROW ? null : refAt(c.flavors.col.record, row);
  if (f === null) return;
  const fill = (column: NumberColumn, value: number | null): void => {
    if (value !== null && Number.isNaN(numberAt(column, vm))) setNumber(column, vm, value);
  };
  const v = c.vms.col;
  fill(v.vcpus, f.vcpus);
  fill(v.ramMiB, f.ramMiB);
  fill(v.diskGiB, f.diskGiB === null ? null : f.diskGiB + (f.ephemeralGiB ?? 0));
};

/** True of a late word that shows a VM as deleted: it says nothing new of one that is gone. */
const showsDeleted = ({ data }: Created | Reported | StateChanged): boolean =>
  ('vmState' in data && data.vmState === 'deleted') || ('status' in data && data.status === 'DELETED');

/** It is back where the record last had it, and holds its size there again. Call between `uncharge` and `charge`. */
const noteReturnFromDeletion = (c: Cluster, vm: Row, e: Created | Reported | StateChanged): void => {
  if (byteAt(c.vms.col.present, vm) !== GONE || showsDeleted(e)) return;
  noteAnomaly(
    c,
    e,
    'deleted-vm-reported',
    `${vmLabel(c, vm)} was deleted before ${isoInstant(e.at)}, where it is on record again.`,
  );
  setByte(c.vms.col.present, vm, PRESENT);
};

export const vmCreated: Folder<'vm.created'> = (c, e) => {
  const vm = mentionVm(c, idOf(e.entity));
  uncharge(c, vm);
  noteReturnFromDeletion(c, vm, e);
  describe(c, vm, e);
  setVmState(c, vm, 'building', e, e.evidence, false);
  setTask(c, vm, 'scheduling', e, false);
  setPower(c, vm, 'NOSTATE');
  const { host } = e.data;
  if (host !== undefined && host !== null) {
    placeVm(c, vm, mentionHost(c, host), e.at, e.evidence, HOST_BY.creation);
  }
  charge(c, vm, e);
};

/** A resize that has arrived waits for somebody to confirm or revert it: that it is seen so is nothing new. */
const AWAITS_WORD: ReadonlySet<string> = new Set(['finished', 'confirming', 'reverting']);

/** A move in flight ends where a listing shows the VM at rest on its dest, or anywhere else when dest was not told. */
const concludes = (c: Cluster, m: Row, vm: Row, host: Row, settled: boolean, verify: boolean): boolean => {
  if (m === NO_ROW || !settled || (verify && AWAITS_WORD.has(statusOf(c, m)))) return false;
  const dest = rowAt(c.migrations.col.dest, m);
  return dest === NO_ROW ? host !== rowAt(c.vms.col.host, vm) : host === dest;
};

/** A live migration is over, and has failed, where the VM is seen with no task on its source after it was accepted. */
const restsAtSource = (c: Cluster, m: Row, host: Row, settled: boolean, e: Reported | StateChanged): boolean => {
  if (m === NO_ROW || !settled || typeOf(c, m) !== 'live-migration') return false;
  const { source, dest, startedAt } = c.migrations.col;
  const isLater = e.at > numberAt(startedAt, m);
  return isLater && host === rowAt(source, m) && host !== rowAt(dest, m) && (e.data.taskState ?? null) === null;
};

/** On its way: a listing may show the VM on its dest before the move has ended. */
const isOnItsWay = (c: Cluster, m: Row, host: Row): boolean =>
  m !== NO_ROW && (rowAt(c.migrations.col.dest, m) === host || rowAt(c.migrations.col.dest, m) === NO_ROW);

const noteUnrecordedMove = (c: Cluster, vm: Row, from: Row, to: Row, e: Reported | StateChanged): void => {
  const since = numberAt(c.vms.col.hostAt, vm) as Instant;
  const name = vmLabel(c, vm);
  if (since === e.at) {
    noteAnomaly(
      c,
      e,
      'vm-on-two-hosts',
      `${name} is reported on ${hostLabel(c, from)} and on ${hostLabel(c, to)} at the same instant, ${isoInstant(e.at)}.`,
    );
    return;
  }
  const moved = rowAt(c.vms.col.moved, vm);
  const byMove = byteAt(c.vms.col.hostBy, vm) === HOST_BY.move;
  if (byMove && moved !== NO_ROW && rowAt(c.migrations.col.source, moved) === to && hasEnded(statusOf(c, moved))) {
    noteAnomaly(
      c,
      e,
      'completed-host-unchanged',
      `${name} is on ${hostLabel(c, to)} at ${isoInstant(e.at)}, although ${moveLabel(c, moved)} is ${statusOf(c, moved)} since ${isoInstant(since)}.`,
    );
    return;
  }
  noteAnomaly(
    c,
    e,
    'moved-without-record',
    `${name} was on ${hostLabel(c, from)} at ${isoInstant(since)} and is on ${hostLabel(c, to)} at ${isoInstant(e.at)}; no move between them is on record, so its host is inferred.`,
  );
};

/** The host a listing or a notification shows, judged against the record. */
const showHost = (
  c: Cluster,
  vm: Row,
  name: string | null,
  settled: boolean,
  verify: boolean,
  e: Reported | StateChanged,
): void => {
  const v = c.vms.col;
  const before = rowAt(v.host, vm);
  if (name === null) {
    if (before !== NO_ROW) placeVm(c, vm, NO_ROW, e.at, e.evidence, HOST_BY.report);
    return;
  }
  const host = mentionHost(c, name);
  const m = rowAt(v.moving, vm);
  if (concludes(c, m, vm, host, settled, verify)) {
    concludeMove(c, m, vm, host, verify, e);
    // The move is concluded: by a listing that saw the VM there, or by the word of Nova's that ends it.
    const by = 'status' in e.data && e.data.status !== undefined ? HOST_BY.report : HOST_BY.move;
    placeVm(c, vm, host, e.at, e.evidence, by);
    return;
  }
  if (restsAtSource(c, m, host, settled, e)) abandonMove(c, m, vm, `seen at rest on its source, ${name}`, e);
  if (before === NO_ROW && byteAt(v.hostBy, vm) === HOST_BY.move) {
    // A move that ended without saying where: this listing says it.
    const moved = rowAt(v.moved, vm);
    if (moved !== NO_ROW) setRow(c.migrations.col.dest, moved, host);
  }
  const unrecorded = before !== NO_ROW && before !== host && !isOnItsWay(c, m, host);
  if (unrecorded) noteUnrecordedMove(c, vm, before, host, e);
  if (unrecorded) placeVm(c, vm, host, e.at, 'inferred', HOST_BY.unrecorded);
  else placeVm(c, vm, host, e.at, e.evidence, isEcho(c, vm, host, e) ? HOST_BY.move : HOST_BY.report);
};

/** A notification that ends a move repeats where it went: the same word, not somebody who saw the VM there. */
const isEcho = (c: Cluster, vm: Row, host: Row, e: Reported | StateChanged): boolean => {
  const { host: known, hostAt, hostBy } = c.vms.col;
  return rowAt(known, vm) === host && numberAt(hostAt, vm) === e.at && byteAt(hostBy, vm) === HOST_BY.move;
};

const MOVING_STATUSES: ReadonlySet<string> = new Set(['MIGRATING', 'REBUILD', 'RESIZE', 'REVERT_RESIZE']);

/** True when a listing shows no move under way: by its status, or by its task where it has no status. */
const isSettled = (e: Reported): boolean => {
  const { status, taskState, vmState } = e.data;
  if (status !== undefined) return !MOVING_STATUSES.has(status);
  if (taskState !== undefined) return taskState === null;
  return vmState !== undefined;
};

/** Nova's three states from whatever the listing showed of them; its status fills in what it left out. */
const showStates = (c: Cluster, vm: Row, e: Reported): void => {
  const { status, vmState, taskState, powerState } = e.data;
  const meant = status === undefined ? null : STATUS_MEANS[status];
  const before = byteAt(c.vms.col.vmState, vm);
  // REBUILD, RESIZE and MIGRATING are shown for several vm_states: the one on record stays.
  const shared = status !== undefined && MOVING_STATUSES.has(status) && before !== 0;
  const state = vmState ?? (shared ? undefined : meant?.vmState);
  const task = taskState === undefined ? meant?.taskState : taskState;
  const power = powerState ?? meant?.powerState;
  if (state !== undefined) setVmState(c, vm, state, e, e.evidence, false);
  if (task !== undefined) setTask(c, vm, task, e, false);
  if (power !== undefined && power !== null) setPower(c, vm, power);
  if (state !== undefined && state !== 'error') setRef(c.vms.col.fault, vm, null);
};

const POWER_OF_STATE: Readonly<Record<string, string>> = {
  active: 'RUNNING',
  stopped: 'SHUTDOWN',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
};

/**
 * A listing shows another vm_state than the last step that was told, with nothing under way that leads there: a step is
 * missing from the record. Only of VMs whose steps are told at all, and not where the guest's own word explains it.
 */
const otherState = (c: Cluster, vm: Row, e: Reported): string | null => {
  const v = c.vms.col;
  const { status, vmState } = e.data;
  if (status === undefined || MOVING_STATUSES.has(status) || byteAt(v.followed, vm) === 0) return null;
  const told = vmStates.word(byteAt(v.vmState, vm));
  const shown = vmState ?? STATUS_MEANS[status]?.vmState;
  if (shown === undefined) return null;
  const isIdle = byteAt(v.taskState, vm) === IDLE_TASK && rowAt(v.moving, vm) === NO_ROW;
  const explained = powerStates.word(byteAt(v.powerState, vm)) === POWER_OF_STATE[shown];
  if (told === null || told === shown || !isIdle || explained) return null;
  const since = visitsAt(v.visits, vm).find(([state]) => state === told)?.[1];
  return `vm_state ${shown} instead of ${told}${since === undefined ? '' : ` (told at ${isoInstant(since)})`}`;
};

/** Nova changes a VM's flavor by a resize only, and its project never: a listing that shows others contradicts the record. */
const noteDisagreement = (c: Cluster, vm: Row, e: Reported): void => {
  const v = c.vms.col;
  const about = refAt(v.about, vm) ?? NO_VM_ABOUT;
  const moved = rowAt(v.moved, vm);
  const resized = rowAt(v.moving, vm) !== NO_ROW || (moved !== NO_ROW && typeOf(c, moved) === 'resize');
  const { flavor, project } = e.data;
  const facts: string[] = [];
  const state = otherState(c, vm, e);
  if (state !== null) facts.push(state);
  for (const size of resized ? [] : SIZES) {
    const known = numberAt(v[size], vm);
    if (!Number.isNaN(known) && differs(e.data[size], known)) facts.push(`${size} ${e.data[size]} instead of ${known}`);
  }
  if (!resized && flavor !== undefined && about.flavor !== null && flavor !== about.flavor)
    facts.push(`flavor ${flavor} instead of ${about.flavor}`);
  if (project !== undefined && about.project !== null && project !== about.project)
    facts.push(`project ${project} instead of ${about.project}`);
  if (facts.length === 0) return;
  const isSized = facts.length > (state === null ? 0 : 1);
  const since = !isSized || about.sizedAt === null ? '' : `, on record since ${isoInstant(about.sizedAt)}`;
  noteAnomaly(
    c,
    e,
    'snapshot-disagrees',
    `${vmLabel(c, vm)} is listed at ${isoInstant(e.at)} with ${facts.join(', ')}${since}; nothing on record changed it.`,
  );
};

export const vmReported: Folder<'vm.reported'> = (c, e) => {
  const vm = mentionVm(c, idOf(e.entity));
  uncharge(c, vm);
  noteReturnFromDeletion(c, vm, e);
  setByte(c.vms.col.missing, vm, 0);
  noteDisagreement(c, vm, e);
  describe(c, vm, e);
  const { host, updatedAt, status } = e.data;
  if (status === undefined && e.data.vmState !== undefined && e.evidence === 'observed')
    setByte(c.vms.col.followed, vm, 1);
  if (host !== undefined)
    showHost(c, vm, host, isSettled(e), status === 'VERIFY_RESIZE' || e.data.vmState === 'resized', e);
  showStates(c, vm, e);
  if (updatedAt !== undefined) noteRepeatedUpdate(c, vm, updatedAt, e);
  // A listing of deleted VMs says where they were: they are nowhere any more and charge nobody.
  if (showsDeleted(e)) setByte(c.vms.col.present, vm, GONE);
  else charge(c, vm, e);
};

export const vmStateChanged: Folder<'vm.state_changed'> = (c, e) => {
  const vm = mentionVm(c, idOf(e.entity));
  uncharge(c, vm);
  noteReturnFromDeletion(c, vm, e);
  const { vmState, taskState, powerState, host, fault, cause } = e.data;
  const v = c.vms.col;
  const told = e.evidence === 'observed';
  if (told && vmState !== undefined) setByte(v.followed, vm, 1);
  if (host !== undefined) showHost(c, vm, host, false, false, e);
  if (vmState !== undefined) {
    setVmState(c, vm, vmState, e, e.evidence, told);
    if (vmState !== 'error') setRef(v.fault, vm, null);
  }
  if (taskState !== undefined) setTask(c, vm, taskState, e, told);
  if (powerState !== undefined) setPower(c, vm, powerState);
  if (fault !== undefined) setRef(v.fault, vm, fault);
  if (cause !== undefined) setRef(v.cause, vm, cause);
  charge(c, vm, e);
};

export const vmDeleted: Folder<'vm.deleted'> = (c, e) => {
  const vm = mentionVm(c, idOf(e.entity));
  const v = c.vms.col;
  if (byteAt(v.present, vm) === GONE) {
    noteAnomaly(c, e, 'state-forbidden', `${vmLabel(c, vm)} is deleted again at ${isoInstant(e.at)}.`);
    return;
  }
  uncharge(c, vm);
  const m = rowAt(v.moving, vm);
  if (m !== NO_ROW) abandonMove(c, m, vm, `the VM was deleted during the ${typeOf(c, m)}`, e);
  setVmState(c, vm, 'deleted', e, e.evidence, false);
  setByte(v.taskState, vm, IDLE_TASK);
  setPower(c, vm, 'NOSTATE');
  setByte(v.present, vm, GONE);
  packRow(v, vm);
};

/** Once for each VM, until a listing shows it again. It stays in the state: nobody said where it went. */
export const vmListingCompleted: Folder<'vm.listing_completed'> = (c, e) => {
  const { project } = e.data;
  const listed = new Set(e.data.ids);
  const v = c.vms.col;
  for (const [row, id] of c.vms.ids.ids.entries()) {
    const vm = row as Row;
    if (byteAt(v.present, vm) !== PRESENT || listed.has(id) || byteAt(v.missing, vm) === 1) continue;
    if (project !== null && refAt(v.about, vm)?.project !== project) continue;
    setByte(v.missing, vm, 1);
    noteAnomaly(
      c,
      { ...e, entity: `vm:${id}` },
      'vm-disappeared',
      `${vmLabel(c, vm)} is not in the complete listing of ${isoInstant(e.at)}, and no delete is on record; it was last on ${hostLabel(c, rowAt(v.host, vm))}.`,
    );
  }
};
