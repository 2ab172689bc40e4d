// `gluster volume info` as text: one block of `Key: value` lines a volume.
import { entity } from '../../../domain/events/entity.ts';
import type { Draft } from './moment.ts';
import type { Text } from './scan.ts';
import { brickOf } from './storage-commands.ts';

type Pool = {
  name: string;
  line: number;
  layout: string | null;
  status: string | null;
  transport: string | null;
  replicas: number | null;
  bricks: { host: string; path: string }[];
};

const PAIR = /^([A-Za-z][\w -]*):\s*(.*)$/;

/**
 * `2 x 2 = 4`, `1 x 3 = 3`, `2 x (2 + 1) = 6`: the second factor is the number of bricks in a replica set, an arbiter
 * included, as `replica 3 arbiter 1` counts it. A dispersed volume's `1 x (4 + 2)` is fragments and redundancy, no copies.
 */
const replicasOf = (text: string, layout: string | null): number | null => {
  const [, copies, data, more] = /^\d+ x (?:(\d+)\b|\((\d+) \+ (\d+)\))/.exec(text) ?? [];
  if (copies !== undefined) return Number(copies);
  return data === undefined || layout?.includes('Replicate') !== true ? null : Number(data) + Number(more);
};

const put = (pool: Pool, key: string, value: string): void => {
  if (key === 'Type') pool.layout = value;
  else if (key === 'Status') pool.status = value;
  else if (key === 'Transport-type') pool.transport = value;
  else if (key === 'Number of Bricks') pool.replicas = replicasOf(value, pool.layout);
  else if (/^Brick\d+$/.test(key)) {
    const brick = brickOf(value.replace(/ \(arbiter\)$/, ''));
    if (brick !== null) pool.bricks.push(brick);
  }
};

/** Reports of the pools that these lines describe. */
export const readGlusterInfo = (texts: readonly Text[]): readonly Draft[] => {
  const pools: Pool[] = [];
  for (const { line, text } of texts) {
    const [, key = '', value = ''] = PAIR.exec(text) ?? [];
    const pool = pools.at(-1);
    if (key === 'Volume Name' && value !== '') {
      pools.push({ name: value, line, layout: null, status: null, transport: null, replicas: null, bricks: [] });
    } else if (pool !== undefined) {
      put(pool, key, value);
    }
  }
  return pools.map(({ name, line, layout, status, transport, replicas, bricks }) => ({
    type: 'pool.reported',
    v: 1,
    entity: entity('pool', name),
    line,
    evidence: 'observed',
    data: {
      kind: 'glusterfs',
      ...(layout === null ? {} : { layout }),
      ...(status === null ? {} : { status }),
      ...(transport === null ? {} : { transport }),
      ...(replicas === null ? {} : { replicas }),
      ...(bricks.length === 0 ? {} : { bricks }),
    },
  }));
};

/** `gluster peer status`: `Hostname:` and, two lines on, `State: Peer in Cluster (Connected)`. */
export const readGlusterPeers = (texts: readonly Text[]): readonly Draft[] => {
  const facts: Draft[] = [];
  let address: string | null = null;
  for (const { line, text } of texts) {
    const [, key = '', value = ''] = PAIR.exec(text) ?? [];
    if (key === 'Hostname' && value !== '') {
      address = entity('storage_node', value);
      facts.push({
        type: 'storage_node.introduced',
        v: 1,
        entity: address,
        line,
        evidence: 'observed',
        data: { address: value },
      });
    } else if (key === 'State' && address !== null && value.endsWith('(Disconnected)')) {
      facts.push({
        type: 'storage_node.failed',
        v: 1,
        entity: address,
        line,
        evidence: 'observed',
        data: { cause: 'disconnected' },
      });
    }
  }
  return facts;
};
