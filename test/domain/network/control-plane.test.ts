// The control plane: who is told what in each story, and what the hosts look like afterwards.
import { expect, test } from 'vitest';
import { UNDISTURBED } from '../../../domain/network/environment.ts';
import { dumpFlows, dumpTunnels } from '../../../domain/network/host-flows.ts';
import { forkOverlay } from '../../../domain/network/overlay.ts';
import { settledOverlay } from '../../../domain/network/settled-overlay.ts';
import {
  agentRestart,
  boot,
  coldMigration,
  destroy,
  evacuation,
  liveMigration,
} from '../../../domain/network/story.ts';
import { agentOf, apply, cloud, config, port, shorthand, VXLAN } from './cloud.ts';

const unicast = (overlay: ReturnType<typeof cloud>, host: string): Record<string, number> =>
  Object.fromEntries(
    [...(agentOf(overlay, host).vlans.get('net')?.unicast ?? [])].map(([mac, p]) => [mac.slice(-1), p]),
  );

test('the first port on a host brings a cast with all others and a fanout with a flooding entry, both twice', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  expect(shorthand(apply(overlay, boot(port(3), 'c')))).toEqual([
    'cast c add 1:F1 2:F2',
    'fanout add 3:F3',
    'cast c add 1:F1 2:F2',
    'fanout add 3:F3',
  ]);
});

test('the third port of a host brings two bare fanouts, in 2015 the second brings one', () => {
  const today = cloud(config('l2pop'), { 1: 'a', 2: 'a', 4: 'b' });
  expect(shorthand(apply(today, boot(port(3), 'a')))).toEqual(['fanout add 1:3', 'fanout add 1:3']);
  const then = cloud(config('l2pop', { style: 'classic' }), { 1: 'a', 4: 'b' });
  expect(shorthand(apply(then, boot(port(3), 'a')))).toEqual(['fanout add 1:3']);
});

test('a removal is announced three times with an L3 plugin, twice without, once in 2015', () => {
  const count = (change: object): number => {
    const overlay = cloud(config('l2pop', change), { 1: 'a', 2: 'b' });
    return shorthand(apply(overlay, destroy('vm2', 'b'))).length;
  };
  expect([count({}), count({ l3Plugin: false }), count({ style: 'classic' })]).toEqual([3, 2, 1]);
});

test('when the last port leaves, flows and tunnels of the network go on both sides', () => {
  const overlay = cloud(config('l2pop-arp'), { 1: 'a', 2: 'b' });
  const empty = cloud(config('l2pop-arp'), {});
  apply(overlay, destroy('vm2', 'b'));
  expect(dumpFlows(agentOf(overlay, 'b'), 'br-tun', overlay.config)).toEqual(
    dumpFlows(agentOf(empty, 'b'), 'br-tun', empty.config),
  );
  expect(dumpTunnels(agentOf(overlay, 'a'), overlay.config)).toHaveLength(1);
});

test('live migration, destination first: the late removal deletes the new entries, the flood entry to the source stays', () => {
  const overlay = cloud(config('l2pop-arp'), { 1: 'a', 2: 'b' });
  const sent = shorthand(apply(overlay, liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, 'dest')));
  expect(sent).toEqual([
    'cast c add 1:F1 2:F2',
    'fanout add 3:F2',
    'cast c add 1:F1 2:F2',
    'fanout add 3:F2',
    'fanout rem 2:2',
  ]);
  expect(unicast(overlay, 'a')).toEqual({});
  expect(agentOf(overlay, 'a').vlans.get('net')?.floodFlow).toHaveLength(2);
});

test('live migration, destination first without an L3 plugin: no removal, unicast is right', () => {
  const overlay = cloud(config('l2pop', { l3Plugin: false }), { 1: 'a', 2: 'b' });
  apply(overlay, liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, 'dest'));
  const toC = agentOf(overlay, 'a').tunnels.get('vxlan')?.get('10.1.0.3');
  expect(unicast(overlay, 'a')).toEqual({ 2: toC });
});

test('live migration, source first: others end right, the destination also floods to the source', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  const sent = shorthand(apply(overlay, liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, 'source')));
  expect(sent).toEqual([
    'fanout rem 2:F2',
    'cast c add 1:F1 2:F2',
    'fanout add 3:F2',
    'cast c add 1:F1 2:F2',
    'fanout add 3:F2',
  ]);
  expect(agentOf(overlay, 'a').vlans.get('net')?.floodFlow).toEqual([
    agentOf(overlay, 'a').tunnels.get('vxlan')?.get('10.1.0.3'),
  ]);
  expect(agentOf(overlay, 'c').vlans.get('net')?.floodFlow).toHaveLength(2);
});

test('before activation the destination VIF has no local VLAN and nobody is told', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  const [added, plugged] = liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, 'dest');
  expect(added !== undefined && plugged !== undefined ? apply(overlay, [added, plugged]) : null).toEqual([]);
  expect(agentOf(overlay, 'c').vifs.get('vm2')?.vlan).toBeNull();
  expect(apply(overlay, [{ type: 'port.up', ports: ['vm2'], host: 'c', blocked: false }])).toEqual([]);
});

test('cold migration and evacuation: the port leaves one host and arrives on the other', () => {
  const move = { port: 'vm2', source: 'b', dest: 'c' };
  const cold = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  expect(shorthand(apply(cold, coldMigration(move))).slice(0, 2)).toEqual(['fanout rem 2:F2', 'fanout rem 2:F2']);
  const evacuated = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  expect(shorthand(apply(evacuated, evacuation(move)))[0]).toBe('fanout rem 2:F2');
  for (const overlay of [cold, evacuated]) {
    expect(unicast(overlay, 'a')).toEqual({ 2: agentOf(overlay, 'a').tunnels.get('vxlan')?.get('10.1.0.3') });
  }
});

test('a changed fixed IP changes the ARP responder and nothing else', () => {
  const overlay = cloud(config('l2pop-arp'), { 1: 'a', 2: 'b' });
  const before = unicast(overlay, 'a');
  apply(overlay, [{ type: 'port.addresses_changed', port: 'vm2', addresses: ['10.0.0.77'] }]);
  expect([...(agentOf(overlay, 'a').vlans.get('net')?.arp ?? [])]).toEqual([['10.0.0.77', 'fa:16:3e:00:00:02']]);
  expect(unicast(overlay, 'a')).toEqual(before);
});

test('a DHCP block turns the two bursts round: wiring first, ACTIVE when DHCP is ready', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  const waiting = apply(overlay, [
    { type: 'port.created', port: port(3), host: 'c' },
    { type: 'port.up', ports: ['vm3'], host: 'c', blocked: true },
  ]);
  expect(shorthand(waiting)).toEqual(['cast c add 1:F1 2:F2', 'fanout add 3:F3']);
  expect(overlay.ports.get('vm3')?.status).toBe('BUILD');
  expect(shorthand(apply(overlay, [{ type: 'port.provisioned', port: 'vm3' }]))).toEqual([
    'cast c add 1:F1 2:F2',
    'fanout add 3:F3',
  ]);
});

test('an agent restart asks for everything again and ends where it was', () => {
  const overlay = cloud(config('l2pop-arp'), { 1: 'a', 2: 'b', 3: 'c' });
  const before = dumpFlows(agentOf(overlay, 'b'), 'br-tun', overlay.config);
  const sent = apply(overlay, agentRestart(agentOf(overlay, 'b')));
  expect(shorthand(sent).filter((m) => m.startsWith('cast'))).toEqual(['cast b add 1:F1 3:F3', 'cast b add 1:F1 3:F3']);
  expect(dumpFlows(agentOf(overlay, 'b'), 'br-tun', overlay.config)).toEqual(before);
});

test('provisioning floods to every tunnel the host has until the first flooding entry (the quirk)', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  apply(overlay, [
    { type: 'network.created', network: 'lonely', segment: { ...VXLAN, segmentationId: 9 } },
    ...boot(port(7, 'lonely'), 'a'),
  ]);
  const local = agentOf(overlay, 'a').vlans.get('lonely');
  expect([local?.floodFlow, [...(local?.floodOfports ?? [])]]).toEqual([[2], []]);
});

test('a vlan network gets local VLANs and provider flows, and no message of l2population', () => {
  const overlay = cloud(
    config('l2pop-arp'),
    {},
    { networkType: 'vlan', segmentationId: 101, physicalNetwork: 'provider' },
  );
  expect(shorthand(apply(overlay, [...boot(port(1), 'a'), ...boot(port(2), 'b')]))).toEqual([]);
  expect(dumpFlows(agentOf(overlay, 'a'), 'br-int', overlay.config)).toContain(
    'priority=3,in_port=2,dl_vlan=101 actions=set_field:4097->vlan_vid,goto_table:58',
  );
});

test('without l2population every agent has a tunnel to every other, whatever runs', () => {
  const overlay = cloud(config('no-l2pop'), {});
  expect([...overlay.agents.values()].map((a) => dumpTunnels(a, overlay.config).length - 1)).toEqual([2, 2, 2]);
});

test('a lost message leaves one host behind, and a fork leaves its original alone', () => {
  const overlay = cloud(config('l2pop', { l3Plugin: false }), { 1: 'a', 2: 'b', 3: 'c' });
  const fork = forkOverlay(overlay);
  const deaf = { ...UNDISTURBED, delivers: (_: unknown, host: string) => host !== 'a' };
  apply(fork, coldMigration({ port: 'vm2', source: 'b', dest: 'c' }), deaf);
  expect(unicast(fork, 'a')).toEqual(unicast(overlay, 'a'));
  expect(fork.ports.get('vm2')?.bindings).toEqual([{ host: 'c', status: 'ACTIVE' }]);
  expect(overlay.ports.get('vm2')?.bindings).toEqual([{ host: 'b', status: 'ACTIVE' }]);
});

test('with a focus, the tables of that host are as if everybody had listened', () => {
  const described = {
    hosts: ['a', 'b', 'c'].map((host, i) => ({ host, vtepIp: `10.1.0.${i + 1}` })),
    networks: [{ id: 'net', segment: VXLAN }],
    ports: [1, 2, 3, 4].map((n) => ({ ...port(n), host: ['a', 'b', 'c', 'b'][n - 1] ?? 'a' })),
    tunnelTypes: ['vxlan'],
    bridgeMappings: {},
  } as const;
  const dump = (focus: ReadonlySet<string> | null, host: string): string[] => {
    const { overlay } = settledOverlay(config('l2pop-arp'), described, focus);
    return dumpFlows(agentOf(overlay, host), 'br-tun', overlay.config);
  };
  expect(dump(new Set(['b']), 'b')).toEqual(dump(null, 'b'));
  expect(dump(new Set(['b']), 'a').length).toBeLessThan(dump(null, 'a').length);
});

test('ports reported together are announced one by one, and asked about together', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a' });
  const sent = apply(overlay, [
    { type: 'port.created', port: port(2), host: 'b' },
    { type: 'port.created', port: port(3), host: 'b' },
    { type: 'port.up', ports: ['vm2', 'vm3'], host: 'b', blocked: false },
  ]);
  expect(sent[0]).toMatchObject({ method: 'update_device_list', devicesUp: ['vm2', 'vm3'], refreshTunnels: true });
  expect(shorthand(sent).filter((m) => m.startsWith('fanout'))).toEqual([
    'fanout add 2:F2',
    'fanout add 2:F2',
    'fanout add 2:F3',
    'fanout add 2:F3',
  ]);
});

test('a described cloud settles, and what cannot be placed is named', () => {
  const { overlay, omitted } = settledOverlay(config('l2pop'), {
    hosts: [{ host: 'a', vtepIp: '10.1.0.1' }],
    networks: [{ id: 'net', segment: VXLAN }],
    ports: [
      { ...port(1), host: 'a' },
      { ...port(2), host: 'z' },
      { ...port(3, 'gone'), host: 'a' },
    ],
    tunnelTypes: ['vxlan'],
    bridgeMappings: {},
  });
  expect(overlay.ports.get('vm1')?.status).toBe('ACTIVE');
  expect(omitted.map((o) => o.why)).toEqual(['host z has no known VTEP', 'its network gone is not described']);
});
