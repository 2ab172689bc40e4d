// The cluster's state as an overlay: what is taken, what is assumed and said, and figures that agree with the built tables.
import { expect, test } from 'vitest';
import { numberingOf } from '../../../domain/network/numbering.ts';
import { cloudOf, tapName } from '../../../domain/network/from-state.ts';
import { flowsOf } from '../../../domain/network/host-flows.ts';
import { broadcastFigures, MODES, overviewOf } from '../../../domain/network/overview.ts';
import { settledOverlay } from '../../../domain/network/settled-overlay.ts';
import { tunnelPorts } from '../../../domain/network/tunnel-port.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';
import { overlaid, portState } from './clouds.ts';

test('what is recorded is taken as it is, and nothing is assumed', () => {
  const { cloud, assumptions, vms } = cloudOf(overlaid());
  expect(assumptions).toEqual([]);
  expect(cloud.hosts[0]).toEqual({ host: 'h1', vtepIp: '192.0.2.1' });
  expect(cloud.networks[0]).toEqual({
    id: 'net-a',
    segment: { networkType: 'vxlan', segmentationId: 100, physicalNetwork: null },
  });
  expect(cloud.ports[0]).toMatchObject({ mac: 'fa:16:3e:00:00:01', vif: 'tap00000001-00', host: 'h1' });
  expect(vms.get(cloud.ports[0]?.id ?? '')).toBe('a');
});

test('Nova names an interface after the first eleven characters of the port', () => {
  expect(tapName('78196a4c-5f3e-4b52-9d2c-0f1f7f3a7a11')).toBe('tap78196a4c-5f');
  expect(tapName('p1')).toBe('tapp1');
});

test('ports whose ids begin alike, as those made for a VM on two networks, have interfaces of their own', () => {
  const vm = '78196a4c-5f3e-4b52-9d2c-0f1f7f3a7a11';
  const addresses = ['blue', 'red'].map((network, i) => ({ network, ip: `10.0.${i}.3` }));
  const { cloud } = cloudOf(clusterOf([hostState('h1')], [vmState(vm, 'h1', { addresses })]));
  const vifs = cloud.ports.map((p) => p.vif);
  expect(vifs[0]).toBe('tap78196a4c-5f');
  expect(vifs[1]).toMatch(/^tap[\da-f]{8}$/);
  const alike = Array.from({ length: 50 }, (_, i) => portState('a', 'h1', 1, { id: vm.slice(0, -2) + (i + 10) }));
  expect(new Set(cloudOf(overlaid({ ports: alike })).cloud.ports.map((p) => p.vif)).size).toBe(50);
});

test('a log that tells hosts and addresses only still has an overlay, and says what it made up', () => {
  const state = clusterOf(
    [hostState('h1'), hostState('h2', { managementIp: '10.9.0.2' })],
    [vmState('a', 'h1', { addresses: [{ network: 'private', ip: '10.0.0.3' }] }), vmState('b', 'h2')],
  );
  const { cloud, assumptions } = cloudOf(state);
  expect(cloud.hosts.map((h) => h.vtepIp)).toEqual(['198.18.0.1', '10.9.0.2']);
  expect(cloud.networks).toEqual([
    { id: 'private', segment: { networkType: 'vxlan', segmentationId: 1, physicalNetwork: null } },
  ]);
  expect(cloud.ports).toHaveLength(1);
  expect(cloud.ports[0]?.mac).toMatch(/^fa:16:3e:/);
  expect(assumptions).toHaveLength(6);
  expect(assumptions.join(' ')).toMatch(/1 port not recorded: made from the addresses of the VMs/);
});

test('a port that is DOWN is plugged nowhere; a fenced host does not answer; a tunnel reported down is cut', () => {
  const tunnel = { type: 'vxlan', localIp: '192.0.2.1', remoteIp: '192.0.2.2', host: 'h1', remoteHost: 'h2' };
  const { cloud, underlay } = cloudOf(
    overlaid({
      hosts: [hostState('h1', { vtepIp: '192.0.2.1' }), hostState('h2', { vtepIp: '192.0.2.2', fenced: true })],
      ports: [portState('a', 'h1', 1, { status: 'DOWN' })],
      tunnels: [{ id: 'h1>h2', ...tunnel, udpPort: null, up: false }],
    }),
  );
  expect(cloud.ports[0]?.host).toBeNull();
  expect([...underlay.off]).toEqual(['h2']);
  expect([...underlay.cut]).toEqual(['h1|h2']);
});

test.each(MODES)('the overview counts flows and tunnels of %s as the built overlay has them', (mode) => {
  const state = overlaid({ ports: [...overlaid().ports, portState('c', 'h3', 5, { ips: ['10.0.0.5', '10.0.0.6'] })] });
  const seen = cloudOf(state);
  for (const style of ['master', 'classic'] as const) {
    const { overlay } = settledOverlay({ mode, style, l3Plugin: true }, seen.cloud);
    const agents = [...overlay.agents.values()];
    const told = overviewOf(state, seen, style).modes.find((m) => m.mode === mode);
    expect(told?.tunnels).toBe(agents.reduce((sum, a) => sum + tunnelPorts(a).length, 0));
    expect(told?.flows).toBe(agents.reduce((sum, a) => sum + flowsOf(a, 'br-tun', overlay.config).length, 0));
  }
});

test('a broadcast goes to every VTEP in a full mesh, and with l2population to those of its network', () => {
  const state = overlaid();
  const overview = overviewOf(state, cloudOf(state), 'master');
  const blue = overview.networks.find((n) => n.name === 'blue');
  expect(blue?.hosts).toEqual([0, 1]);
  expect(broadcastFigures(overview, blue!, 'no-l2pop')).toMatchObject({
    copies: 2,
    wasted: 1,
    arpPackets: 2,
    fanouts: 0,
  });
  expect(broadcastFigures(overview, blue!, 'l2pop-arp')).toMatchObject({ copies: 1, wasted: 0, arpPackets: 0 });
});

test('a port bound elsewhere than its VM runs is found, and so is a tunnel without a way back', () => {
  const t = (host: string, remoteHost: string, localIp: string, remoteIp: string) =>
    ({
      id: `${host}>${remoteHost}`,
      host,
      remoteHost,
      type: 'vxlan',
      localIp,
      remoteIp,
      udpPort: null,
      up: true,
    }) as const;
  const state = overlaid({
    ports: [portState('a', 'h2', 1)],
    tunnels: [
      t('h1', 'h2', '192.0.2.1', '192.0.2.2'),
      t('h2', 'h1', '192.0.2.2', '192.0.2.1'),
      t('h1', 'h3', '192.0.2.1', '192.0.2.3'),
      t('h3', 'h2', '192.0.2.3', '192.0.2.2'),
    ],
  });
  expect(overviewOf(state, cloudOf(state), 'master').lints.map((l) => [l.code, l.host])).toEqual([
    ['one-way-tunnel', 'h1'],
    ['one-way-tunnel', 'h3'],
    ['stale-binding', 'h2'],
  ]);
  expect(overviewOf(overlaid(), cloudOf(overlaid()), 'master').lints).toEqual([]);
});

test('numbers follow names, so a new VM elsewhere leaves every other number alone', () => {
  const before = cloudOf(overlaid()).cloud;
  const after = cloudOf(overlaid({ ports: [...overlaid().ports, portState('b', 'h2', 9)] })).cloud;
  const [alone, both] = [numberingOf([before]), numberingOf([before, after])];
  for (const host of ['h1', 'h2', 'h3']) {
    for (const name of ['vxlan-c0000201', 'vxlan-c0000203'])
      expect(alone.ofport(host, 'br-tun', name)).toBe(both.ofport(host, 'br-tun', name));
    expect(alone.localVlan(host, 'net-b')).toBe(both.localVlan(host, 'net-b'));
  }
  expect(
    new Set(before.ports.filter((p) => p.host === 'h1').map((p) => alone.ofport('h1', 'br-int', p.vif))).size,
  ).toBe(2);
});
