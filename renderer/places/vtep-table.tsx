// The tunnel map as a table: every VTEP with what it carries, and its tunnels in both modes.
import type { NetworkOverview } from '../../domain/network/overview.ts';
import { useDesk } from '../session/desk.ts';
import { tunnelsOf } from '../surfaces/tunnel-map.tsx';
import { type Column, DataTable } from './data-table.tsx';

type Row = NetworkOverview['hosts'][number] & {
  readonly networks: number;
  readonly mesh: number;
  readonly l2pop: number;
};

const COLUMNS: readonly Column<Row>[] = [
  { name: 'host', value: (r) => r.name, cell: (r) => <b>{r.name}</b> },
  { name: 'VTEP', value: (r) => r.vtepIp },
  { name: 'rack', value: (r) => r.rack },
  {
    name: 'state',
    value: (r) => r.state,
    cell: (r) => <span class={r.state === 'up' ? '' : 'critical-ink'}>{r.state}</span>,
  },
  { name: 'ports', value: (r) => r.ports, right: true },
  { name: 'networks', value: (r) => r.networks, right: true },
  { name: 'tunnels, full mesh', value: (r) => r.mesh, right: true },
  { name: 'tunnels, l2pop', value: (r) => r.l2pop, right: true },
];

export const VtepTable = ({ overview }: { readonly overview: NetworkOverview }) => {
  const desk = useDesk();
  const rows = overview.hosts.map((host, i): Row => ({
    ...host,
    networks: overview.networks.filter((n) => n.hosts.includes(i)).length,
    mesh: tunnelsOf(overview, i, 'mesh'),
    l2pop: tunnelsOf(overview, i, 'l2pop'),
  }));
  return (
    <div class="card fill" data-testid="vtep-table">
      <h2>
        VTEPs <small>at this instant</small>
      </h2>
      <DataTable
        rows={rows}
        columns={COLUMNS}
        keyOf={(r) => `host:${r.name}`}
        noun="VTEP"
        selected={desk.selection.value}
        onOpen={(r) => desk.select(`host:${r.name}`)}
      />
    </div>
  );
};
