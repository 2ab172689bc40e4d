// A small cloud for tests: three hosts, one network, ports by name.
import { applyEvent } from '../../../domain/network/apply-event.ts';
import { UNDISTURBED, type Environment } from '../../../domain/network/environment.ts';
import type { Message } from '../../../domain/network/message.ts';
import type { OverlayEvent } from '../../../domain/network/overlay-event.ts';
import {
  emptyOverlay,
  type Agent,
  type Mode,
  type Overlay,
  type OverlayConfig,
  type PortFacts,
  type Segment,
} from '../../../domain/network/overlay.ts';
import { boot } from '../../../domain/network/story.ts';

export const VXLAN: Segment = { networkType: 'vxlan', segmentationId: 6, physicalNetwork: null };

export const config = (mode: Mode, change: Partial<OverlayConfig> = {}): OverlayConfig => ({
  style: 'master',
  mode,
  l3Plugin: true,
  ...change,
});

export const port = (n: number, network = 'net'): PortFacts => ({
  id: `vm${n}`,
  network,
  mac: `fa:16:3e:00:00:0${n}`,
  addresses: [`10.0.0.${n}`],
  vif: `tap${n}`,
  portSecurity: true,
});

export const apply = (overlay: Overlay, events: readonly OverlayEvent[], env: Environment = UNDISTURBED): Message[] =>
  events.flatMap((event) => applyEvent(overlay, event, env));

export const HOSTS = ['a', 'b', 'c'];

/** Hosts a, b, c (10.1.0.1, .2, .3) and network `net`; `vms` maps a VM's number to its host. */
export const cloud = (settings: OverlayConfig, vms: Readonly<Record<number, string>>, segment = VXLAN): Overlay => {
  const overlay = emptyOverlay(settings);
  apply(overlay, [
    ...HOSTS.map((host, i): OverlayEvent => ({
      type: 'agent.started',
      host,
      localIp: `10.1.0.${i + 1}`,
      tunnelTypes: ['vxlan'],
      bridgeMappings: { provider: 'br-ex' },
    })),
    { type: 'network.created', network: 'net', segment },
    ...Object.entries(vms).flatMap(([n, host]) => boot(port(Number(n)), host)),
  ]);
  return overlay;
};

export const agentOf = (overlay: Overlay, host: string): Agent => {
  const agent = overlay.agents.get(host);
  if (agent === undefined) throw new Error(`no agent ${host}`);
  return agent;
};

/** `fanout add [flood,vm1]`: kind, method and entries of the l2population messages, for comparison at a glance. */
export const shorthand = (messages: readonly Message[]): string[] =>
  messages.flatMap((m) => {
    if (m.method !== 'add_fdb_entries' && m.method !== 'remove_fdb_entries') return [];
    const entries = [...m.fdb.ports].map(
      ([vtep, list]) =>
        `${vtep.split('.').at(-1)}:${list.map(([mac]) => (mac.startsWith('00') ? 'F' : mac.slice(-1))).join('')}`,
    );
    const kind = m.kind === 'cast' ? `cast ${m.to}` : 'fanout';
    return [`${kind} ${m.method.slice(0, 3)} ${entries.join(' ')}`];
  });
