// What the facts about hosts mean.
import type { Row } from '../../base/brand.ts';
import { byteAt, numberAt, refAt, rowAt, setByte, setNumber, setRef } from '../../base/column.ts';
import { isoInstant } from '../../base/time.ts';
import { idOf } from '../../events/entity.ts';
import { hostLife } from '../../machines/host.ts';
import { REFUSED, step } from '../../machines/lifecycle.ts';
import { noteAnomaly, type Where } from '../anomalies/note.ts';
import { ABSENT, type Cluster, GONE, PRESENT } from '../cluster.ts';
import { powerStates, triCode } from '../codes.ts';
import { NO_HOST_ABOUT } from '../records.ts';
import { idAt, rowOf } from '../registry.ts';
import { checkCapacity } from '../usage.ts';
import { visit } from '../visits.ts';
import { type Folder, merged } from './event.ts';
import type { LogEvent } from '../../events/dictionary.ts';

const [SEEN_UP, SEEN_DOWN, FAIL, FENCE, RETURN, REMOVE] = hostLife.signals.map((_, signal) => signal) as [
  number,
  number,
  number,
  number,
  number,
  number,
];
const NOSTATE = powerStates.code('NOSTATE');

/** The row of a host somebody named: naming a host is enough for it to exist. */
export const mentionHost = (c: Cluster, name: string): Row => {
  const row = rowOf(c.hosts.ids, name);
  if (byteAt(c.hosts.col.present, row) === ABSENT) setByte(c.hosts.col.present, row, PRESENT);
  return row;
};

/** The state of a host's machine; unknown before the first word about its service. */
const lifeOf = (c: Cluster, row: Row): number => Math.max(0, byteAt(c.hosts.col.life, row) - 1);

const signalHost = (c: Cluster, row: Row, signal: number, e: LogEvent): void => {
  const from = lifeOf(c, row);
  const to = step(hostLife, from, signal);
  if (to === REFUSED) {
    const word = hostLife.signals[signal] ?? '';
    const was = hostLife.states[from] ?? '';
    noteAnomaly(c, e, 'state-forbidden', `${idAt(c.hosts.ids, row)} was ${was}, where ${word} is not possible.`);
    return;
  }
  if (to === from && byteAt(c.hosts.col.life, row) !== 0) return;
  setByte(c.hosts.col.life, row, to + 1);
  visit(c.hosts.col.visits, row, hostLife.states[to] ?? '', e.at, e.evidence);
};

const setUp = (c: Cluster, row: Row, up: boolean, at: number): void => {
  const h = c.hosts.col;
  setByte(h.up, row, triCode(up));
  if (up) setNumber(h.downSince, row, NaN);
  else if (Number.isNaN(numberAt(h.downSince, row))) setNumber(h.downSince, row, at);
};

export const hostReported: Folder<'host.reported'> = (c, e) => {
  const row = mentionHost(c, idOf(e.entity));
  const h = c.hosts.col;
  // A host that left and is described again is back.
  setByte(h.present, row, PRESENT);
  setRef(h.about, row, merged(refAt(h.about, row) ?? NO_HOST_ABOUT, e.data));
  checkCapacity(c, row, e);
};

/** A table is compared with what follows from the state by whoever goes through the record (`domain/network/dump-findings.ts`). */
export const hostFlowsReported: Folder<'host.flows_reported'> = (c, e) => {
  const row = mentionHost(c, idOf(e.entity));
  const { about } = c.hosts.col;
  const known = refAt(about, row) ?? NO_HOST_ABOUT;
  if (known.dumped !== true) setRef(about, row, { ...known, dumped: true });
};

/** Whether any host's flow table is on record: O(hosts). */
export const hasDumps = (c: Cluster): boolean =>
  c.hosts.ids.ids.some((_, row) => refAt(c.hosts.col.about, row as Row)?.dumped === true);

export const hostServiceReported: Folder<'host.service_reported'> = (c, e) => {
  const row = mentionHost(c, idOf(e.entity));
  const h = c.hosts.col;
  const { up, enabled, forcedDown, reason } = e.data;
  if (enabled !== undefined) setByte(h.enabled, row, triCode(enabled));
  if (forcedDown !== undefined) setByte(h.forcedDown, row, triCode(forcedDown));
  if (reason !== undefined) setRef(h.reason, row, reason);
  if (up === undefined) return;
  setByte(h.present, row, PRESENT);
  signalHost(c, row, up ? SEEN_UP : SEEN_DOWN, e);
  setUp(c, row, up, e.at);
  if (up) setByte(h.fenced, row, 0);
};

/** The host's guests stop with it, but Nova keeps their vm_state until somebody looks: only power becomes unknown. */
export const hostFailed: Folder<'host.failed'> = (c, e) => {
  const row = mentionHost(c, idOf(e.entity));
  signalHost(c, row, FAIL, e);
  setUp(c, row, false, e.at);
  setRef(c.hosts.col.reason, row, e.data.cause);
  const v = c.vms.col;
  for (let vm = 0; vm < c.vms.ids.ids.length; vm++) {
    if (byteAt(v.present, vm) === PRESENT && rowAt(v.host, vm) === row) setByte(v.powerState, vm, NOSTATE);
  }
};

export const hostFenced: Folder<'host.fenced'> = (c, e) => {
  const row = mentionHost(c, idOf(e.entity));
  signalHost(c, row, FENCE, e);
  setByte(c.hosts.col.fenced, row, 1);
  setUp(c, row, false, e.at);
};

export const hostReturned: Folder<'host.returned'> = (c, e) => {
  const row = mentionHost(c, idOf(e.entity));
  signalHost(c, row, RETURN, e);
  setByte(c.hosts.col.fenced, row, 0);
  setUp(c, row, true, e.at);
};

export const hostRemoved: Folder<'host.removed'> = (c, e) => {
  const name = idOf(e.entity);
  const row = mentionHost(c, name);
  signalHost(c, row, REMOVE, e);
  setByte(c.hosts.col.present, row, GONE);
  noteVmsLeft(c, row, name, e);
};

const SHOWN = 5;

const noteVmsLeft = (c: Cluster, row: Row, name: string, where: Where): void => {
  const left: string[] = [];
  for (let vm = 0; vm < c.vms.ids.ids.length; vm++) {
    if (byteAt(c.vms.col.present, vm) === PRESENT && rowAt(c.vms.col.host, vm) === (row as number)) {
      left.push(refAt(c.vms.col.about, vm)?.name ?? c.vms.ids.ids[vm]!);
    }
  }
  if (left.length === 0) return;
  const names = left.sort().slice(0, SHOWN).join(', ') + (left.length > SHOWN ? ', …' : '');
  noteAnomaly(
    c,
    where,
    'vms-on-removed-host',
    `${name} left the cluster at ${isoInstant(where.at)} with ${left.length} VM${left.length === 1 ? '' : 's'} still on it: ${names}.`,
  );
};
