// FDB messages over a stretch of the log: each change of a port costs what the closed form of its event says.
import { expect, test } from 'vitest';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { loadOverTime } from '../../../domain/network/load-over-time.ts';
import { liveMigrationLoad, portRemovedLoad } from '../../../domain/network/scale-load.ts';
import { overlaid } from './clouds.ts';

const config = { style: 'master', mode: 'l2pop-arp', l3Plugin: true } as const;
const port = overlaid().ports[1]?.id ?? '';
const event = (at: number, type: string, data: object): LogEvent =>
  ({
    seq: at,
    at,
    type,
    v: 1,
    entity: `port:${port}`,
    data,
    evidence: 'observed',
    source: 's',
    line: 1,
  }) as unknown as LogEvent;
const range = { from: 0, to: 100, buckets: 4 };

test('nothing happens, nothing is sent; a broadcast is copied to the other hosts of its network', () => {
  const quiet = loadOverTime(overlaid(), [], range, 'master');
  expect(quiet.deliveries).toEqual([0, 0, 0, 0]);
  // Three ports on two hosts have one copy each, one port alone none.
  expect(quiet.copies).toEqual([0.75, 0.75, 0.75, 0.75]);
  expect(quiet.copiesFullMesh).toBe(2);
});

test('a live migration and a deletion land in their buckets', () => {
  const events = [
    event(30, 'port.bound', { host: 'h3', binding: 'INACTIVE' }),
    event(35, 'port.bound', { host: 'h3', binding: 'ACTIVE' }),
    event(36, 'port.unbound', { host: 'h2' }),
    event(90, 'port.deleted', {}),
  ];
  const load = loadOverTime(overlaid(), events, range, 'master');
  const up = { hosts: 3, activeOnHost: 1, otherHosts: 1, otherAddresses: 2, addresses: 1, refresh: true };
  const moved = liveMigrationLoad(config, { up, first: 'dest', leftOnSource: 0 });
  const removed = portRemovedLoad(config, { hosts: 3, leftOnHost: 0, addresses: 1 });
  expect(load.deliveries).toEqual([0, moved.deliveries, 0, removed.deliveries]);
  expect(load.messages).toEqual([0, moved.fanouts + moved.casts, 0, removed.fanouts]);
  expect(load.copies.at(-1)).toBe(0);
});
