// Flow text: what is printed reads back the same, and what is not understood is named.
import { expect, test } from 'vitest';
import { parseFlow, parseFlows } from '../../../domain/network/flow-parse.ts';
import { printFlow } from '../../../domain/network/flow-print.ts';
import { diffFlows } from '../../../domain/network/flow-diff.ts';
import { dumpFlows } from '../../../domain/network/host-flows.ts';
import { agentOf, cloud, config } from './cloud.ts';

const why = (line: string): string => {
  const parsed = parseFlow(line);
  return parsed.ok ? 'understood' : parsed.error;
};

test('every flow of every mode and style reads back as the same value and the same text', () => {
  for (const mode of ['no-l2pop', 'l2pop', 'l2pop-arp'] as const) {
    for (const style of ['master', 'classic'] as const) {
      const overlay = cloud(config(mode, { style }), { 1: 'a', 2: 'b', 3: 'b', 4: 'c' });
      const dialect = style === 'classic' ? 'OpenFlow10' : 'OpenFlow13';
      for (const bridge of ['br-int', 'br-tun'] as const) {
        for (const line of dumpFlows(agentOf(overlay, 'b'), bridge, overlay.config)) {
          const parsed = parseFlow(line);
          expect(parsed.ok ? printFlow(parsed.value, dialect) : parsed.error).toBe(line);
        }
      }
    }
  }
});

test('fragments and provider networks read back too', () => {
  const flat = { networkType: 'flat', segmentationId: null, physicalNetwork: 'provider' } as const;
  const overlay = cloud(config('l2pop', { style: 'classic' }), { 1: 'a' }, flat);
  const lines = dumpFlows(agentOf(overlay, 'a'), 'br-int', overlay.config);
  expect(lines).toContain('priority=3,in_port=2,vlan_tci=0x0000 actions=mod_vlan_vid:1,NORMAL');
  for (const line of [
    ...lines,
    'priority=1,ip,nw_frag=yes actions=drop',
    'priority=1,udp6,nw_frag=later actions=drop',
  ]) {
    const parsed = parseFlow(line);
    expect(parsed.ok ? printFlow(parsed.value, 'OpenFlow10') : parsed.error).toBe(line);
  }
});

test('statistics of a full dump are skipped, the cookie is kept', () => {
  const line =
    ' cookie=0x9c, duration=36.1s, table=20, n_packets=1, n_bytes=42, idle_age=3, hard_age=2, priority=2,dl_vlan=1,dl_dst=fa:16:3e:00:00:01 actions=strip_vlan,set_tunnel:0x3e9,output:2';
  const parsed = parseFlow(line);
  expect(parsed.ok && printFlow(parsed.value, 'OpenFlow10')).toBe(
    'cookie=0x9c, table=20, priority=2,dl_vlan=1,dl_dst=fa:16:3e:00:00:01 actions=strip_vlan,set_tunnel:0x3e9,output:2',
  );
});

test('an unknown word is refused by its name and never becomes a drop', () => {
  expect(why('priority=1,udp,nw_frag=not_later actions=drop')).toBe('understood');
  expect(why('priority=1,ct_state=+trk actions=drop')).toBe('unknown match field "ct_state"');
  expect(why('priority=1,quic actions=drop')).toBe('unknown match field "quic"');
  expect(why('actions=group:5')).toBe('unknown action "group"');
  expect(why('actions=controller')).toBe('unknown action "controller"');
  expect(why('actions=load:1->NXM_NX_REG6[]')).toBe('unknown field "NXM_NX_REG6"');
  expect(why('actions=learn(table=20,fin_idle_timeout=3)')).toContain('fin_idle_timeout');
  expect(why('dl_vlan=9999 actions=drop')).toBe('"9999" is no value of dl_vlan');
  expect(why('priority=1,arp')).toContain('no "actions="');
});

test('a dump with one bad line is refused as a whole, with the line and the reason', () => {
  const dump = 'NXST_FLOW reply (xid=0x4):\n priority=1 actions=NORMAL\n priority=0 actions=teleport\n';
  expect(parseFlows(dump)).toEqual({ ok: false, error: [{ line: 3, why: 'unknown action "teleport"' }] });
});

test('the difference of two instants is what appeared and what went', () => {
  const alone = cloud(config('l2pop'), { 1: 'a' });
  const two = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  const dump = (o: typeof alone): string[] => dumpFlows(agentOf(o, 'a'), 'br-tun', o.config);
  expect(diffFlows(dump(alone), dump(two))).toEqual({
    added: [
      'priority=1,in_port=2 actions=goto_table:4',
      'table=20, priority=2,dl_vlan=1,dl_dst=fa:16:3e:00:00:02 actions=pop_vlan,set_field:0x6->tun_id,output:2',
      'table=22, priority=1,dl_vlan=1 actions=pop_vlan,set_field:0x6->tun_id,output:2',
    ],
    removed: [],
  });
});
