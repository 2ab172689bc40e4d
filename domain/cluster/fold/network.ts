// What the facts about networks, ports and tunnels mean.
import type { Row } from '../../base/brand.ts';
import { NO_ROW, packRow, refAt, rowAt, setByte, setRef } from '../../base/column.ts';
import { isoInstant } from '../../base/time.ts';
import { idOf } from '../../events/entity.ts';
import { REFUSED, step } from '../../machines/lifecycle.ts';
import { tunnelLife } from '../../machines/tunnel.ts';
import { noteAnomaly } from '../anomalies/note.ts';
import { type Cluster, GONE, PRESENT } from '../cluster.ts';
import type { NetworkRecord, PortRecord, TunnelRecord } from '../records.ts';
import { findRow, rowOf } from '../registry.ts';
import { addVisit } from '../visits.ts';
import { type EventNamed, type Folder, merged } from './event.ts';
import { mentionVm, vmLabel } from './vm-row.ts';

const NO_NETWORK: NetworkRecord = { name: null, type: null, segment: null, cidr: null, mtu: null, vniRange: null };
const NO_PORT: PortRecord = {
  network: null,
  vm: null,
  mac: null,
  ips: [],
  host: null,
  status: null,
  bindings: [],
  deleted: false,
};
const NO_TUNNEL: TunnelRecord = {
  host: null,
  type: 'vxlan',
  localIp: '',
  remoteIp: '',
  remoteHost: null,
  life: tunnelLife.states[tunnelLife.initial]!,
  visits: [],
};

export const networkReported: Folder<'network.reported'> = (c, e) => {
  const row = rowOf(c.networks.ids, idOf(e.entity));
  setByte(c.networks.col.present, row, PRESENT);
  setRef(c.networks.col.record, row, merged(refAt(c.networks.col.record, row) ?? NO_NETWORK, e.data));
};

type PortEvent = EventNamed<'port.reported' | 'port.bound' | 'port.unbound' | 'port.deleted'>;

const changePort = (c: Cluster, e: PortEvent, change: (known: PortRecord) => PortRecord): Row => {
  const row = rowOf(c.ports.ids, idOf(e.entity));
  setByte(c.ports.col.present, row, PRESENT);
  setRef(c.ports.col.record, row, change(refAt(c.ports.col.record, row) ?? NO_PORT));
  return row;
};

/** Keeps the list of ports on the VM's side, so that nobody has to search all ports for it. */
const relink = (c: Cluster, port: string, from: string | null, to: string | null): void => {
  if (from === to) return;
  const { ports } = c.vms.col;
  if (from !== null) {
    const vm = mentionVm(c, from);
    const left = (refAt(ports, vm) ?? []).filter((id) => id !== port);
    setRef(ports, vm, left.length === 0 ? null : left);
  }
  if (to !== null) {
    const vm = mentionVm(c, to);
    setRef(ports, vm, [...(refAt(ports, vm) ?? []), port].sort());
  }
};

export const portReported: Folder<'port.reported'> = (c, e) => {
  const id = idOf(e.entity);
  const before = refAt(c.ports.col.record, findRow(c.ports.ids, id))?.vm ?? null;
  changePort(c, e, (known) => merged(known, e.data));
  if (e.data.vm !== undefined) relink(c, id, before, e.data.vm);
};

/** An inactive binding belongs to a live migration: shown when its VM has none towards that host, it was left behind. */
const noteLeftBinding = (c: Cluster, e: EventNamed<'port.bound'>): void => {
  const port = idOf(e.entity);
  const id = refAt(c.ports.col.record, findRow(c.ports.ids, port))?.vm ?? null;
  const vm = id === null ? NO_ROW : findRow(c.vms.ids, id);
  if (vm === NO_ROW || rowAt(c.vms.col.moving, vm) !== NO_ROW) return;
  const last = rowAt(c.vms.col.moved, vm);
  // Without a move on record the binding may be the first sign of one.
  const dest = last === NO_ROW ? NO_ROW : rowAt(c.migrations.col.dest, last);
  if (dest === NO_ROW || dest !== findRow(c.hosts.ids, e.data.host) || rowAt(c.vms.col.host, vm) === dest) return;
  noteAnomaly(
    c,
    e,
    'inactive-binding-left',
    `Port ${port} of ${vmLabel(c, vm)} is still bound on ${e.data.host}, inactive, at ${isoInstant(e.at)}, although the migration there has ended: the next attempt will fail.`,
  );
};

/** One binding is active at a time: Neutron makes the others inactive in the same step. */
export const portBound: Folder<'port.bound'> = (c, e) => {
  const { host, binding } = e.data;
  if (binding === 'INACTIVE') noteLeftBinding(c, e);
  changePort(c, e, (known) => {
    const others = known.bindings
      .filter((b) => b.host !== host)
      .map((b) => (binding === 'ACTIVE' ? { host: b.host, binding: 'INACTIVE' as const } : b));
    const bindings = [...others, { host, binding }].sort((a, b) => (a.host < b.host ? -1 : 1));
    return { ...known, bindings, host: binding === 'ACTIVE' ? host : known.host };
  });
};

export const portUnbound: Folder<'port.unbound'> = (c, e) => {
  const { host } = e.data;
  changePort(c, e, (known) => ({
    ...known,
    bindings: known.bindings.filter((b) => b.host !== host),
    host: known.host === host ? null : known.host,
  }));
};

export const portDeleted: Folder<'port.deleted'> = (c, e) => {
  const row = changePort(c, e, (known) => {
    relink(c, idOf(e.entity), known.vm, null);
    return { ...known, vm: null, bindings: [], host: null, deleted: true };
  });
  setByte(c.ports.col.present, row, GONE);
  packRow(c.ports.col, row);
};

type TunnelEvent = EventNamed<'tunnel.reported' | 'tunnel.state_changed' | 'tunnel.removed'>;

const signalTunnel = (c: Cluster, known: TunnelRecord, signal: string, e: TunnelEvent): TunnelRecord => {
  const to = step(tunnelLife, tunnelLife.states.indexOf(known.life), tunnelLife.signals.indexOf(signal));
  if (to === REFUSED) {
    noteAnomaly(
      c,
      e,
      'state-forbidden',
      `Tunnel ${idOf(e.entity)} was ${known.life}, where ${signal} is not possible.`,
    );
    return known;
  }
  const life = tunnelLife.states[to]!;
  if (life === known.life && known.visits.length > 0) return known;
  return { ...known, life, visits: addVisit(known.visits, life, e.at, e.evidence) };
};

const tunnelRow = (c: Cluster, e: TunnelEvent): Row => rowOf(c.tunnels.ids, idOf(e.entity));

export const tunnelReported: Folder<'tunnel.reported'> = (c, e) => {
  const row = tunnelRow(c, e);
  setByte(c.tunnels.col.present, row, PRESENT);
  const known = refAt(c.tunnels.col.record, row) ?? NO_TUNNEL;
  setRef(c.tunnels.col.record, row, { ...signalTunnel(c, known, 'REPORT', e), ...e.data });
};

export const tunnelStateChanged: Folder<'tunnel.state_changed'> = (c, e) => {
  const row = tunnelRow(c, e);
  setByte(c.tunnels.col.present, row, PRESENT);
  const known = refAt(c.tunnels.col.record, row) ?? NO_TUNNEL;
  setRef(c.tunnels.col.record, row, signalTunnel(c, known, e.data.up ? 'UP' : 'DOWN', e));
};

export const tunnelRemoved: Folder<'tunnel.removed'> = (c, e) => {
  const row = tunnelRow(c, e);
  const known = refAt(c.tunnels.col.record, row) ?? NO_TUNNEL;
  setRef(c.tunnels.col.record, row, signalTunnel(c, known, 'REMOVE', e));
  setByte(c.tunnels.col.present, row, GONE);
};
