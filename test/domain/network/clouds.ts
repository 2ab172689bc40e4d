// A small recorded cluster with an overlay: three hosts, two networks, ports as a log would leave them.
import type { ClusterState, PortState } from '../../../domain/readout/state.ts';
import { clusterOf, hostState, vmState } from '../drill/states.ts';

export const portState = (
  vm: string,
  host: string | null,
  last: number,
  change: Partial<PortState> = {},
): PortState => ({
  id: `port-0000000${last}-0000-4000-8000-00000000000${last}`,
  network: 'net-a',
  vm,
  mac: `fa:16:3e:00:00:0${last}`,
  ips: [`10.0.0.${last}`],
  host,
  status: 'ACTIVE',
  bindings: [],
  ...change,
});

const network = (id: string, name: string, segment: number) =>
  ({ id, name, type: 'vxlan', segment, cidr: null, mtu: 1450 }) as const;

/** vm-a and vm-b talk between h1 and h2 on net-a, vm-c is alone on net-b on h3, vm-d shares h1 with vm-a. */
export const overlaid = (change: Partial<ClusterState> = {}): ClusterState =>
  clusterOf(
    ['h1', 'h2', 'h3'].map((name, i) => hostState(name, { vtepIp: `192.0.2.${i + 1}` })),
    [vmState('a', 'h1'), vmState('b', 'h2'), vmState('c', 'h3'), vmState('d', 'h1')],
    {
      networks: [network('net-a', 'blue', 100), network('net-b', 'red', 200)],
      ports: [
        portState('a', 'h1', 1),
        portState('b', 'h2', 2),
        portState('c', 'h3', 3, { network: 'net-b' }),
        portState('d', 'h1', 4),
      ],
      ...change,
    },
  );
