// Builds a cloud of a given shape event by event and counts what is there: the check of the closed forms.
import { applyEvent } from './apply-event.ts';
import { UNDISTURBED } from './environment.ts';
import { flowsOf } from './host-flows.ts';
import type { OverlayEvent } from './overlay-event.ts';
import { emptyOverlay, type Overlay, type OverlayConfig } from './overlay.ts';
import { scalePlacement, type ScaleShape } from './scale.ts';
import { tunnelPorts } from './tunnel-port.ts';

const octets = (n: number): string => `${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;

const macOf = (n: number): string =>
  `fa:16:3e:${[n >> 16, n >> 8, n].map((x) => (x & 255).toString(16).padStart(2, '0')).join(':')}`;

/** The events that build the shape: agents, networks, then every VM. */
export const scaleEvents = (shape: ScaleShape): OverlayEvent[] => [
  ...Array.from({ length: shape.hosts }, (_, h): OverlayEvent => ({
    type: 'agent.started',
    host: `host-${h}`,
    localIp: `172.${octets(h + 1)}`,
    tunnelTypes: ['vxlan'],
    bridgeMappings: {},
  })),
  ...Array.from({ length: shape.networks }, (_, n): OverlayEvent => ({
    type: 'network.created',
    network: `net-${n}`,
    segment: { networkType: 'vxlan', segmentationId: n + 1, physicalNetwork: null },
  })),
  ...scalePlacement(shape).flatMap(({ network, host }, i): OverlayEvent[] => {
    const id = `port-${i}`;
    const addresses = Array.from({ length: shape.addresses }, (_, k) => `${10 + k}.${octets(i + 1)}`);
    const port = { id, network: `net-${network}`, mac: macOf(i + 1), addresses, vif: `tap-${i}`, portSecurity: true };
    return [
      { type: 'port.created', port, host: `host-${host}` },
      { type: 'port.up', ports: [id], host: `host-${host}`, blocked: false },
    ];
  }),
];

/** Builds the cloud; every message arrives. */
export const buildScale = (config: OverlayConfig, shape: ScaleShape): Overlay => {
  const overlay = emptyOverlay(config);
  for (const event of scaleEvents(shape)) applyEvent(overlay, event, UNDISTURBED);
  return overlay;
};

/** Flows of all br-tun and tunnel ports of all hosts, counted one by one. */
export const countAll = (overlay: Overlay): { readonly flows: number; readonly tunnels: number } => {
  const agents = [...overlay.agents.values()];
  return {
    flows: agents.reduce((sum, a) => sum + flowsOf(a, 'br-tun', overlay.config).length, 0),
    tunnels: agents.reduce((sum, a) => sum + tunnelPorts(a).length, 0),
  };
};
