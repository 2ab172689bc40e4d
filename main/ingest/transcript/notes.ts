// Facts that authors write between commands: `Node 1: 10.68.124.18 /dev/sdb 1TB`.
import { entity } from '../../../domain/events/entity.ts';
import type { Draft } from './moment.ts';
import type { Text } from './scan.ts';

const STORAGE_NODE =
  /^(node[ -]?\d+):\s*((?:\d{1,3}\.){3}\d{1,3})\s+(\/dev\/\w+)(?:\s+(\d+(?:\.\d+)?)\s*(TB|TiB|GB|GiB))?$/i;

/** Disks are sold in powers of ten. */
const GIB_PER: Readonly<Record<string, number>> = { tb: 1e12 / 2 ** 30, gb: 1e9 / 2 ** 30, tib: 1024, gib: 1 };

/** A node that gives a disk to a pool; null when the line says something else. */
export const storageNodeIn = ({ line, text }: Text): Draft | null => {
  const parts = STORAGE_NODE.exec(text);
  if (parts === null) return null;
  const [, name = '', address = '', device = '', size, unit = ''] = parts;
  const sizeGiB = Math.round(Number(size) * (GIB_PER[unit.toLowerCase()] ?? 1));
  return {
    type: 'storage_node.introduced',
    v: 1,
    entity: entity('storage_node', name.toLowerCase().replace(' ', '-')),
    line,
    evidence: 'observed',
    data: { address, device, ...(size === undefined ? {} : { sizeGiB }) },
  };
};
