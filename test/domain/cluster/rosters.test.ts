// Whom telemetry samples, whenever names become rows: the state is the same.
import { expect, test } from 'vitest';
import { toBase64 } from '../../../domain/base/base64.ts';
import { type Cluster, emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { hashOf } from '../../../domain/cluster/hash.ts';
import { hostSeat } from '../../../domain/cluster/records.ts';
import { seatRosters } from '../../../domain/cluster/rosters.ts';
import { eachSample } from '../../../domain/cluster/samples.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { instant, seq } from '../../../domain/base/brand.ts';

const ROSTERS: readonly (readonly string[])[] = [
  ['vm:a', 'vm:b', 'vm:c', 'vm:d'],
  ['vm:a', 'vm:b', 'vm:c', 'vm:d', 'vm:e'],
  ['vm:a', 'vm:d', 'vm:e'],
  ['vm:a', 'vm:d', 'vm:e'],
  ['vm:x', 'vm:a', 'host:h1', 'bare', 'vm:e', 'vm:d'],
  ['host:h1', 'host:h2'],
  [],
  ['vm:b', 'vm:a', 'vm:b'],
];

const place = (n: number) => ({ seq: seq(n), at: instant(n), evidence: 'observed', source: 'test', line: n }) as const;
const events: readonly LogEvent[] = ROSTERS.flatMap((entities, i): LogEvent[] => [
  { ...place(2 * i + 1), entity: 'roster:A1', type: 'telemetry.roster_set', v: 1, data: { entities: [...entities] } },
  {
    ...place(2 * i + 2),
    entity: 'roster:A1',
    type: 'telemetry.sampled',
    v: 1,
    data: { metric: 'cpu', intervalMs: 300_000, scale: 1, values: toBase64(Uint8Array.from(entities, (_, k) => k)) },
  },
]);

const sampled = (c: Cluster): string[] => {
  const found: string[] = [];
  eachSample(c, 'cpu', (seat, value) => {
    found[value] = seat < 0 ? `host:${c.hosts.ids.ids[hostSeat(seat)]}` : `vm:${c.vms.ids.ids[seat]}`;
  });
  return found;
};

test('each sample belongs to the entity its roster names, seated at every event or at the end', () => {
  const often = emptyCluster();
  for (const [i, event] of events.entries()) {
    fold(often, event);
    seatRosters(often);
    if (i % 2 === 0) continue;
    const entities = ROSTERS[(i - 1) / 2]!.map((name) => (name === 'bare' ? 'vm:bare' : name));
    expect(sampled(often)).toEqual(entities);
    const once = emptyCluster();
    for (const earlier of events.slice(0, i + 1)) fold(once, earlier);
    expect(hashOf(once)).toBe(hashOf(often));
  }
  expect(often.counts.anomalies).toBe(0);
});

test('an unchanged roster is the same array, so that keyframes share it', () => {
  const c = emptyCluster();
  const seatsAfter = (n: number): unknown => {
    for (const event of events.slice(c.counts.folded, n)) fold(c, event);
    seatRosters(c);
    return c.rosters.col.seats.pages[0]?.[0];
  };
  const before = seatsAfter(6);
  expect(seatsAfter(8)).toBe(before);
  expect(seatsAfter(10)).not.toBe(before);
});
