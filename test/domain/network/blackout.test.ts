// The blackout of a live migration: its parts add up, and each mode waits for the right thing.
import { expect, test } from 'vitest';
import { blackout, DEFAULT_BLACKOUT } from '../../../domain/network/blackout.ts';

const msOf = (input: Partial<typeof DEFAULT_BLACKOUT>, name: string): number =>
  blackout({ ...DEFAULT_BLACKOUT, ...input }).parts.find((p) => p.name === name)?.ms ?? -1;

test('the parts add up to the whole', () => {
  const result = blackout(DEFAULT_BLACKOUT);
  expect(result.parts.map((p) => p.name)).toEqual(['QEMU pause', 'port binding', 'agent', 'FDB fanout', 'ARP / RARP']);
  expect(result.totalMs).toBe(100 + 500 + 1000 + 300 + 200);
});

test('with l2population the fanout decides; without it the first frame of the guest or its announcement', () => {
  expect([msOf({ fanoutMs: 5000 }, 'FDB fanout'), msOf({}, 'ARP / RARP')]).toEqual([5000, 0]);
  expect([
    msOf({ mode: 'no-l2pop' }, 'FDB fanout'),
    msOf({ mode: 'no-l2pop', guestTalksMs: 700 }, 'ARP / RARP'),
  ]).toEqual([0, 700]);
  expect(msOf({ mode: 'no-l2pop', guestTalksMs: 700, announceMs: 50 }, 'ARP / RARP')).toBe(50);
});

test('the entries that lie, and for how long, depend on who was first', () => {
  const effects = (first: 'source' | 'dest', l3Plugin: boolean): string =>
    blackout({ ...DEFAULT_BLACKOUT, first, l3Plugin })
      .staleWindows.map((w) => w.effect)
      .join(' | ');
  expect(effects('dest', true)).toContain('deletes the new entries on other hosts');
  expect(effects('dest', false)).toContain('unicast is right');
  expect(effects('source', true)).toContain('the cast to the destination names the source too');
  expect(effects('source', true)).toContain('reaches br-tun untagged and is dropped there');
});
