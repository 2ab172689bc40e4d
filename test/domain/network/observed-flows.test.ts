// A dumped table beside the derived one: other numbers are no difference, another destination is.
import { expect, test } from 'vitest';
import { compareFlows } from '../../../domain/network/observed-flows.ts';

const unicast = (mac: string, vlan: number, port: number): string =>
  `table=20,priority=2,dl_vlan=${vlan},dl_dst=fa:16:3e:00:00:${mac} actions=strip_vlan,set_tunnel:0x2a,output:${port}`;
const flood = (vlan: number, ...ports: readonly number[]): string =>
  `table=22,priority=1,dl_vlan=${vlan} actions=strip_vlan,set_tunnel:0x2a,${ports.map((p) => `output:${p}`).join(',')}`;
const derived = [
  'priority=1,in_port=1 actions=goto_table:2',
  'priority=1,in_port=10 actions=goto_table:4',
  'priority=1,in_port=11 actions=goto_table:4',
  unicast('01', 1, 10),
  unicast('02', 1, 10),
  unicast('03', 1, 11),
  flood(1, 10, 11),
];

test('the same table under other port numbers and VLANs is the same', () => {
  const observed = [
    'cookie=0x1, duration=9.1s, table=0, n_packets=4, n_bytes=5, idle_age=1, priority=1,in_port=1 actions=resubmit(,2)',
    'table=0,priority=1,in_port=7 actions=resubmit(,4)',
    'table=0,priority=1,in_port=3 actions=resubmit(,4)',
    unicast('01', 5, 7),
    unicast('02', 5, 7),
    unicast('03', 5, 3),
    flood(5, 3, 7),
  ];
  const tables = observed.map((line) => line.replace(/resubmit\(,(\d+)\)/, 'goto_table:$1'));
  expect(compareFlows(tables, derived, 'OpenFlow13')).toMatchObject({ extra: [], missing: [], same: 7, learned: 0 });
});

test('a MAC that still leads to another tunnel, an entry too many, one too few, and what packets taught', () => {
  const learned = 'table=20,hard_timeout=300,priority=1,dl_vlan=1,dl_dst=fa:16:3e:00:00:09 actions=output:10';
  const stale = unicast('02', 1, 11);
  const observed = [
    ...derived.filter((line) => line !== unicast('02', 1, 10) && !line.includes('table=22')),
    stale,
    learned,
  ];
  const compared = compareFlows(observed, derived, 'OpenFlow13');
  expect(compared).toMatchObject({
    extra: [stale],
    missing: [unicast('02', 1, 10), flood(1, 10, 11)],
    same: 5,
    learned: 1,
  });
});
