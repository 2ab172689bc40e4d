// Where VMs go: best-fit decreasing as Neat packs them, in logarithmic time per VM.
import { firstFitTree } from './first-fit-tree.ts';
import { ascendingOrder } from './order.ts';

/** Names with two amounts each: MHz and MB. Arrays run in step. */
export type Amounts = {
  readonly names: readonly string[];
  readonly cpu: Float64Array;
  readonly ram: Float64Array;
};

export type PackingProblem = {
  /** Active hosts with what they still have; may be negative. */
  readonly hosts: Amounts;
  /** Hosts that may be woken, with their full amounts. */
  readonly inactive: Amounts;
  readonly vms: Amounts;
};

const joined = (a: Float64Array, b: Float64Array): Float64Array => {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
};

const leastOf = (amounts: Float64Array): number => amounts.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);

/**
 * Best-fit decreasing: VMs by (CPU, RAM, name) descending, each to the first host with room, hosts by what they had at the
 * start, ascending by (CPU, RAM, name). When none has room, the smallest inactive host is woken and takes its place in
 * that order.
 *
 * All or nothing, as in Neat: null unless every VM is placed. Otherwise, per VM, the index of its host; indices from
 * hosts.names.length on are inactive hosts.
 */
export const bestFitDecreasing = ({ hosts, inactive, vms }: PackingProblem): Int32Array | null => {
  const active = hosts.names.length;
  const all: Amounts = {
    names: hosts.names.concat(inactive.names),
    cpu: joined(hosts.cpu, inactive.cpu),
    ram: joined(hosts.ram, inactive.ram),
  };
  const order = ascendingOrder(all.cpu, all.ram, all.names);
  const tree = firstFitTree(order.length, { cpu: leastOf(vms.cpu), ram: leastOf(vms.ram) });
  const sleeping: number[] = [];
  for (const [at, host] of order.entries()) {
    if (host < active) tree.set(at, all.cpu[host]!, all.ram[host]!);
    else sleeping.push(at);
  }
  tree.build();

  const target = new Int32Array(vms.names.length);
  const vmOrder = ascendingOrder(vms.cpu, vms.ram, vms.names);
  let woken = 0;
  for (let i = vmOrder.length - 1; i >= 0; i--) {
    const vm = vmOrder[i]!;
    const cpu = vms.cpu[vm]!;
    const ram = vms.ram[vm]!;
    let at = tree.firstWith(cpu, ram);
    while (at === -1 && woken < sleeping.length) {
      const next = sleeping[woken++]!;
      tree.update(next, all.cpu[order[next]!]!, all.ram[order[next]!]!);
      at = tree.firstWith(cpu, ram);
    }
    if (at === -1) return null;
    tree.take(at, cpu, ram);
    target[vm] = order[at]!;
  }
  return target;
};

/** What is left for VMs under a threshold: int(threshold * total - used). Negative when a host is past it. */
export const availableUnder = (limit: number, used: number, total: number): number => Math.trunc(limit * total - used);

/** A VM's CPU for packing: the floor of the mean of its newest n values, Neat's integer division; null without values. */
export const recentCpu = (lastN: number, cpu: readonly number[]): number | null => {
  const newest = cpu.slice(-lastN);
  if (newest.length === 0) return null;
  let sum = 0;
  for (const mhz of newest) sum += mhz;
  return Math.floor(sum / newest.length);
};
