// What decides beside room and server groups who may be where: zone pins, aggregates, the units hosts give out, NUMA cells.
import type { VmState } from '../../readout/state.ts';
import type { Candidate } from '../../scheduling/candidate.ts';
import { refusal, SPEC_SCOPE, STANDING, TENANT_KEY } from '../../scheduling/filters.ts';
import { RESOURCES, shortage } from '../../scheduling/inventory.ts';
import type { NumaDemand, NumaRoom } from '../../scheduling/numa.ts';
import type { ReleaseProfile } from '../../scheduling/release.ts';
import { demandOf } from '../world.ts';

/** VMs that all hosts answer alike are one kind, and hosts that answer all kinds alike are one sort. */
export type Admission = {
  readonly kind: Int32Array;
  /** 1 where a host takes a kind of VM, at `kind * hosts + host`. */
  readonly takes: Uint8Array;
  readonly sort: Int32Array;
};

/** Demands by row of the VM and cells by row of the host; null where there is none. */
export type Cells = {
  readonly demands: readonly (NumaDemand | null)[];
  readonly rooms: readonly (NumaRoom | null)[];
};

/** Null where the release does not look or no host tells its cells: then they refuse nobody. */
export const cellsOf = (
  hosts: readonly Candidate[],
  vms: readonly VmState[],
  { filters }: ReleaseProfile,
): Cells | null => {
  if (!filters.includes('NUMATopologyFilter') || hosts.every((h) => h.numa === null)) return null;
  return { demands: vms.map((vm) => demandOf(vm).numa), rooms: hosts.map((h) => h.numa) };
};

/** Units that libvirt does not set: a least request or a step. */
const hasUnits = ({ inventories }: Candidate): boolean =>
  RESOURCES.some((r) => (inventories[r]?.minUnit ?? 1) > 1 || (inventories[r]?.stepSize ?? 1) > 1);

/**
 * Every kind of VM asked of every host once, by the scheduler's own filters. Null where nothing in the state could refuse:
 * then nobody has to look. O(VMs + kinds × hosts).
 */
export const admissionOf = (
  hosts: readonly Candidate[],
  vms: readonly VmState[],
  release: ReleaseProfile,
): Admission | null => {
  const filters = release.filters.filter((name) => STANDING.has(name));
  const units = hosts.some(hasUnits);
  const tenants = hosts.some((h) =>
    h.aggregates.some(({ metadata }) => Object.keys(metadata).some((k) => TENANT_KEY.test(k))),
  );
  const scoped = ({ extraSpecs }: VmState) =>
    Object.entries(extraSpecs).filter(([name]) => name.startsWith(SPEC_SCOPE));
  if (!units && !tenants && vms.every((vm) => vm.requestedZone === null && scoped(vm).length === 0)) return null;

  const kinds = new Map<string, number>();
  const asking: VmState[] = [];
  const kind = Int32Array.from(vms, (vm) => {
    const { asked, project } = demandOf(vm);
    const key = JSON.stringify([vm.requestedZone, scoped(vm), tenants ? project : null, units && asked]);
    const known = kinds.get(key);
    if (known !== undefined) return known;
    kinds.set(key, asking.length);
    return asking.push(vm) - 1;
  });
  const takes = new Uint8Array(asking.length * hosts.length);
  for (const [k, vm] of asking.entries()) {
    const request = { ...demandOf(vm), zone: vm.requestedZone, group: null, ignore: [] };
    for (const [h, host] of hosts.entries()) {
      // With nothing ever used only the units can refuse.
      const isOdd =
        units &&
        RESOURCES.some((r) => {
          const inventory = host.inventories[r];
          return inventory !== null && shortage(r, inventory, -Infinity, request.asked[r]) !== null;
        });
      takes[k * hosts.length + h] = isOdd || refusal(host, request, filters) !== null ? 0 : 1;
    }
  }
  const sorts = new Map<string, number>();
  const sort = Int32Array.from(hosts, (_, h) => {
    const answers = asking.map((_kind, k) => takes[k * hosts.length + h]).join('');
    const known = sorts.get(answers) ?? sorts.size;
    sorts.set(answers, known);
    return known;
  });
  return { kind, takes, sort };
};
