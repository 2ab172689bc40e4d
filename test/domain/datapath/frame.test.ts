// Bytes on the wire are exact: headers, MTUs, fragments, line rate.
import { expect, test } from 'vitest';
import {
  type Encapsulation,
  fragments,
  guestMtu,
  lineRateMpps,
  overheadBytes,
  underlayVerdict,
  VXLAN,
} from '../../../domain/datapath/frame.ts';

const GRE: Encapsulation = { ...VXLAN, tunnel: 'gre' };

test.each<[string, Encapsulation, number, number]>([
  ['VXLAN', VXLAN, 50, 1450],
  ['VXLAN, tagged', { ...VXLAN, tagged: true }, 54, 1450],
  ['VXLAN over IPv6', { ...VXLAN, ip: 6 }, 70, 1430],
  ['GRE with key', GRE, 42, 1458],
  ['GRE, tagged', { ...GRE, tagged: true }, 46, 1458],
  ['GRE over IPv6', { ...GRE, ip: 6 }, 62, 1438],
  ['GRE with checksum', { ...GRE, greChecksum: true }, 46, 1454],
  ['Geneve', { ...VXLAN, tunnel: 'geneve' }, 50, 1450],
])('%s adds its headers and leaves its MTU', (_name, encapsulation, overhead, mtu) => {
  expect(overheadBytes(encapsulation)).toBe(overhead);
  expect(guestMtu(1500, encapsulation)).toBe(mtu);
});

test('an outer packet that does not fit is dropped under DF, cut without it (kernel VXLAN: 1550 into 1500 and 70)', () => {
  expect(underlayVerdict(1450, 1500, VXLAN).outcome).toBe('fits');
  expect(underlayVerdict(1451, 1500, VXLAN)).toEqual({ outcome: 'dropped', outerIpBytes: 1501, packets: 0 });
  expect(underlayVerdict(1500, 1500, VXLAN, false)).toEqual({ outcome: 'fragmented', outerIpBytes: 1550, packets: 2 });
});

test('fragments carry multiples of eight bytes', () => {
  expect(fragments(1500, 1500)).toBe(1);
  expect(fragments(20 + 2 * 1480, 1500)).toBe(2);
  expect(fragments(20 + 2 * 1480 + 1, 1500)).toBe(3);
  // 1450 - 20 = 1430, of which 1424 are whole units.
  expect(fragments(20 + 1424 * 3, 1450)).toBe(3);
  expect(fragments(20 + 1430 * 3, 1450)).toBe(4);
});

test('line rate of 64-byte frames on 10 Gbit/s is 14.88 Mpps', () => {
  expect(lineRateMpps(10, 64)).toBeCloseTo(14.88, 2);
  expect(lineRateMpps(10, 1518)).toBeCloseTo(0.8127, 4);
  expect(lineRateMpps(10, 20)).toBe(lineRateMpps(10, 64));
});
