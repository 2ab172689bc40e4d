// Facts about the overlay: networks, ports and their bindings, tunnels.
import Type from 'typebox';
import { Count, exact, fact, Name, NullableName, oneOf, partial } from './shape.ts';

export const NETWORK_TYPES = ['vxlan', 'gre', 'geneve', 'vlan', 'flat', 'local'] as const;
export const PORT_STATUSES = ['ACTIVE', 'DOWN', 'BUILD', 'ERROR', 'N/A'] as const;
export const BINDING_STATUSES = ['ACTIVE', 'INACTIVE'] as const;
export const TUNNEL_TYPES = ['vxlan', 'gre', 'geneve'] as const;
const UdpPort = Type.Integer({ minimum: 1, maximum: 65_535 });

export const networkEvents = [
  fact(
    'network.reported',
    1,
    'A source described a network; `segment` is its VNI, GRE key or VLAN id.',
    partial({ name: Name, type: oneOf(NETWORK_TYPES), segment: Count, cidr: Name, mtu: Count, vniRange: Name }),
  ),
  fact(
    'port.reported',
    1,
    'A source described a port.',
    partial({
      network: Name,
      vm: NullableName,
      mac: Name,
      ips: Type.Array(Name),
      host: NullableName,
      status: oneOf(PORT_STATUSES),
    }),
  ),
  fact(
    'port.bound',
    1,
    'A port got a binding on a host, active or (during a live migration) inactive.',
    exact({ host: Name, binding: oneOf(BINDING_STATUSES) }),
  ),
  fact('port.unbound', 1, 'A binding was removed.', exact({ host: Name })),
  fact('port.deleted', 1, 'The port is gone.', exact({})),
  fact(
    'tunnel.reported',
    1,
    'A tunnel port towards another VTEP exists on a host; `remoteHost` where the address is known to belong to one, `udpPort` where another than the default is set.',
    exact({
      host: NullableName,
      type: oneOf(TUNNEL_TYPES),
      localIp: Name,
      remoteIp: Name,
      remoteHost: NullableName,
      udpPort: Type.Optional(UdpPort),
    }),
  ),
  fact('tunnel.state_changed', 1, 'A tunnel began or ceased to carry packets.', exact({ up: Type.Boolean() })),
  fact('tunnel.removed', 1, 'The tunnel port is gone.', exact({})),
] as const;
