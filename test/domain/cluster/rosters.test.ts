// Whom telemetry samples.
import { expect, test } from 'vitest';
import { toBase64 } from '../../../domain/base/base64.ts';
import { type Cluster, emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import { eachSample, hostSeat } from '../../../domain/cluster/samples.ts';
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

/** Of each place in the last roster, who is sampled there. */
const sampled = (c: Cluster, size: number): (string | undefined)[] => {
  const found = new Array<string | undefined>(size).fill(undefined);
  eachSample(c, 'cpu', (seat, value) => {
    found[value] = seat < 0 ? `host:${c.hosts.ids.ids[hostSeat(seat)]}` : `vm:${c.vms.ids.ids[seat]}`;
  });
  return found;
};

test('each sample belongs to the entity its roster names, of those that were reported', () => {
  const c = emptyCluster();
  const known = ['a', 'b', 'c', 'e', 'x'];
  for (const [i, id] of known.entries()) {
    fold(c, { ...place(100 + i), entity: `vm:${id}`, type: 'vm.reported', v: 1, data: { vmState: 'active' } });
  }
  fold(c, { ...place(110), entity: 'host:h1', type: 'host.reported', v: 1, data: {} });
  const names = new Set([...known.map((id) => `vm:${id}`), 'host:h1']);
  for (const [i, event] of events.entries()) {
    fold(c, event);
    if (i % 2 === 0) continue;
    const entities = ROSTERS[(i - 1) / 2]!;
    expect(sampled(c, entities.length)).toEqual(entities.map((name) => (names.has(name) ? name : undefined)));
  }
  // Whoever is reported later was sampled already.
  for (const event of events.slice(8, 10)) fold(c, event);
  fold(c, { ...place(120), entity: 'vm:bare', type: 'vm.reported', v: 1, data: { vmState: 'active' } });
  expect(sampled(c, 6)).toEqual(['vm:x', 'vm:a', 'host:h1', 'vm:bare', 'vm:e', undefined]);
});
