// Closed forms against clouds built event by event: tunnels, flows, copies of a broadcast, messages.
import { expect, test } from 'vitest';
import { rng, below } from '../../../domain/base/rng.ts';
import { entriesOf, isFdbMessage } from '../../../domain/network/message.ts';
import { activeHost, type Mode, type Style } from '../../../domain/network/overlay.ts';
import { resolutionRequest } from '../../../domain/network/probe-packet.ts';
import { flowCounts } from '../../../domain/network/scale-flows.ts';
import { agentStartLoad, liveMigrationLoad, portRemovedLoad, portUpLoad } from '../../../domain/network/scale-load.ts';
import { buildScale, countAll, scaleEvents } from '../../../domain/network/scale-simulate.ts';
import { DEFAULT_SCALE, scaleTable } from '../../../domain/network/scale-table.ts';
import { deliveriesPerMinute, replicas, scaleRow, type ScaleShape } from '../../../domain/network/scale.ts';
import { destroy, liveMigration } from '../../../domain/network/story.ts';
import { Memory, PING_IP_BYTES, trace } from '../../../domain/network/trace.ts';
import { SOUND_UNDERLAY } from '../../../domain/network/underlay.ts';
import { emptyOverlay } from '../../../domain/network/overlay.ts';
import { apply, cloud, config } from './cloud.ts';
import { countMessages } from './count-messages.ts';

const SHAPES: readonly ScaleShape[] = [
  { hosts: 1, networks: 1, vms: 3, addresses: 1 },
  { hosts: 5, networks: 2, vms: 4, addresses: 1 },
  { hosts: 12, networks: 5, vms: 37, addresses: 2 },
  { hosts: 20, networks: 3, vms: 90, addresses: 1 },
];

test('tunnels and flows of every mode and style equal what stands in the tables', () => {
  for (const shape of SHAPES) {
    for (const mode of ['no-l2pop', 'l2pop', 'l2pop-arp', 'multicast'] as const) {
      for (const style of ['master', 'classic'] as const) {
        const settings = config(mode, { style });
        const row = scaleRow(settings, shape);
        const counted = countAll(buildScale(settings, shape));
        expect({ flows: row.flows, tunnels: row.tunnels }, `${mode} ${style} ${JSON.stringify(shape)}`).toEqual(
          counted,
        );
      }
    }
  }
});

test('copies of one broadcast equal the outer packets the tracer sees', () => {
  const shape = { hosts: 9, networks: 2, vms: 10, addresses: 1 };
  for (const mode of ['no-l2pop', 'l2pop'] as const) {
    const overlay = buildScale(config(mode), shape);
    const sender = [...overlay.ports.values()][0];
    if (sender === undefined) throw new Error('no port');
    const host = activeHost(sender) ?? '';
    const end = { mac: 1n, ip: sender.addresses[0] ?? '' };
    const request = {
      ...resolutionRequest(end, { mac: 0n, ip: '10.255.255.1' }),
      dl_src: BigInt(`0x${sender.mac.replaceAll(':', '')}`),
    };
    const options = { nowMs: 0, learn: false, underlay: SOUND_UNDERLAY, ipBytes: PING_IP_BYTES };
    const found = trace(overlay, new Memory(), { host, port: sender.vif }, request, options);
    if (!found.ok) throw new Error(found.error);
    const row = scaleRow(config(mode), shape);
    const reached = new Set(found.value.deliveries.map((d) => d.host).filter((h) => h !== host)).size;
    expect([found.value.hops.length, reached]).toEqual([row.bumPackets, row.bumDelivered]);
    expect(found.value.hops.length - reached).toBe(row.bumWasted);
  }
  expect(replicas('multicast', 9, 5)).toEqual({ packets: 1, delivered: 4, wasted: 4 });
});

test('messages of every boot and delete equal the formula, in a random order of random events', () => {
  for (const style of ['master', 'classic'] as const satisfies readonly Style[]) {
    for (const mode of ['no-l2pop', 'l2pop'] as const satisfies readonly Mode[]) {
      const settings = config(mode, { style });
      const shape = { hosts: 6, networks: 2, vms: 30, addresses: 2 };
      const overlay = emptyOverlay(settings);
      const draws = rng(`messages ${style} ${mode}`);
      const onHost = (network: string, host: string): number =>
        [...overlay.ports.values()].filter(
          (p) => p.network === network && p.status === 'ACTIVE' && activeHost(p) === host,
        ).length;
      for (const event of scaleEvents(shape)) {
        if (event.type !== 'port.up') {
          apply(overlay, [event]);
          continue;
        }
        const port = overlay.ports.get(event.ports[0] ?? '');
        if (port === undefined) throw new Error(event.host);
        const others = [...overlay.ports.values()].filter(
          (p) => p.network === port.network && p.status === 'ACTIVE' && activeHost(p) !== event.host,
        );
        const situation = {
          hosts: shape.hosts,
          activeOnHost: onHost(port.network, event.host) + 1,
          otherHosts: new Set(others.map(activeHost)).size,
          otherAddresses: others.length * shape.addresses,
          addresses: shape.addresses,
          refresh: (overlay.agents.get(event.host)?.vlans.get(port.network)?.floodOfports.size ?? 0) === 0,
        };
        const counted = countMessages(apply(overlay, [event]), shape.hosts);
        expect(counted).toEqual(portUpLoad(settings, situation));
        if (draws.next() > 0.3) continue;
        const gone = [...overlay.ports.values()][below(draws, overlay.ports.size)];
        if (gone === undefined) continue;
        const host = activeHost(gone) ?? '';
        const removed = apply(overlay, destroy(gone.id, host));
        const left = { hosts: shape.hosts, leftOnHost: onHost(gone.network, host), addresses: shape.addresses };
        expect(countMessages(removed, shape.hosts)).toEqual(portRemovedLoad(settings, left));
        for (const h of overlay.agents.keys()) {
          const agent = overlay.agents.get(h);
          if (agent !== undefined)
            expect(flowCounts(overlay, h)).toEqual(
              expect.objectContaining({ tunnels: [...(agent.tunnels.get('vxlan') ?? [])].length }),
            );
        }
      }
    }
  }
});

test('a live migration costs two casts, three FDB fanouts and two core fanouts: 5 H + 2 deliveries', () => {
  for (const first of ['source', 'dest'] as const) {
    const settings = config('l2pop');
    const overlay = cloud(settings, { 1: 'a', 2: 'b' });
    const sent = apply(overlay, liveMigration({ port: 'vm2', source: 'b', dest: 'c' }, first));
    const corePart = sent.filter((m) => m.method === 'binding_activate' || m.method === 'binding_deactivate').length;
    const fdb = countMessages(sent, 3);
    // The deactivated source still counts as a host of the network with the migrating port's address.
    const up = { hosts: 3, activeOnHost: 1, otherHosts: 2, otherAddresses: 2, addresses: 1, refresh: true };
    const load = liveMigrationLoad(settings, { up, first, leftOnSource: 0 });
    expect({ ...fdb, fanouts: fdb.fanouts + corePart, deliveries: fdb.deliveries + 3 * corePart }).toEqual(load);
    expect(load.deliveries).toBe(5 * 3 + 2);
  }
});

test('a changed address costs one fanout', () => {
  const overlay = cloud(config('l2pop'), { 1: 'a', 2: 'b' });
  const sent = apply(overlay, [{ type: 'port.addresses_changed', port: 'vm2', addresses: ['10.0.0.8', '10.0.0.9'] }]);
  expect(countMessages(sent, 3)).toEqual({ fanouts: 1, casts: 0, deliveries: 3, entries: 3 });
});

test('starting the agents costs a fanout each, whatever the mode', () => {
  const overlay = emptyOverlay(config('no-l2pop'));
  const sent = apply(overlay, scaleEvents({ hosts: 7, networks: 0, vms: 0, addresses: 1 }));
  expect(sent.filter((m) => m.kind === 'fanout')).toHaveLength(agentStartLoad(7, 1).fanouts);
  expect(agentStartLoad(7, 1).deliveries).toBe(28);
  expect(sent.some(isFdbMessage) || sent.some((m) => entriesOf(m) > 0)).toBe(false);
});

test('the table covers every mode to ten thousand hosts, and counts where it builds', () => {
  const table = scaleTable(DEFAULT_SCALE);
  expect(table.map((r) => r.shape.hosts)).toEqual([10, 100, 1000, 10_000].flatMap((h) => [h, h, h, h]));
  const counted = table.filter((r) => r.counted !== null);
  expect(counted.map((r) => ({ flows: r.flows, tunnels: r.tunnels }))).toEqual(counted.map((r) => r.counted));
  expect(counted.length).toBe(4);
});

test('ten thousand hosts: flows grow with VMs times hosts, the responder removes all ARP copies', () => {
  const shape = { hosts: 10_000, networks: 100, vms: 200_000, addresses: 1 };
  const row = scaleRow(config('l2pop-arp'), shape);
  expect([row.bumPackets, row.arpPackets, row.bumWasted]).toEqual([1999, 0, 0]);
  expect(scaleRow(config('no-l2pop'), shape)).toMatchObject({
    tunnels: 99_990_000,
    bumPackets: 9999,
    arpPackets: 9999,
  });
  expect(row.lifetime).toEqual({ fanouts: 5, casts: 0, deliveries: 50_000, entries: 5 });
  expect(deliveriesPerMinute(row, 60)).toBe(3_000_000);
});
