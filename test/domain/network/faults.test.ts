// Reachability and lints: every fault breaks the hop it should, and is found before a packet is.
import { expect, test } from 'vitest';
import { withFault, type NetworkFault } from '../../../domain/network/fault.ts';
import { lintOverlay } from '../../../domain/network/lint.ts';
import { reach, type Reachability } from '../../../domain/network/reach.ts';
import { boot, liveMigration } from '../../../domain/network/story.ts';
import { Memory, PING_IP_BYTES } from '../../../domain/network/trace.ts';
import { SOUND_UNDERLAY, VXLAN_PORT_LINUX } from '../../../domain/network/underlay.ts';
import { agentOf, apply, cloud, config, port, VXLAN } from './cloud.ts';

const SOUND = { overlay: cloud(config('l2pop-arp'), { 1: 'a', 2: 'b', 3: 'c' }), underlay: SOUND_UNDERLAY };

const ask = (faults: readonly NetworkFault[], ipBytes = PING_IP_BYTES, from = 'vm1', to = 'vm2'): Reachability => {
  const { overlay, underlay } = faults.reduce(withFault, SOUND);
  return reach(overlay, from, to, { underlay, nowMs: 0, memory: new Memory(), ipBytes });
};

const lints = (faults: readonly NetworkFault[], guestMtu = 1450): string[] => {
  const { overlay, underlay } = faults.reduce(withFault, SOUND);
  return lintOverlay(overlay, { underlay, guestMtuBytes: new Map([['net', guestMtu]]) }).map((l) => l.code);
};

test('a sound cloud: everybody reaches everybody in every mode, nothing to lint', () => {
  for (const mode of ['no-l2pop', 'l2pop', 'l2pop-arp', 'multicast'] as const) {
    const overlay = cloud(config(mode), { 1: 'a', 2: 'b', 3: 'b' });
    const options = { underlay: SOUND_UNDERLAY, nowMs: 0, memory: new Memory(), ipBytes: 1450 };
    for (const [from, to] of [
      ['vm1', 'vm2'],
      ['vm2', 'vm3'],
      ['vm3', 'vm1'],
    ] as const) {
      expect(reach(overlay, from, to, options).broken, `${mode} ${from} ${to}`).toBeNull();
    }
  }
  expect(lints([])).toEqual([]);
});

test('a VTEP that is down', () => {
  expect(ask([{ kind: 'vtep-down', host: 'b' }]).broken).toEqual({
    phase: 'echo',
    at: 'a -> b',
    reason: 'the VTEP of b (10.1.0.2) is down',
  });
});

test('a lost tunnel breaks that pair only', () => {
  const fault: NetworkFault = { kind: 'tunnel-lost', hosts: ['b', 'a'] };
  expect(ask([fault]).broken?.reason).toBe('the path between the VTEPs of a and b is cut');
  expect(ask([fault], PING_IP_BYTES, 'vm1', 'vm3').reachable).toBe(true);
});

test('an underlay without room for the headers loses large packets only', () => {
  expect(ask([], 1450).reachable).toBe(true);
  expect(ask([], 1451).broken?.reason).toContain('1501 bytes does not fit the underlay MTU of 1500');
  expect(ask([{ kind: 'underlay-mtu', host: 'b', mtuBytes: 1400 }], 1400).broken).toMatchObject({
    phase: 'echo',
    at: 'a -> b',
  });
  expect(lints([{ kind: 'underlay-mtu', host: 'b', mtuBytes: 1400 }])).toEqual(['mtu-too-small']);
});

test('two hosts with one VTEP address', () => {
  const fault: NetworkFault = { kind: 'duplicate-vtep', host: 'c', twin: 'b' };
  expect(ask([fault]).broken?.reason).toBe('b and c both own the VTEP address 10.1.0.2');
  expect(lints([fault])).toContain('duplicate-vtep');
});

test('a host that uses another VNI drops after decapsulation', () => {
  const fault: NetworkFault = { kind: 'wrong-vni', host: 'b', network: 'net', segmentationId: 7 };
  expect(ask([fault]).broken).toEqual({
    phase: 'echo',
    at: 'b br-tun table 4',
    reason: 'no network on this host has tunnel id 6',
  });
  expect(lints([fault])).toEqual(['segment-mismatch']);
});

test('VXLAN ports 4789 and 8472 do not meet', () => {
  const fault: NetworkFault = { kind: 'vxlan-port', host: 'b', udpPort: VXLAN_PORT_LINUX };
  expect(ask([fault]).broken?.reason).toBe('a sends VXLAN to UDP port 4789, b listens on 8472');
  expect(lints([fault])).toEqual(['vxlan-port-mismatch']);
});

test('a stale entry after a migration sends to the wrong host', () => {
  const fault: NetworkFault = { kind: 'stale-fdb', host: 'a', port: 'vm2', oldHost: 'c' };
  expect(ask([fault]).broken).toMatchObject({ phase: 'echo', at: 'a -> c' });
  expect(ask([fault]).broken?.reason).toContain('the forwarding entry on a is stale');
  expect(lints([fault])).toEqual(['stale-fdb']);
});

test('all pairs: a host that is cut off breaks the pairs it is in, and no other', () => {
  const { overlay, underlay } = withFault(SOUND, { kind: 'vtep-down', host: 'c' });
  const vms = ['vm1', 'vm2', 'vm3'];
  const broken = vms.flatMap((from) =>
    vms.flatMap((to) => {
      if (to === from) return [];
      const found = reach(overlay, from, to, { underlay, nowMs: 0, memory: new Memory(), ipBytes: PING_IP_BYTES });
      return found.reachable ? [] : [`${from} ${to}`];
    }),
  );
  expect(broken).toEqual(['vm1 vm3', 'vm2 vm3', 'vm3 vm1', 'vm3 vm2']);
});

test('between activation and binding of a live migration the guest cannot be reached, and the reason is named', () => {
  const overlay = cloud(config('no-l2pop'), { 1: 'a', 2: 'b', 3: 'c' });
  apply(overlay, liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, 'dest').slice(0, 3));
  const options = { underlay: SOUND_UNDERLAY, nowMs: 0, memory: new Memory(), ipBytes: PING_IP_BYTES };
  expect(reach(overlay, 'vm1', 'vm2', options).broken).toEqual({
    phase: 'address request',
    at: 'c',
    reason: 'tap2 is not bound yet: the frame reaches it with local VLAN 1',
  });
});

test('ports that cannot meet say why', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a' });
  apply(overlay, [
    { type: 'network.created', network: 'other', segment: { ...VXLAN, segmentationId: 8 } },
    ...boot(port(2, 'other'), 'b'),
    { type: 'port.created', port: port(3), host: null },
  ]);
  const options = { underlay: SOUND_UNDERLAY, nowMs: 0, memory: new Memory(), ipBytes: PING_IP_BYTES };
  expect(reach(overlay, 'vm1', 'vm2', options).broken?.reason).toContain('different networks');
  expect(reach(overlay, 'vm1', 'vm3', options).broken?.reason).toContain('bound to no host');
  expect(reach(overlay, 'vm1', 'vm9', options).broken?.reason).toBe('port vm9 does not exist');
});

test('one-way tunnels, missing entries and over-flooding are found', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  agentOf(overlay, 'b').tunnels.clear();
  const local = agentOf(overlay, 'a').vlans.get('net');
  local?.unicast.clear();
  const found = lintOverlay(overlay, { underlay: SOUND_UNDERLAY, guestMtuBytes: new Map() });
  expect(found.filter((l) => l.host === 'a').map((l) => l.code)).toEqual(['one-way-tunnel', 'missing-fdb']);
  if (local !== undefined) local.floodFlow = [9];
  const codes = lintOverlay(overlay, { underlay: SOUND_UNDERLAY, guestMtuBytes: new Map() }).filter(
    (l) => l.host === 'a',
  );
  expect(codes.map((l) => l.code)).toEqual(['one-way-tunnel', 'missing-fdb', 'missing-flood', 'over-flooding']);
});
