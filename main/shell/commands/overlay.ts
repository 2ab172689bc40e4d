// understudy overlay: what the tunnels of the cluster cost in every mode, what is wrong with them, and how it grows.
import { ok } from '../../../domain/base/result.ts';
import { broadcastFigures, type NetworkOverview } from '../../../domain/network/overview.ts';
import { isTunnelType, type Mode } from '../../../domain/network/overlay.ts';
import { DEFAULT_SCALE, type ScaleTableRow, scaleTable } from '../../../domain/network/scale-table.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type ChoiceOptions, withChoice } from '../command-line/network-options.ts';
import { inLog } from '../command-line/open.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { counted, table } from '../command-line/table.ts';

type Options = InstantOptions & { readonly scale?: boolean; readonly style: ChoiceOptions['style'] };

const MODE_WORDS: Readonly<Record<Mode, string>> = {
  'no-l2pop': 'full mesh, flood',
  l2pop: 'l2pop',
  'l2pop-arp': 'l2pop with ARP responder',
  multicast: 'multicast group',
};

const LINTS_SHOWN = 20;

const fixed = (n: number): number => Math.round(n * 10) / 10;

const scaleText = (rows: readonly ScaleTableRow[]): string =>
  table(rows, [
    { head: 'HOSTS', cell: (r) => r.shape.hosts },
    { head: 'VMS', cell: (r) => r.shape.vms },
    { head: 'MODE', cell: (r) => MODE_WORDS[r.mode] },
    { head: 'TUNNELS', cell: (r) => r.tunnels },
    { head: 'FLOWS A HOST', cell: (r) => fixed(r.flowsPerHost) },
    { head: 'COPIES OF A BROADCAST', cell: (r) => r.bumPackets },
    { head: 'WASTED', cell: (r) => r.bumWasted },
    { head: 'ARP PACKETS', cell: (r) => r.arpPackets },
    { head: 'FDB MESSAGES A MINUTE', cell: (r) => r.fdbDeliveriesPerMinute },
    { head: 'WHILE ALL START', cell: (r) => r.startDeliveries },
    {
      head: 'COUNTED',
      cell: (r) =>
        r.counted === null
          ? null
          : r.counted.flows === r.flows && r.counted.tunnels === r.tunnels
            ? 'equal'
            : 'differs',
    },
  ]) +
  `${DEFAULT_SCALE.vmsPerHost} VMs a host, ${DEFAULT_SCALE.vmsPerNetwork} a network, ${DEFAULT_SCALE.churnPerMinute} created and deleted a minute. ` +
  'COUNTED: the closed form beside a cloud built event by event, where that is quick.\n';

const readable = (o: NetworkOverview): string => {
  const tunnelled = o.networks.filter((n) => isTunnelType(n.type));
  const largest = tunnelled.toSorted((a, b) => b.hosts.length - a.hosts.length || b.ports - a.ports)[0];
  // A Linux bridge, which alone sends to a group, has VXLAN networks only.
  const possible = o.modes.filter((m) => m.mode !== 'multicast' || tunnelled.every((n) => n.type === 'vxlan'));
  const modes = table(possible, [
    { head: 'MODE', cell: (m) => MODE_WORDS[m.mode] },
    { head: 'TUNNEL PORTS', cell: (m) => m.tunnels },
    { head: 'FLOWS OF BR-TUN', cell: (m) => m.flows },
    { head: 'MOST ON A HOST', cell: (m) => (m.flowsMax === null ? null : `${m.flowsMax.flows} (${m.flowsMax.host})`) },
    ...(largest === undefined
      ? []
      : [
          { head: 'COPIES OF A BROADCAST', cell: (m: { mode: Mode }) => broadcastFigures(o, largest, m.mode).copies },
          { head: 'WASTED', cell: (m: { mode: Mode }) => broadcastFigures(o, largest, m.mode).wasted },
          {
            head: 'FDB MESSAGES A PORT UP',
            cell: (m: { mode: Mode }) => broadcastFigures(o, largest, m.mode).deliveries,
          },
        ]),
  ]);
  const networks = table(o.networks, [
    { head: 'NETWORK', cell: (n) => n.name },
    { head: 'TYPE', cell: (n) => n.type },
    { head: 'SEGMENT', cell: (n) => n.segmentationId },
    { head: 'PORTS', cell: (n) => n.ports },
    { head: 'HOSTS', cell: (n) => n.hosts.length },
  ]);
  const lints = o.lints.slice(0, LINTS_SHOWN).map((l) => `  ${l.code}  ${l.detail}\n`);
  const rest = o.lints.length - lints.length;
  return [
    `${o.timeline} at ${o.at}: ${counted(o.hosts.length, 'VTEP')}, ${counted(o.networks.length, 'network')}, ` +
      `${counted(o.recorded.tunnels, 'tunnel')} recorded (${o.recorded.down} down), ${counted(o.moving, 'port')} moving.\n`,
    o.networks.length > 0 && largest === undefined
      ? 'Every network is VLAN or flat: the physical network carries them, and no tunnel, forwarding message or ARP answer is needed.\n'
      : modes +
        (largest === undefined
          ? ''
          : `Broadcasts and messages are those of ${largest.name}, on ${counted(largest.hosts.length, 'host')}.\n`),
    o.networks.length === 0 ? 'No networks.\n' : networks,
    o.lints.length === 0
      ? 'Nothing wrong is recorded.\n'
      : `${counted(o.lints.length, 'thing')} wrong:\n${lints.join('')}${rest === 0 ? '' : `  and ${rest} more; --json lists all.\n`}`,
    ...(o.assumptions.length === 0 ? [] : [`Assumed:\n${o.assumptions.map((a) => `  ${a}\n`).join('')}`]),
  ].join('\n');
};

export const overlay: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('overlay')
    .description('count tunnels, flows and copies of a broadcast in every mode, and name what is wrong')
    .option('--scale', 'print how it grows to 10,000 hosts instead; no log is read');
  withInstant(withChoice(command)).action((options: Options) =>
    run(async () => {
      const { style } = options;
      if (options.scale === true) {
        const rows = scaleTable({ ...DEFAULT_SCALE, config: { ...DEFAULT_SCALE.config, style } });
        await terminal.write(options.json === true ? `${JSON.stringify({ rows })}\n` : scaleText(rows));
        return ok(0);
      }
      return inLog(terminal, options.log, async ({ ask, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const answer = await ask('network.overview', { timeline: options.timeline, at: at.value, style });
        if (!answer.ok) return answer;
        await terminal.write(options.json === true ? `${JSON.stringify(answer.value)}\n` : readable(answer.value));
        return ok(0);
      });
    }),
  );
};
