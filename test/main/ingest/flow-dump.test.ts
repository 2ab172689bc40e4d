// A dump of flows becomes a fact of its host: by its prompt, by its file's name, or not at all.
import { expect, test } from 'vitest';
import { fromBytes } from '../../../main/ingest/incoming.ts';
import { transcript } from '../../../main/ingest/transcript/transcript.ts';
import { factsOf, itemsOf, text, UNDATED } from './reading.ts';

const DUMP = [
  'NXST_FLOW reply (xid=0x4):',
  ' cookie=0x8a7e, duration=81256.1s, table=0, n_packets=1041, n_bytes=93010, idle_age=5, priority=1,in_port=1 actions=resubmit(,2)',
  ' cookie=0x8a7e, duration=81256.0s, table=22, n_packets=0, n_bytes=0, priority=1,dl_vlan=1 actions=strip_vlan,output:2',
];
const TABLE = {
  bridge: 'br-tun',
  flows: [
    'table=0,priority=1,in_port=1 actions=resubmit(,2)',
    'table=22,priority=1,dl_vlan=1 actions=strip_vlan,output:2',
  ],
};
const dumpsIn = (facts: ReturnType<typeof factsOf>) =>
  facts.filter((fact) => fact.type === 'host.flows_reported').map(({ entity, data }) => [entity, data]);

test('at a prompt, with options', () => {
  const lines = ['root@c1:~# ovs-ofctl -O OpenFlow13 dump-flows br-tun', ...DUMP, 'root@c1:~# ovs-vsctl show'];
  expect(dumpsIn(factsOf(transcript, text(...lines)))).toEqual([['host:c1', TABLE]]);
});

test.each([
  ['br-tun.c1.txt', 'c1'],
  ['compute-7_br-tun_flows.txt', 'compute-7'],
  ['c1.example-dump-flows-br-tun', 'c1.example'],
])('saved as %s', (name, host) => {
  const content = new TextEncoder().encode(DUMP.join('\n'));
  expect(dumpsIn(factsOf(transcript, fromBytes(name, content, UNDATED)))).toEqual([[`host:${host}`, TABLE]]);
});

test('of nobody: counted, with what to do', () => {
  expect(itemsOf(transcript, text(...DUMP))).toContainEqual(
    expect.objectContaining({ kind: 'ignored', count: 2, what: expect.stringContaining('br-tun.HOST.txt') as string }),
  );
});

test('a part of a table is no table', () => {
  const asked = [
    'br-tun table=0',
    '-O OpenFlow13 br-tun',
    'br-tun | less',
    'br-tun | grep priority=1',
    'br-tun "dl_vlan=1"',
  ];
  const kept = asked.map((what) => {
    const lines = [`root@c1:~# ovs-ofctl dump-flows ${what}`, ...DUMP];
    return dumpsIn(factsOf(transcript, text(...lines))).length;
  });
  expect(kept).toEqual([0, 1, 1, 0, 0]);
});
