// Flow tables, traces and reachability of a recorded cluster, as people ask for them.
import { describe, expect, test } from 'vitest';
import { assert } from '../../../domain/base/result.ts';
import { DEFAULT_CHOICE } from '../../../domain/network/cloud-overlay.ts';
import { parseFault } from '../../../domain/network/fault-parse.ts';
import { flowAnswer, flowChange } from '../../../domain/network/flow-answer.ts';
import { cloudOf } from '../../../domain/network/from-state.ts';
import { reachAnswer, traceAnswer, type TraceQuestion } from '../../../domain/network/trace-answer.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { hostState } from '../drill/states.ts';
import { overlaid, portState } from './clouds.ts';

const seen = (state: ClusterState) => ({ state, seen: cloudOf(state) });
const question = (change: Partial<TraceQuestion>): TraceQuestion => ({
  ...DEFAULT_CHOICE,
  from: 'vm-a',
  to: null,
  packet: null,
  faults: [],
  ipBytes: 84,
  ...change,
});
const traced = (change: Partial<TraceQuestion>, state = overlaid()) => {
  const answer = traceAnswer(seen(state), question(change));
  assert(answer.ok, answer.ok ? '' : answer.error);
  return answer.value;
};
const refused = (change: Partial<TraceQuestion>): string => {
  const answer = traceAnswer(seen(overlaid()), question(change));
  return answer.ok ? 'answered' : answer.error;
};

describe('trace', () => {
  test('an echo to another host goes through one tunnel with the VNI of its network', () => {
    const answer = traced({ to: 'vm-b' });
    expect(answer.hops).toEqual([
      {
        from: 'h1',
        to: 'h2',
        type: 'vxlan',
        localIp: '192.0.2.1',
        remoteIp: '192.0.2.2',
        tunId: 100,
        outerBytes: 134,
        lost: null,
      },
    ]);
    expect(answer.verdict).toMatch(/^delivered to vm-b \(tap00000002-00\) on h2/);
    expect(answer.delivered).toBe(true);
    expect(new Set(answer.steps.map((s) => s.host))).toEqual(new Set(['h1', 'h2']));
    expect(() => JSON.stringify(answer)).not.toThrow();
  });

  test('source addresses and the MAC of a known destination are filled in; what is given stays', () => {
    expect(traced({ packet: 'icmp,nw_dst=10.0.0.2' }).packet).toBe(
      'icmp,dl_src=fa:16:3e:00:00:01,dl_dst=fa:16:3e:00:00:02,nw_src=10.0.0.1,nw_dst=10.0.0.2',
    );
    expect(traced({ packet: 'icmp,dl_src=fa:16:3e:ff:ff:ff,nw_dst=10.0.0.2' })).toMatchObject({
      delivered: false,
      verdict: expect.stringMatching(/may not send from fa:16:3e:ff:ff:ff/),
    });
  });

  test('an ARP request is answered at home with the responder, and flooded without', () => {
    const arp = { packet: 'arp,arp_op=1,arp_tpa=10.0.0.2' };
    expect(traced(arp)).toMatchObject({ hops: [], verdict: 'answered by h1 itself, by its ARP responder' });
    expect(traced({ ...arp, mode: 'no-l2pop' }).hops).toHaveLength(2);
  });

  test('an address of no neighbour needs a router, which is said; groups need nobody', () => {
    const away = traced({ packet: 'icmp,nw_dst=10.0.9.9' });
    expect(away.delivered).toBe(false);
    expect(away.verdict).toMatch(/no port of the network has the address 10\.0\.9\.9: a router must forward it/);
    expect(traced({ packet: 'dl_type=0x88b5' }).verdict).toContain('no destination');
    expect(traced({ packet: 'icmp,dl_src=fa:16:3e:66:66:66,nw_dst=10.0.9.9' }).verdict).toMatch(/table 25/);
    expect(traced({ packet: 'udp,nw_dst=224.0.0.251,udp_dst=5353' }).packet).toContain('dl_dst=01:00:5e:00:00:fb');
    expect(traced({ packet: 'udp,nw_dst=255.255.255.255,udp_dst=67' }).packet).toContain('dl_dst=ff:ff:ff:ff:ff:ff');
    expect(traced({ packet: 'icmp6,ipv6_dst=ff02::1:ff00:2,icmpv6_type=135' }).packet).toContain(
      'dl_dst=33:33:ff:00:00:02',
    );
  });

  test('a frame nobody owns is flooded, and that is not a delivery', () => {
    const answer = traced({ packet: 'icmp,dl_dst=fa:16:3e:12:34:56,nw_dst=192.0.2.9' });
    expect(answer.delivered).toBe(false);
    expect(answer.verdict).toMatch(/none of which has the MAC fa:16:3e:12:34:56/);
  });

  test('a fenced host loses what is sent to it', () => {
    const hosts = ['h1', 'h2', 'h3'].map((name, i) =>
      hostState(name, { vtepIp: `192.0.2.${i + 1}`, fenced: name === 'h2' }),
    );
    expect(traced({ to: 'vm-b' }, overlaid({ hosts }))).toMatchObject({
      delivered: false,
      verdict: expect.stringMatching(/^lost between h1 and h2: h2 .* is switched off$/),
    });
  });

  test('nothing leaves a fenced host; a host that is only reported down may still forward, which is said', () => {
    const hosts = (change: object) =>
      ['h1', 'h2', 'h3'].map((name, i) =>
        hostState(name, { vtepIp: `192.0.2.${i + 1}`, ...(name === 'h1' ? change : {}) }),
      );
    const fenced = traceAnswer(seen(overlaid({ hosts: hosts({ fenced: true }) })), question({ to: 'vm-b' }));
    expect(fenced).toEqual({ ok: false, error: 'vm-a sends nothing: its host h1 is fenced at this instant.' });
    const down = traced({ to: 'vm-b' }, overlaid({ hosts: hosts({ up: false }) }));
    expect(down.delivered).toBe(true);
    expect(down.assumptions).toEqual(['h1 is reported down, but not fenced: its switch is taken to forward still.']);
  });

  test('what is not understood is named', () => {
    expect(refused({ packet: 'icmp,colour=blue' })).toMatch(/unknown match field "colour"/);
    expect(refused({ packet: 'icmp,nw_dst=10.0.0.2', from: 'vm-z' })).toBe(
      'There is no port and no VM vm-z at this instant.',
    );
    expect(refused({ to: 'vm-c' })).toMatch(/different networks/);
    expect(refused({ to: 'vm-a' })).toMatch(/same port/);
    expect(refused({})).toMatch(/Say what is sent/);
    expect(refused({ to: 'vm-b', faults: ['vtep-down:h9'] })).toBe(
      '"vtep-down:h9": there is no host h9 at this instant.',
    );
  });
});

describe('faults', () => {
  test.each([
    ['vtep-down:h2', /VTEP of h2/],
    ['tunnel-lost:h1,h2', /cut/],
    ['vxlan-port:h2,8472', /8472/],
    ['underlay-mtu:h1,100', /MTU/],
    ['wrong-vni:h2,net-a,101', /no network on this host has tunnel id 100/],
  ])('%s breaks the first hop it is in', (fault, why) => {
    const whole = reachAnswer(seen(overlaid()), { ...question({}), to: 'vm-b' });
    expect(whole).toMatchObject({ ok: true, value: { reachable: true, broken: null } });
    const broken = reachAnswer(seen(overlaid()), { ...question({ faults: [fault] }), to: 'vm-b' });
    assert(broken.ok, fault);
    expect(broken.value.reachable).toBe(false);
    expect(broken.value.broken?.reason).toMatch(why);
  });

  test.each([
    'vtep:h1',
    'vtep-down',
    'vtep-down:',
    'underlay-mtu:h1,many',
    'wrong-vni:h1,net-z,5',
    'vxlan-port:h1,70000',
  ])('%s is refused', (written) => {
    expect(parseFault(written, { state: overlaid(), seen: cloudOf(overlaid()) }).ok).toBe(false);
  });
});

describe('flows', () => {
  const asked = { ...DEFAULT_CHOICE, host: 'h1', bridge: 'br-tun', dialect: null } as const;

  test('the table of a host knows where its network is, and says what numbers mean', () => {
    const answer = flowAnswer(seen(overlaid()), asked);
    assert(answer.ok, 'h1 has flows');
    expect(answer.value.dump).toContain(
      'table=20, priority=2,dl_vlan=1,dl_dst=fa:16:3e:00:00:02 actions=pop_vlan,set_field:0x64->tun_id,output:3',
    );
    expect(answer.value.legend.ports).toContainEqual({ ofport: 3, name: 'vxlan-c0000202', leadsTo: 'h2' });
    expect(answer.value.legend.vlans).toEqual([{ vlan: 1, network: 'net-a', name: 'blue', segmentationId: 100 }]);
    expect(answer.value.flows.map((f) => f.text).toSorted()).toEqual(answer.value.dump.toSorted());
  });

  test('what changes when a VM moves is its own entries', () => {
    const moved = overlaid({ ports: overlaid().ports.map((p) => (p.vm === 'b' ? { ...p, host: 'h3' } : p)) });
    const change = flowChange(seen(overlaid()), seen(moved), asked);
    assert(change.ok, 'both have h1');
    const touched = [...change.value.added, ...change.value.removed];
    expect(touched.filter((line) => line.includes('table=20'))).toEqual([
      'table=20, priority=2,dl_vlan=1,dl_dst=fa:16:3e:00:00:02 actions=pop_vlan,set_field:0x64->tun_id,output:4',
      'table=20, priority=2,dl_vlan=1,dl_dst=fa:16:3e:00:00:02 actions=pop_vlan,set_field:0x64->tun_id,output:3',
    ]);
    expect(change.value.added).toHaveLength(change.value.removed.length);
    expect(flowChange(seen(overlaid()), seen(overlaid()), asked)).toMatchObject({ value: { added: [], removed: [] } });
  });

  test('no such host, and no Open vSwitch', () => {
    expect(flowAnswer(seen(overlaid()), { ...asked, host: 'h9' })).toMatchObject({ ok: false });
    expect(flowAnswer(seen(overlaid()), { ...asked, mode: 'multicast' })).toMatchObject({ ok: false });
  });

  test('a port not plugged sends nothing', () => {
    const state = overlaid({ ports: [portState('a', 'h1', 1, { status: 'DOWN' }), portState('b', 'h2', 2)] });
    expect(traceAnswer(seen(state), question({ to: 'vm-b' }))).toMatchObject({
      ok: false,
      error: expect.stringMatching(/plugged nowhere/),
    });
  });
});
