// What a dump of one host costs does not grow with the cloud: it is read out once for all hosts, and only the host's networks are laid out.
import { expect, test } from 'vitest';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { DEFAULT_CHOICE, hostOverlay } from '../../../domain/network/cloud-overlay.ts';
import { dumpLints } from '../../../domain/network/dump-findings.ts';
import { dumpWorldAfter } from '../../../domain/network/dump-world.ts';
import { cloudOf } from '../../../domain/network/from-state.ts';
import { dumpFlows } from '../../../domain/network/host-flows.ts';
import { numberingOf } from '../../../domain/network/numbering.ts';
import { settledOverlay } from '../../../domain/network/settled-overlay.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { hostState } from '../drill/states.ts';
import { overlaid, portState } from './clouds.ts';

const worldOf = (state: ClusterState) => ({ state, seen: cloudOf(state) });
const event = (type: string, entity: string, data: object): LogEvent => ({ type, entity, data }) as LogEvent;
const tunnel = {
  id: 't',
  host: 'h1',
  type: 'vxlan',
  localIp: '192.0.2.1',
  remoteIp: '192.0.2.2',
  remoteHost: 'h2',
  udpPort: null,
  up: true,
} as const;

test('what `ovs-vsctl show` tells of each host leaves the cloud as it was, but for the VTEP', () => {
  const world = worldOf(overlaid({ tunnels: [tunnel] }));
  const told = [
    event('command.issued', 'host:h2', {}),
    event('tunnel.reported', 'tunnel:x', { host: 'h2', type: 'vxlan' }),
    event('host.flows_reported', 'host:h2', { bridge: 'br-tun', flows: [] }),
  ];
  for (const e of told) expect(dumpWorldAfter(world, e)).toBe(world);
  const moved = dumpWorldAfter(world, event('host.reported', 'host:h2', { vtepIp: '192.0.2.99' }));
  const hosts = ['h1', 'h2', 'h3'].map((name, i) => hostState(name, { vtepIp: `192.0.2.${i === 1 ? 99 : i + 1}` }));
  const again = worldOf(overlaid({ tunnels: [tunnel], hosts }));
  const overlay = hostOverlay(again.seen, DEFAULT_CHOICE, 'h1', numberingOf([again.seen.cloud]));
  const flows = dumpFlows(overlay.agents.get('h1')!, 'br-tun', overlay.config).filter(
    (l) => !l.includes('dl_dst=fa:16'),
  );
  const dump = { host: 'h1', bridge: 'br-tun', at: '2026-11-20T10:00:00.000Z', seq: 7, flows };
  expect(dumpLints(again, dump)).not.toEqual([]);
  expect(dumpLints(moved!, dump)).toEqual(dumpLints(again, dump));
});

test('whatever else is told has it read out again', () => {
  const world = worldOf(overlaid());
  expect(dumpWorldAfter(world, event('tunnel.reported', 'tunnel:x', { type: 'gre' }))).toBeNull(); // the first one known
  expect(dumpWorldAfter(world, event('host.reported', 'host:h2', { vtepIp: '192.0.2.9', vcpus: 4 }))).toBeNull();
  expect(dumpWorldAfter(world, event('port.reported', 'port:p', {}))).toBeNull();
});

test('one host is laid out from its own networks, with the tables and numbers it has in the whole cloud', () => {
  const others = Array.from({ length: 400 }, (_, i) =>
    portState('c', i % 2 === 0 ? 'h2' : 'h3', 3, {
      id: `other-${i}`,
      network: 'net-b',
      mac: `fa:16:3e:01:${10 + (i >> 6)}:${10 + (i & 63)}`,
    }),
  );
  const { ports } = overlaid();
  const { seen } = worldOf(overlaid({ ports: [...ports, ...others] }));
  const numbering = numberingOf([seen.cloud]);
  const near = hostOverlay(seen, DEFAULT_CHOICE, 'h1', numbering);
  expect(near.ports.size).toBe(3); // a, b and d of net-a, however many net-b has
  const whole = settledOverlay({ ...DEFAULT_CHOICE, l3Plugin: true }, seen.cloud, null, numbering).overlay;
  for (const bridge of ['br-int', 'br-tun'] as const) {
    const table = (overlay: typeof near) => dumpFlows(overlay.agents.get('h1')!, bridge, overlay.config);
    expect(table(near)).toEqual(table(whole));
  }
});
