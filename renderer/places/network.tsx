// Network: the networks and tunnels that exist at the instant.
import { useDesk } from '../session/desk.ts';
import { plural } from '../session/words.ts';
import type { NetworkState, TunnelState } from '../../domain/readout/state.ts';
import { DataTable, type Column } from './data-table.tsx';

const TUNNELS: readonly Column<TunnelState>[] = [
  { name: 'host', value: (t) => t.host },
  { name: 'type', value: (t) => t.type },
  { name: 'local VTEP', value: (t) => t.localIp },
  { name: 'remote VTEP', value: (t) => t.remoteIp },
  { name: 'remote host', value: (t) => t.remoteHost },
  {
    name: 'state',
    value: (t) => (t.up ? 'up' : 'down'),
    cell: (t) => (t.up ? 'up' : <b class="critical-ink">down</b>),
  },
];

const NETWORKS: readonly Column<NetworkState>[] = [
  { name: 'network', value: (n) => n.name },
  { name: 'type', value: (n) => n.type },
  { name: 'segment', value: (n) => n.segment, right: true },
  { name: 'CIDR', value: (n) => n.cidr },
  { name: 'MTU', value: (n) => n.mtu, right: true },
];

export const NetworkPlace = () => {
  const desk = useDesk();
  const state = desk.states.value.value;
  const failure = desk.states.failure.value;
  const vteps = new Set(state?.tunnels.map((t) => t.localIp));
  return (
    <>
      <div class="top">
        <h1>Network</h1>
        {state !== null && (
          <p>
            {plural(state.networks.length, 'network')} · {plural(vteps.size, 'VTEP')} ·{' '}
            {plural(state.tunnels.length, 'tunnel')}
          </p>
        )}
      </div>
      {failure !== null && <p class="notice bad">{failure.sentence}</p>}
      {state !== null && (
        <div class="two-rows">
          <div class="card">
            <h2>Networks</h2>
            {state.networks.length === 0 ? (
              <p class="empty pad">No network is recorded up to this instant.</p>
            ) : (
              <DataTable
                rows={state.networks}
                columns={NETWORKS}
                keyOf={(n) => n.id}
                noun="network"
                selected={desk.selection.value?.replace('network:', '') ?? null}
                onOpen={(n) => desk.select(`network:${n.id}`)}
              />
            )}
          </div>
          <div class="card">
            <h2>
              Tunnels <small>as Open vSwitch reported them</small>
            </h2>
            {state.tunnels.length === 0 ? (
              <p class="empty pad">
                No tunnel is recorded up to this instant. Drop a transcript of ovs-vsctl show to import the mesh.
              </p>
            ) : (
              <DataTable
                rows={state.tunnels}
                columns={TUNNELS}
                keyOf={(t) => t.id}
                noun="tunnel"
                onOpen={(t) => desk.select(`tunnel:${t.id}`)}
              />
            )}
          </div>
        </div>
      )}
    </>
  );
};
