// The lit network in both modes, figure beside figure.
import { broadcastFigures, type NetworkOverview, type OverviewNetwork } from '../../domain/network/overview.ts';
import { count } from '../../domain/readout/words.ts';

type Props = { readonly overview: NetworkOverview; readonly network: OverviewNetwork | null };

export const NetworkFigures = ({ overview, network }: Props) => {
  const of = (mode: 'no-l2pop' | 'l2pop-arp') => ({
    all: overview.modes.find((m) => m.mode === mode),
    one: network === null ? null : broadcastFigures(overview, network, mode),
  });
  const [mesh, l2pop] = [of('no-l2pop'), of('l2pop-arp')];
  const hosts = Math.max(1, overview.hosts.length);
  const rows: readonly (readonly [string, number | undefined, number | undefined, string])[] = [
    ['tunnel ports', mesh.all?.tunnels, l2pop.all?.tunnels, 'on all hosts'],
    ['flows a br-tun', (mesh.all?.flows ?? 0) / hosts, (l2pop.all?.flows ?? 0) / hosts, 'on average'],
    ['copies of a flood', mesh.one?.copies, l2pop.one?.copies, 'outer packets for one broadcast of the lit network'],
    ['wasted decaps', mesh.one?.wasted, l2pop.one?.wasted, 'hosts that unpack it only to drop it'],
    ['ARP on tunnels', mesh.one?.arpPackets, l2pop.one?.arpPackets, 'outer packets for one ARP request'],
    ['fanouts a port up', mesh.one?.fanouts, l2pop.one?.fanouts, 'FDB messages to every agent'],
  ];
  return (
    <table class="rows network-figures">
      <thead>
        <tr>
          <th>{network?.name ?? ''}</th>
          <th class="right">full mesh</th>
          <th class="right">
            <b class="accent-ink">l2pop</b>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, a, b, title]) => (
          <tr key={name} title={title}>
            <td>{name}</td>
            <td class="right">{a === undefined ? '–' : count(a)}</td>
            <td class="right">
              <b>{b === undefined ? '–' : count(b)}</b>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
