// A bulk stream: near what others measured of one thread, and dearer without what cards take over.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cyclesPerByte, streamBytesPerS, streamCores, streamWork } from '../../../domain/datapath/bulk-stream.ts';
import { ALL_OFFLOADS, NO_OFFLOADS } from '../../../domain/datapath/path.ts';

const usual = streamWork(1500, ALL_OFFLOADS);
const at = (ghz: number) => ({ source: ghz, dest: ghz });

test("one connection carries what QEMU's did over loopback, and what VMware says of one thread: 15 to 18 Gbit/s", () => {
  const gigabits = (streamBytesPerS(usual, 1, at(2.4)) * 8) / 1e9;
  expect(gigabits).toBeGreaterThan(15);
  expect(gigabits).toBeLessThan(18);
});

test('frames cost the receiver, so that jumbo frames save; without offloads both ends pay more', () => {
  const jumbo = streamWork(9000, ALL_OFFLOADS);
  const bare = streamWork(1500, NO_OFFLOADS);
  expect(cyclesPerByte(jumbo.receive, jumbo)).toBeLessThan(0.8 * cyclesPerByte(usual.receive, usual));
  expect(cyclesPerByte(bare.send, bare)).toBeGreaterThan(2 * cyclesPerByte(usual.send, usual));
  expect(cyclesPerByte(bare.receive, bare)).toBeGreaterThan(2 * cyclesPerByte(usual.receive, usual));
});

test('connections and clocks widen a stream, and what it carries at most keeps no thread busier than a core', () => {
  const ghz = fc.double({ min: 1, max: 5, noNaN: true });
  fc.assert(
    fc.property(ghz, ghz, fc.integer({ min: 1, max: 16 }), (source, dest, n) => {
      const most = streamBytesPerS(usual, n, { source, dest });
      const cores = streamCores(usual, most, { source, dest });
      expect(cores.source).toBeLessThanOrEqual(n * (1 + 1e-9));
      expect(cores.dest).toBeLessThanOrEqual(2 * n * (1 + 1e-9)); // softirq and receiving thread
      expect(streamBytesPerS(usual, n + 1, { source, dest })).toBeGreaterThan(most);
      expect(streamBytesPerS(usual, n, { source: 2 * source, dest: 2 * dest })).toBeCloseTo(2 * most, 0);
    }),
    { seed: 4, numRuns: 200 },
  );
});
