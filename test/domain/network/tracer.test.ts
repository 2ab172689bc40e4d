// The tracer: learning and its end, the ARP responder, split horizon, provider networks, the multicast group.
import { expect, test } from 'vitest';
import { parseMac } from '../../../domain/network/address.ts';
import type { Overlay } from '../../../domain/network/overlay.ts';
import { describePacket, EMPTY_PACKET, parsePacket, type Packet } from '../../../domain/network/packet.ts';
import { liveMigration } from '../../../domain/network/story.ts';
import type { Trace } from '../../../domain/network/trace-result.ts';
import { Memory, PING_IP_BYTES, trace } from '../../../domain/network/trace.ts';
import { SOUND_UNDERLAY, type Underlay } from '../../../domain/network/underlay.ts';
import { apply, cloud, config, VXLAN } from './cloud.ts';

const packet = (spec: string): Packet => {
  const parsed = parsePacket(spec);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const send = (overlay: Overlay, memory: Memory, n: number, host: string, what: Packet, nowMs = 0): Trace => {
  const options = { nowMs, learn: true, underlay: SOUND_UNDERLAY, ipBytes: PING_IP_BYTES };
  const found = trace(overlay, memory, { host, port: `tap${n}` }, what, options);
  if (!found.ok) throw new Error(found.error);
  return found.value;
};

const mac = (n: number): string => `fa:16:3e:00:00:0${n}`;
const icmp = (from: number, to: number): Packet =>
  packet(`icmp,dl_src=${mac(from)},dl_dst=${mac(to)},nw_src=10.0.0.${from},nw_dst=10.0.0.${to}`);
const arpRequest = (from: number, to: number): Packet =>
  packet(
    `arp,dl_src=${mac(from)},dl_dst=ff:ff:ff:ff:ff:ff,arp_op=1,arp_spa=10.0.0.${from},arp_tpa=10.0.0.${to},arp_sha=${mac(from)}`,
  );
/** What QEMU broadcasts when a guest resumes on another host. */
const rarp = (n: number): Packet =>
  packet(`dl_type=0x8035,dl_src=${mac(n)},dl_dst=ff:ff:ff:ff:ff:ff,arp_op=3,arp_sha=${mac(n)},arp_tha=${mac(n)}`);
const where = (t: Trace): string[] => t.deliveries.map((d) => `${d.host} ${d.port}`).sort();
const copies = (t: Trace): string[] => t.hops.map((h) => h.to ?? '?').sort();

test('an unknown unicast floods; the answer is learned for 300 s; then it floods again', () => {
  const overlay = cloud(config('no-l2pop'), { 1: 'a', 2: 'b', 3: 'c' });
  const memory = new Memory();
  expect(copies(send(overlay, memory, 1, 'a', icmp(1, 2)))).toEqual(['b', 'c']);
  send(overlay, memory, 2, 'b', icmp(2, 1));
  const learned = send(overlay, memory, 1, 'a', icmp(1, 2), 299_999);
  expect(copies(learned)).toEqual(['b']);
  expect(learned.steps.find((s) => s.table === 20)).toMatchObject({
    priority: 1,
    match: 'vlan_tci=0x0001/0x0fff,dl_dst=fa:16:3e:00:00:02',
    actions: 'load:0->NXM_OF_VLAN_TCI[],load:0x6->NXM_NX_TUN_ID[],output:2',
  });
  expect(copies(send(overlay, memory, 1, 'a', icmp(1, 2), 300_000))).toEqual(['b', 'c']);
});

test('a broadcast reaches every host of the network once and never goes from tunnel to tunnel', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b', 3: 'c', 4: 'c' });
  const found = send(overlay, new Memory(), 1, 'a', arpRequest(1, 9));
  expect(found.hops.map((h) => h.from)).toEqual(['a', 'a']);
  expect(where(found)).toEqual(['b tap2', 'c tap3', 'c tap4']);
});

test('the ARP responder answers for a VM elsewhere without a tunnel packet, and not for one on the same host', () => {
  const overlay = cloud(config('l2pop-arp'), { 1: 'a', 2: 'b', 3: 'a' });
  const answered = send(overlay, new Memory(), 1, 'a', arpRequest(1, 2));
  expect(answered.hops).toEqual([]);
  expect(answered.deliveries.filter((d) => d.reply && d.port === 'tap1').map((d) => d.packet.arp_sha)).toEqual([
    parseMac(mac(2)),
  ]);
  expect(copies(send(overlay, new Memory(), 1, 'a', arpRequest(1, 3)))).toEqual(['b']);
});

test('a spoofed source MAC and a spoofed ARP address are dropped where they enter', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  const spoofed = send(overlay, new Memory(), 1, 'a', icmp(5, 2));
  expect(spoofed.drops).toEqual([
    { host: 'a', bridge: 'br-int', table: 25, reason: 'the port may not send from fa:16:3e:00:00:05' },
  ]);
  const lying = send(overlay, new Memory(), 1, 'a', { ...arpRequest(1, 2), arp_spa: 1n });
  expect(lying.drops.map((d) => `${d.table} ${d.reason}`)).toEqual(['24 the port may not speak ARP for 0.0.0.1']);
});

test('an encapsulated packet carries the VNI and 50 bytes more', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  expect(send(overlay, new Memory(), 1, 'a', icmp(1, 2)).hops).toMatchObject([
    { from: 'a', to: 'b', tunId: 6n, outerBytes: PING_IP_BYTES + 50, lost: null },
  ]);
});

test('a guest that resumes before its port is bound announces itself in vain', () => {
  const overlay = cloud(config('no-l2pop'), { 1: 'a', 2: 'b' });
  apply(overlay, liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, 'dest').slice(0, 2));
  const found = send(overlay, new Memory(), 2, 'c', rarp(2));
  expect([found.hops, found.drops.map((d) => `${d.bridge} ${d.table}`)]).toEqual([[], ['br-tun 22']]);
});

test('a learned entry outlives the move and still sends to the old host', () => {
  const overlay = cloud(config('no-l2pop'), { 1: 'a', 2: 'b', 3: 'b' });
  const memory = new Memory();
  send(overlay, memory, 2, 'b', arpRequest(2, 1));
  apply(overlay, liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, 'dest'));
  expect(copies(send(overlay, memory, 1, 'a', icmp(1, 2), 1000))).toEqual(['b']);
  send(overlay, memory, 2, 'c', rarp(2), 2000);
  expect(where(send(overlay, memory, 1, 'a', icmp(1, 2), 3000))).toEqual(['c tap2']);
});

test('a vlan network crosses the physical wire with the provider tag', () => {
  const segment = { networkType: 'vlan', segmentationId: 101, physicalNetwork: 'provider' } as const;
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' }, segment);
  const crossed = send(overlay, new Memory(), 1, 'a', arpRequest(1, 2));
  expect(where(crossed)).toEqual(['b tap2']);
  const wire = { from: 'a', bridge: 'br-ex', physicalNetwork: 'provider', localVlan: 1, heardBy: ['b', 'c'] };
  expect(crossed.wires).toEqual([{ ...wire, vlan: 101 }]);
  const flat = cloud(
    config('l2pop'),
    { 1: 'a', 3: 'c' },
    { networkType: 'flat', segmentationId: null, physicalNetwork: 'provider' },
  );
  const untagged = send(flat, new Memory(), 1, 'a', arpRequest(1, 3));
  expect(where(untagged)).toEqual(['c tap3']);
  expect(untagged.wires).toEqual([{ ...wire, vlan: null }]);
});

test.each(['master', 'classic'] as const)(
  'provider networks of the %s style: only hosts with power, and what fits',
  (style) => {
    const segment = { networkType: 'vlan', segmentationId: 101, physicalNetwork: 'provider' } as const;
    const overlay = cloud(config('l2pop', { style }), { 1: 'a', 2: 'b', 3: 'c' }, segment);
    const to = (underlay: Partial<Underlay>, ipBytes: number): Trace => {
      const options = { nowMs: 0, learn: false, underlay: { ...SOUND_UNDERLAY, ...underlay }, ipBytes };
      const found = trace(overlay, new Memory(), { host: 'a', port: 'tap1' }, icmp(1, 2), options);
      if (!found.ok) throw new Error(found.error);
      return found.value;
    };
    expect(where(to({}, 1500))).toEqual(['b tap2', 'c tap3']);
    expect(where(to({ down: new Set(['b']) }, 1500))).toEqual(['b tap2', 'c tap3']);
    const off = to({ off: new Set(['b']) }, 1500);
    expect(where(off)).toEqual(['c tap3']);
    expect(off.drops.map((d) => d.reason)).toContain('b is switched off');
    expect(where(to({ mtuBytes: new Map([['c', 9000]]) }, 1501))).toEqual([]);
  },
);

test('a tag that says only a priority is no VLAN: an access port takes the frame, and gives it out without', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b', 3: 'a' });
  const tagged = packet(`icmp,dl_vlan=0,dl_vlan_pcp=5,dl_src=${mac(1)},dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1`);
  const found = send(overlay, new Memory(), 1, 'a', tagged);
  expect(where(found)).toEqual(['a tap3', 'b tap2']);
  expect(found.deliveries.every((d) => d.packet.vlan_tci === 0n)).toBe(true);
  const other = packet(`icmp,dl_vlan=9,dl_src=${mac(1)},dl_dst=ff:ff:ff:ff:ff:ff,nw_src=10.0.0.1`);
  expect(send(overlay, new Memory(), 1, 'a', other).drops[0]?.reason).toContain('tagged frame (VLAN 9)');
});

test('with a Linux bridge, provider networks need no group, and other tunnels do not exist', () => {
  const vlan = { networkType: 'vlan', segmentationId: 101, physicalNetwork: 'provider' } as const;
  const found = send(cloud(config('multicast'), { 1: 'a', 2: 'b' }, vlan), new Memory(), 1, 'a', arpRequest(1, 2));
  expect(found.hops).toEqual([]);
  expect(where(found)).toEqual(['b tap2']);
  const gre = cloud(config('multicast'), { 1: 'a' }, { ...VXLAN, networkType: 'gre' });
  const options = { nowMs: 0, learn: false, underlay: SOUND_UNDERLAY, ipBytes: PING_IP_BYTES };
  const refused = trace(gre, new Memory(), { host: 'a', port: 'tap1' }, arpRequest(1, 2), options);
  expect(refused).toMatchObject({ ok: false, error: expect.stringContaining('no gre networks') as string });
});

test('a multicast group delivers one packet to every host with the network', () => {
  const overlay = cloud(config('multicast'), { 1: 'a', 2: 'b', 3: 'c' });
  expect(where(send(overlay, new Memory(), 1, 'a', arpRequest(1, 2)))).toEqual(['b tap2', 'c tap3']);
});

test('a packet that is not understood is refused by name', () => {
  const refused = (spec: string): string => {
    const parsed = parsePacket(spec);
    return parsed.ok ? 'understood' : parsed.error;
  };
  expect(refused('icmp,dl_dts=fa:16:3e:00:00:01')).toBe('unknown match field "dl_dts"');
  expect(refused('udp,ip_frag=later,nw_dst=10.0.0.1')).toBe('understood');
  expect(refused('udp,ip_frag=yes')).toBe('a packet has one nw_frag, not a range of them');
  expect(refused('arp,nw_frag=first')).toContain('nw_frag is given');
  expect(refused('udp,nw_frag=some')).toBe('"some" is no value of nw_frag');
  expect(refused('arp,nw_src=10.0.0.1')).toContain('nw_src is given');
  expect(refused('icmp,nw_dst=10.0.0.0/24')).toContain('not a range');
  expect(refused('icmp,dl_src=zz')).toBe('"zz" is no value of dl_src');
  expect(EMPTY_PACKET.vlan_tci).toBe(0n);
  expect(describePacket(arpRequest(1, 2))).toBe(
    'arp,dl_src=fa:16:3e:00:00:01,dl_dst=ff:ff:ff:ff:ff:ff,arp_op=1,arp_spa=10.0.0.1,arp_tpa=10.0.0.2',
  );
});
