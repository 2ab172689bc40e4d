// Which NUMA cells of a host hold a VM that asks for them: pinned CPUs, memory and huge pages cell by cell, not in total.
import type { Metadata, NumaCell } from '../cluster/records.ts';
import { dedicatedCpus } from '../cluster/pinning.ts';

/** One NUMA node of a guest. */
export type NumaNode = { readonly cpus: number; readonly pcpus: number; readonly ramMiB: number };
/** Page size in KiB; `large` is any huge page, `any` and null leave it to the host. */
export type PageSize = number | 'large' | 'any' | null;
export type NumaDemand = { readonly nodes: readonly NumaNode[]; readonly page: PageSize };

/** What is taken of one cell; huge pages by their size in KiB. */
export type CellUse = {
  readonly cpus: number;
  readonly pcpus: number;
  readonly ramMiB: number;
  readonly pages: Readonly<Record<number, number>>;
};
export type NumaRoom = {
  readonly cells: readonly NumaCell[];
  readonly used: readonly CellUse[];
  /** allocation ratios, which hold for shared CPUs and for memory in small pages only. */
  readonly vcpuRatio: number;
  readonly ramRatio: number;
};

export const UNUSED: CellUse = { cpus: 0, pcpus: 0, ramMiB: 0, pages: {} };

const SMALL_KIB = 4;
const UNITS: Readonly<Record<string, number>> = { K: 1, M: 1024, G: 1024 * 1024 };

/** `small`, `large`, `any`, `2048`, `2MB`, `1GB` (nova/virt/hardware.py, _numa_get_pagesize_constraints). */
const pageSize = (text: string | undefined): PageSize => {
  if (text === undefined) return null;
  const word = text.toLowerCase();
  if (word === 'large' || word === 'any') return word;
  if (word === 'small') return SMALL_KIB;
  const [, digits, unit] = /^(\d{1,9})\s*([KMG]?)I?B?$/i.exec(text) ?? [];
  return digits === undefined ? null : Number(digits) * (UNITS[(unit ?? 'K').toUpperCase()] ?? 1);
};

const numberIn = (text: string | undefined): number | null => {
  const n = Number(text);
  return text !== undefined && Number.isSafeInteger(n) && n > 0 ? n : null;
};

/** CPUs a list like `0-3,8` names. */
const listed = (text: string): number =>
  text.split(',').reduce((sum, part) => {
    const [first, last] = part.split('-').map(Number);
    return sum + (last === undefined ? 1 : Math.max(0, last - first! + 1));
  }, 0);

/** What the extra specs ask of the host's cells; null when nothing: such a VM floats over the whole host. */
export const numaDemand = (specs: Metadata, vcpus: number, ramMiB: number): NumaDemand | null => {
  const page = pageSize(specs['hw:mem_page_size']);
  const own = dedicatedCpus(specs, vcpus);
  const nodes = numberIn(specs['hw:numa_nodes']);
  if (nodes === null && page === null && own === 0) return null;
  const count = nodes ?? 1;
  return {
    page,
    nodes: Array.from({ length: count }, (_, i) => {
      const list = specs[`hw:numa_cpus.${i}`];
      const cpus = list === undefined ? Math.ceil(vcpus / count) : listed(list);
      const pcpus = Math.min(cpus, Math.ceil(own / count));
      const ram = numberIn(specs[`hw:numa_mem.${i}`]) ?? Math.ceil(ramMiB / count);
      return { cpus: cpus - pcpus, pcpus, ramMiB: ram };
    }),
  };
};

/** Sizes a demand may use on a cell, largest first, as Nova tries them. */
const sizesTried = (cell: NumaCell, page: PageSize): readonly number[] => {
  if (typeof page === 'number') return [page];
  if (page === null) return [SMALL_KIB];
  const huge = cell.hugePages.map((p) => p.sizeKiB).sort((a, b) => b - a);
  return page === 'large' ? huge : [...huge, SMALL_KIB];
};

const KIB_PER_MIB = 1024;

type OnCell = (room: NumaRoom, i: number, used: CellUse, node: NumaNode, page: PageSize) => CellUse | null;

/** The cell's use with the node on it; null when it does not fit there. */
const onCell: OnCell = (room, i, used, node, page) => {
  const cell = room.cells[i]!;
  if (node.pcpus > cell.pcpus - used.pcpus) return null;
  // A guest's node never has more CPUs than the cell, whatever the ratio.
  if (node.cpus > cell.cpus || used.cpus + node.cpus > cell.cpus * room.vcpuRatio) return null;
  const cpus = { cpus: used.cpus + node.cpus, pcpus: used.pcpus + node.pcpus };
  for (const size of sizesTried(cell, page)) {
    if (size === SMALL_KIB) {
      const huge = cell.hugePages.reduce((sum, p) => sum + (p.sizeKiB * p.count) / KIB_PER_MIB, 0);
      const ratio = page === null ? room.ramRatio : 1; // pages asked for are not overcommitted
      const small = cell.ramMiB - huge;
      if (node.ramMiB > small || used.ramMiB + node.ramMiB > small * ratio) continue;
      return { ...cpus, ramMiB: used.ramMiB + node.ramMiB, pages: used.pages };
    }
    const pool = cell.hugePages.find((p) => p.sizeKiB === size);
    const wanted = (node.ramMiB * KIB_PER_MIB) / size;
    const taken = used.pages[size] ?? 0;
    if (pool === undefined || !Number.isInteger(wanted) || taken + wanted > pool.count) continue;
    return { ...cpus, ramMiB: used.ramMiB, pages: { ...used.pages, [size]: taken + wanted } };
  }
  return null;
};

/** The cell's use without the node that was on it; null when so much was never on it. */
const offCell: OnCell = (room, i, used, node, page) => {
  if (used.cpus < node.cpus || used.pcpus < node.pcpus) return null;
  const cpus = { cpus: used.cpus - node.cpus, pcpus: used.pcpus - node.pcpus };
  for (const size of sizesTried(room.cells[i]!, page)) {
    if (size === SMALL_KIB) {
      if (used.ramMiB < node.ramMiB) continue;
      return { ...cpus, ramMiB: used.ramMiB - node.ramMiB, pages: used.pages };
    }
    const given = (node.ramMiB * KIB_PER_MIB) / size;
    const taken = used.pages[size] ?? 0;
    if (taken < given) continue;
    return { ...cpus, ramMiB: used.ramMiB, pages: { ...used.pages, [size]: taken - given } };
  }
  return null;
};

/** Each guest node on a cell of its own, cells tried in order; null when no choice of cells does. */
const assigned = (room: NumaRoom, { nodes, page }: NumaDemand, onCellOf: OnCell): NumaRoom | null => {
  const used = [...room.used];
  const taken = room.cells.map(() => false);
  const place = (n: number): boolean => {
    if (n === nodes.length) return true;
    for (let i = 0; i < taken.length; i++) {
      if (taken[i] === true) continue;
      const before = used[i]!;
      const after = onCellOf(room, i, before, nodes[n]!, page);
      if (after === null) continue;
      used[i] = after;
      taken[i] = true;
      if (place(n + 1)) return true;
      used[i] = before;
      taken[i] = false;
    }
    return false;
  };
  return place(0) ? { ...room, used } : null;
};

/**
 * The room with the demand in it; null when no choice of cells holds it. Exact: it tries every assignment, which is cheap for
 * the few cells a host has.
 */
export const claimCells = (room: NumaRoom, demand: NumaDemand): NumaRoom | null => assigned(room, demand, onCell);

/** The room after the demand has left it: from the first cells that may have been its own, for which were no log tells. */
export const releaseCells = (room: NumaRoom, demand: NumaDemand): NumaRoom | null => assigned(room, demand, offCell);

/** The demand and what each cell has, in words. */
export const numaShortage = (room: NumaRoom, { nodes, page }: NumaDemand): string => {
  const [node] = nodes;
  const pinned = (node?.pcpus ?? 0) > 0;
  const cells = room.cells.map((cell, i) => {
    const used = room.used[i]!;
    const cpus = pinned ? `${cell.pcpus - used.pcpus} of ${cell.pcpus} own CPUs` : `${cell.cpus} CPUs`;
    const pools = cell.hugePages.map((p) => `${p.count - (used.pages[p.sizeKiB] ?? 0)} pages of ${p.sizeKiB} KiB`);
    const memory = page === null ? `${cell.ramMiB - used.ramMiB} MiB` : pools.join(', ') || 'no huge pages';
    return `cell ${i} has ${cpus} and ${memory} free`;
  });
  const asks = `${(node?.cpus ?? 0) + (node?.pcpus ?? 0)} ${pinned ? 'own ' : ''}CPUs and ${node?.ramMiB ?? 0} MiB${page === null ? '' : ` in ${page === 'large' || page === 'any' ? `${page} pages` : `pages of ${page} KiB`}`}`;
  return `no NUMA cells hold ${nodes.length === 1 ? '' : `${nodes.length} times `}${asks}: ${cells.join('; ')}`;
};
