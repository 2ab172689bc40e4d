// Replays the recorded random placements and compares flows, tunnel ports and messages after every event.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEvent } from '../../domain/network/apply-event.ts';
import { UNDISTURBED } from '../../domain/network/environment.ts';
import { flowsOf } from '../../domain/network/host-flows.ts';
import { entriesOf, isFdbMessage, type Message } from '../../domain/network/message.ts';
import type { OverlayEvent } from '../../domain/network/overlay-event.ts';
import { emptyOverlay, type Mode, type Overlay } from '../../domain/network/overlay.ts';
import { flowCounts } from '../../domain/network/scale-flows.ts';
import { tunnelPorts } from '../../domain/network/tunnel-port.ts';
import type { Check, PartReport } from './part.ts';

type Row = {
  readonly event: 'boot' | { up?: string; delete?: string; host: string; net: number; ips: number };
  readonly placement: Readonly<Record<string, readonly [host: string, net: number, ips: number]>>;
  readonly measured: Readonly<Record<string, readonly [flows: number, tunnels: number]>>;
  readonly cast: number;
  readonly fanout: number;
  readonly fdb_entries_sent: number;
};

type CountFile = { readonly variant: string; readonly rows: readonly Row[] };

const modeOf = (variant: string): Mode =>
  variant.includes('nol2pop') ? 'no-l2pop' : variant.includes('arp') ? 'l2pop-arp' : 'l2pop';

const boot = (hosts: readonly string[], networks: number): OverlayEvent[] => [
  ...hosts.map((host, i): OverlayEvent => ({
    type: 'agent.started',
    host,
    localIp: `10.9.${i >> 8}.${i & 255}`,
    tunnelTypes: ['gre'],
    bridgeMappings: {},
  })),
  ...Array.from({ length: networks }, (_, n): OverlayEvent => ({
    type: 'network.created',
    network: `net${n}`,
    segment: { networkType: 'gre', segmentationId: n + 1, physicalNetwork: null },
  })),
];

const eventsOf = (event: Exclude<Row['event'], 'boot'>, serial: number): OverlayEvent[] => {
  const { host } = event;
  if (event.delete !== undefined) {
    return [
      { type: 'port.down', ports: [event.delete], host },
      { type: 'port.deleted', port: event.delete },
    ];
  }
  const id = event.up ?? '';
  const mac = `fa:16:3e:00:${(serial >> 8).toString(16).padStart(2, '0')}:${(serial & 255).toString(16).padStart(2, '0')}`;
  const addresses = Array.from({ length: event.ips }, (_, k) => `10.${event.net}.${k}.${serial + 1}`);
  const port = { id, network: `net${event.net}`, mac, addresses, vif: `tap${id}`, portSecurity: true };
  return [
    { type: 'port.created', port, host },
    { type: 'port.up', ports: [id], host, blocked: false },
  ];
};

type Tally = { numbers: number; flows: number; formula: number; messages: number; differences: string[] };

const compareRow = (overlay: Overlay, row: Row, messages: readonly Message[], tally: Tally, name: string): void => {
  for (const [host, [flows, tunnels]] of Object.entries(row.measured)) {
    const agent = overlay.agents.get(host);
    if (agent === undefined) continue;
    const ours = [flowsOf(agent, 'br-tun', overlay.config).length, tunnelPorts(agent).length];
    const formula = flowCounts(overlay, host);
    tally.numbers += 2;
    if (ours[0] !== flows || ours[1] !== tunnels) {
      tally.flows++;
      tally.differences.push(
        `${name} ${JSON.stringify(row.event)} ${host}: ours ${ours.join()}, recorded ${flows},${tunnels}`,
      );
    }
    if (formula.flows !== flows || formula.tunnels !== tunnels) tally.formula++;
  }
  const fdb = row.event === 'boot' ? [] : messages.filter(isFdbMessage);
  const ours = {
    cast: fdb.filter((m) => m.kind === 'cast').length,
    fanout: fdb.filter((m) => m.kind === 'fanout').length,
    entries: fdb.reduce((sum, m) => sum + entriesOf(m), 0),
  };
  if (ours.cast !== row.cast || ours.fanout !== row.fanout || ours.entries !== row.fdb_entries_sent) {
    tally.messages++;
    tally.differences.push(
      `${name} ${JSON.stringify(row.event)}: ours ${JSON.stringify(ours)}, recorded ${row.cast},${row.fanout},${row.fdb_entries_sent}`,
    );
  }
};

const replayCounts = (file: CountFile): Tally => {
  const overlay = emptyOverlay({ style: 'master', mode: modeOf(file.variant), l3Plugin: true });
  const tally: Tally = { numbers: 0, flows: 0, formula: 0, messages: 0, differences: [] };
  const networks = 1 + Math.max(0, ...file.rows.map((r) => (r.event === 'boot' ? 0 : r.event.net)));
  for (const [i, row] of file.rows.entries()) {
    const events = row.event === 'boot' ? boot(Object.keys(row.measured), networks) : eventsOf(row.event, i);
    const messages = events.flatMap((event) => applyEvent(overlay, event, UNDISTURBED));
    compareRow(overlay, row, messages, tally, file.variant);
  }
  return tally;
};

export const checkCounts = (dataDir: string): PartReport => {
  const names = readdirSync(join(dataDir, 'ovs')).filter((f) => /^counts-.*\.json$/.test(f));
  const results = names.sort().map((name) => {
    const file = JSON.parse(readFileSync(join(dataDir, 'ovs', name), 'utf8')) as CountFile;
    return { name: name.replace('.json', ''), rows: file.rows.length, tally: replayCounts(file) };
  });
  return {
    checks: results.flatMap(({ name, rows, tally }): Check[] => [
      {
        name: `${name}: hosts whose flows or tunnels differ (${rows} events)`,
        value: tally.flows,
        limit: 0,
        unit: 'hosts',
      },
      { name: `${name}: hosts where the closed form differs`, value: tally.formula, limit: 0, unit: 'hosts' },
      { name: `${name}: events whose messages differ`, value: tally.messages, limit: 0, unit: 'events' },
    ]),
    skipped: names.length > 0 ? [] : [{ name: 'ovs: counts', why: `no ovs/counts-*.json in ${dataDir}` }],
    notes: results.flatMap((r) => r.tally.differences).slice(0, 8),
  };
};
