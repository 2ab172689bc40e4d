// Who is charged for a VM: its host, and the other end of a move in flight, as Placement counts allocations.
import type { Row } from '../base/brand.ts';
import { byteAt, NO_ROW, numberAt, refAt, rowAt, setByte, setNumber } from '../base/column.ts';
import { noteAnomaly, type Where } from './anomalies/note.ts';
import type { RuleId } from './anomalies/rules.ts';
import { type Cluster, PRESENT } from './cluster.ts';
import { storageKinds, vmStates } from './codes.ts';
import { type HostAbout, NO_HOST_ABOUT } from './records.ts';
import { idAt } from './registry.ts';

const OFFLOADED = vmStates.code('shelved_offloaded');
const VOLUME = storageKinds.code('volume');

const known = (n: number): number => (Number.isNaN(n) ? 0 : n);

const add = (c: Cluster, vm: Row, host: Row, sign: 1 | -1): void => {
  if (host === NO_ROW) return;
  const h = c.hosts.col;
  const v = c.vms.col;
  const own = known(numberAt(v.pcpus, vm));
  const shared = Math.max(0, known(numberAt(v.vcpus, vm)) - own);
  setNumber(h.usedVcpus, host, known(numberAt(h.usedVcpus, host)) + sign * shared);
  if (own > 0) setNumber(h.usedPcpus, host, known(numberAt(h.usedPcpus, host)) + sign * own);
  setNumber(h.usedRamMiB, host, known(numberAt(h.usedRamMiB, host)) + sign * known(numberAt(v.ramMiB, vm)));
  if (byteAt(v.storage, vm) === VOLUME) return; // its disk is Cinder's, not the host's
  setNumber(h.usedDiskGiB, host, known(numberAt(h.usedDiskGiB, host)) + sign * known(numberAt(v.diskGiB, vm)));
};

/** Shut-off and paused VMs keep their allocations; deleted and offloaded ones do not (Nova, shelve and delete). */
const chargeable = (c: Cluster, vm: Row): boolean =>
  byteAt(c.vms.col.present, vm) === PRESENT && byteAt(c.vms.col.vmState, vm) !== OFFLOADED;

const chargeAll = (c: Cluster, vm: Row, sign: 1 | -1): void => {
  if (!chargeable(c, vm)) return;
  const host = rowAt(c.vms.col.host, vm);
  add(c, vm, host, sign);
  const moving = rowAt(c.vms.col.moving, vm);
  if (moving === NO_ROW) return;
  const source = rowAt(c.migrations.col.source, moving);
  const dest = rowAt(c.migrations.col.dest, moving);
  if (source !== host) add(c, vm, source, sign);
  if (dest !== host && dest !== source) add(c, vm, dest, sign);
};

/** Takes a VM's allocations off its hosts: call before anything that decides them changes, and `charge` after. */
export const uncharge = (c: Cluster, vm: Row): void => chargeAll(c, vm, -1);

export const charge = (c: Cluster, vm: Row, where: Where): void => {
  chargeAll(c, vm, 1);
  checkCapacity(c, rowAt(c.vms.col.host, vm), where);
  const moving = rowAt(c.vms.col.moving, vm);
  if (moving !== NO_ROW) checkCapacity(c, rowAt(c.migrations.col.dest, moving), where);
};

// Where no ratio is on record, the largest default any Nova release had (16, 1.5 and 1 until 26; 4, 1 and 1 since 27):
// what exceeds it exceeds every default.
const VCPU_RATIO = 16;
const RAM_RATIO = 1.5;
const DISK_RATIO = 1;
/** [DEFAULT] reserved_host_memory_mb. */
const RESERVED_RAM_MIB = 512;

/** CPUs a host is charged for as VCPU and as PCPU: a host that keeps none apart gives pinned VMs of its VCPUs. */
export const cpusCharged = (
  c: Cluster,
  host: Row,
  about: HostAbout,
): { readonly vcpus: number; readonly pcpus: number } => {
  const [shared, own] = [known(numberAt(c.hosts.col.usedVcpus, host)), known(numberAt(c.hosts.col.usedPcpus, host))];
  return about.pcpus === null ? { vcpus: shared + own, pcpus: 0 } : { vcpus: shared, pcpus: own };
};

type Inventory = { readonly total: number | null; readonly reserved: number; readonly ratio: number };

const CHECKS: readonly {
  readonly bit: number;
  readonly rule: RuleId;
  readonly what: string;
  readonly used: (c: Cluster, host: Row, a: HostAbout) => number;
  readonly inventory: (a: HostAbout) => Inventory;
}[] = [
  {
    bit: 1,
    rule: 'vcpu-over-capacity',
    what: 'vCPUs',
    used: (c, host, a) => cpusCharged(c, host, a).vcpus,
    inventory: (a) => ({ total: a.vcpus, reserved: a.reservedVcpus ?? 0, ratio: a.vcpuRatio ?? VCPU_RATIO }),
  },
  {
    bit: 2,
    rule: 'memory-over-capacity',
    what: 'MiB of memory',
    used: (c, host) => known(numberAt(c.hosts.col.usedRamMiB, host)),
    inventory: (a) => ({
      total: a.ramMiB,
      reserved: a.reservedRamMiB ?? RESERVED_RAM_MIB,
      ratio: a.ramRatio ?? RAM_RATIO,
    }),
  },
  {
    bit: 4,
    rule: 'disk-over-capacity',
    what: 'GiB of local disk',
    used: (c, host) => known(numberAt(c.hosts.col.usedDiskGiB, host)),
    inventory: (a) => ({ total: a.diskGiB, reserved: a.reservedDiskGiB ?? 0, ratio: a.diskRatio ?? DISK_RATIO }),
  },
  {
    bit: 8,
    rule: 'pcpu-over-capacity',
    what: 'dedicated CPUs',
    used: (c, host, a) => cpusCharged(c, host, a).pcpus,
    inventory: (a) => ({ total: a.pcpus, reserved: a.reservedPcpus ?? 0, ratio: 1 }),
  },
];

/** What a host may give of vCPUs, memory and local disk: (total − reserved) × ratio; NaN where its total is not known. */
export const capacitiesOf = (
  about: HostAbout,
): { readonly vcpus: number; readonly ramMiB: number; readonly diskGiB: number } => {
  const [vcpus, ramMiB, diskGiB] = CHECKS.map((check) => {
    const { total, reserved, ratio } = check.inventory(about);
    return total === null ? NaN : (total - reserved) * ratio;
  }) as [number, number, number];
  return { vcpus, ramMiB, diskGiB };
};

/** Notes a host that has just gone over capacity: once for each resource, until it is within it again. */
export const checkCapacity = (c: Cluster, host: Row, where: Where): void => {
  if (host === NO_ROW) return;
  const h = c.hosts.col;
  const about = refAt(h.about, host) ?? NO_HOST_ABOUT;
  const before = byteAt(h.over, host);
  let over = 0;
  for (const check of CHECKS) {
    const used = check.used(c, host, about);
    const { total, reserved, ratio } = check.inventory(about);
    if (total === null || used <= (total - reserved) * ratio) continue;
    over |= check.bit;
    if ((before & check.bit) !== 0) continue;
    const name = idAt(c.hosts.ids, host);
    noteAnomaly(
      c,
      { ...where, entity: `host:${name}` },
      check.rule,
      `${name} has ${used} ${check.what} allocated and may give ${(total - reserved) * ratio}: (${total} − ${reserved} reserved) × ${ratio}.`,
    );
  }
  if (over !== before) setByte(h.over, host, over);
};
