// What Placement's allocations of a VM tell: nothing about where it is, but which host is charged for it without reason.
import type { Row } from '../../base/brand.ts';
import { byteAt, NO_ROW, rowAt } from '../../base/column.ts';
import { isoInstant } from '../../base/time.ts';
import { idOf } from '../../events/entity.ts';
import { noteAnomaly } from '../anomalies/note.ts';
import { type Cluster, PRESENT } from '../cluster.ts';
import { findRow } from '../registry.ts';
import type { EventNamed, Folder } from './event.ts';
import { moveLabel, statusOf, typeOf } from './move.ts';
import { hostLabel, vmLabel } from './vm-row.ts';

/** Statuses of a cold move after which both hosts stay charged until somebody confirms or reverts it. */
const UNDECIDED: ReadonlySet<string> = new Set(['finished', 'confirming', 'reverting']);

/** True where Nova keeps the host charged: the VM is on it, or a move of it is not over. */
const isDue = (c: Cluster, vm: Row, host: Row): boolean => {
  const { source, dest } = c.migrations.col;
  const ends = (m: Row): boolean => m !== NO_ROW && (rowAt(source, m) === host || rowAt(dest, m) === host);
  const [moving, moved] = [rowAt(c.vms.col.moving, vm), rowAt(c.vms.col.moved, vm)];
  if (rowAt(c.vms.col.host, vm) === host || ends(moving)) return true;
  return ends(moved) && UNDECIDED.has(statusOf(c, moved));
};

/** What an operator has to know to mend it. */
const reason = (c: Cluster, vm: Row, host: Row): string => {
  const moved = rowAt(c.vms.col.moved, vm);
  if (moved === NO_ROW) return 'no move between them is on record';
  const isSource = host !== NO_ROW && rowAt(c.migrations.col.source, moved) === host;
  const evacuated = isSource && typeOf(c, moved) === 'evacuation';
  const then = evacuated ? '; Nova drops it when nova-compute of the source starts again' : '';
  return `${moveLabel(c, moved)} is ${statusOf(c, moved)}${then}`;
};

type Reported = EventNamed<'vm.allocations_reported'>;

const noteLeft = (c: Cluster, vm: Row, name: string, what: string, e: Reported): void => {
  const host = findRow(c.hosts.ids, name);
  if (host !== NO_ROW && isDue(c, vm, host)) return;
  noteAnomaly(
    c,
    e,
    'allocation-left',
    `Placement still charges ${name} for ${vmLabel(c, vm)}${what} at ${isoInstant(e.at)}, which is on ${hostLabel(c, rowAt(c.vms.col.host, vm))}: ${reason(c, vm, host)}.`,
  );
};

const sizeOf = ({ vcpus, ramMiB, diskGiB }: Reported['data']['allocations'][number]): string => {
  const parts = [
    ...(vcpus === null ? [] : [`${vcpus} vCPU`]),
    ...(ramMiB === null ? [] : [`${ramMiB} MiB`]),
    ...(diskGiB === null ? [] : [`${diskGiB} GiB`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

/** Judged only where the record says where the VM is: what is charged is told by the fold itself (`usage.ts`). */
export const vmAllocationsReported: Folder<'vm.allocations_reported'> = (c, e) => {
  const vm = findRow(c.vms.ids, idOf(e.entity));
  if (vm === NO_ROW || byteAt(c.vms.col.present, vm) !== PRESENT || rowAt(c.vms.col.host, vm) === NO_ROW) return;
  for (const allocation of e.data.allocations) noteLeft(c, vm, allocation.host, sizeOf(allocation), e);
};
