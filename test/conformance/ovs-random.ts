// Random overlays and random packets from a seed, for comparison with a running Open vSwitch.
import { formatMac } from '../../domain/network/address.ts';
import { applyEvent } from '../../domain/network/apply-event.ts';
import { UNDISTURBED } from '../../domain/network/environment.ts';
import type { OverlayEvent } from '../../domain/network/overlay-event.ts';
import {
  activeHost,
  emptyOverlay,
  type Agent,
  type Mode,
  type Overlay,
  type TunnelType,
} from '../../domain/network/overlay.ts';
import { boot, destroy, liveMigration } from '../../domain/network/story.ts';
import { tunnelPorts } from '../../domain/network/tunnel-port.ts';
import { below, pick, type Rng } from '../../domain/base/rng.ts';

export const HOSTS = ['host-1', 'host-2', 'host-3', 'host-4'];

export const vtepOf = (i: number): string => `10.0.0.${i + 1}`;

const MODES: readonly Mode[] = ['no-l2pop', 'l2pop', 'l2pop-arp'];

/** A cloud of four hosts after some boots, deletes and migrations, the last migration perhaps left half way. */
export const randomOverlay = (r: Rng, i: number): Overlay => {
  const style = i % 4 === 3 ? 'classic' : 'master';
  const types: readonly TunnelType[] = style === 'classic' ? ['gre', 'vxlan'] : ['gre', 'vxlan', 'geneve'];
  const type = pick(r, types);
  const overlay = emptyOverlay({ style, mode: MODES[i % MODES.length] ?? 'l2pop', l3Plugin: r.next() < 0.5 });
  const apply = (events: readonly OverlayEvent[]): void => {
    for (const event of events) applyEvent(overlay, event, UNDISTURBED);
  };
  apply(
    HOSTS.map((host, h) => ({
      type: 'agent.started',
      host,
      localIp: vtepOf(h),
      tunnelTypes: [type],
      bridgeMappings: {},
    })),
  );
  const networks = 1 + below(r, 3);
  for (let n = 0; n < networks; n++) {
    const segment = { networkType: type, segmentationId: 1 + below(r, 65535), physicalNetwork: null };
    apply([{ type: 'network.created', network: `net-${n}`, segment }]);
  }
  for (let v = 0; v < 4 + below(r, 8); v++) {
    const net = below(r, networks);
    const mac = formatMac(0xfa163e000000n + BigInt(below(r, 0xffffff)));
    const addresses = [
      `10.${net}.0.${v + 2}`,
      ...(r.next() < 0.3 ? [`fd00::${net}:${v + 2}`] : []),
      ...(r.next() < 0.2 ? [`10.${net}.1.${v + 2}`] : []),
    ];
    const port = {
      id: `port-${v}`,
      network: `net-${net}`,
      mac,
      addresses,
      vif: `tap${v}`,
      portSecurity: r.next() < 0.8,
    };
    apply(boot(port, pick(r, HOSTS)));
  }
  const someone = (): { id: string; host: string } | null => {
    const port = pick(r, [...overlay.ports.values()]);
    const host = port === undefined ? null : activeHost(port);
    return port === undefined || host === null ? null : { id: port.id, host };
  };
  const leaving = someone();
  if (leaving !== null) apply(destroy(leaving.id, leaving.host));
  const moving = someone();
  if (moving !== null) {
    const dest = pick(r, HOSTS.filter((h) => h !== moving.host)); // prettier-ignore
    const story = liveMigration({ port: moving.id, source: moving.host, dest }, r.next() < 0.5 ? 'source' : 'dest');
    apply(story.slice(0, 2 + below(r, story.length - 1)));
  }
  return overlay;
};

/** Destinations bridges treat specially, multicast, and MACs nobody has. */
const ODD_MACS = [
  'ff:ff:ff:ff:ff:ff',
  '01:00:5e:00:00:fb',
  '33:33:00:00:00:01',
  '01:80:c2:00:00:00',
  '01:80:c2:00:00:0e',
  '01:80:c2:00:00:10',
  '01:00:0c:cc:cc:cc',
  '01:00:0c:cc:cc:cd',
  'fa:16:3e:00:de:ad',
];

const payload = (
  r: Rng,
  src: string,
  overlay: Overlay,
): { head: string; dst: string | null; rest: readonly string[] } => {
  const ips = [...overlay.ports.values()].flatMap((p) => p.addresses.filter((a) => !a.includes(':')));
  const ip = (): string => (r.next() < 0.85 ? pick(r, ips) : '10.9.9.9');
  const mac = (): string => pick(r, [...overlay.ports.values()]).mac;
  switch (below(r, 7)) {
    case 0:
      return {
        head: 'arp',
        dst: 'ff:ff:ff:ff:ff:ff',
        rest: [`arp_op=1,arp_spa=${ip()},arp_tpa=${ip()},arp_sha=${src},arp_tha=00:00:00:00:00:00`],
      };
    case 1:
      return {
        head: 'arp',
        dst: null,
        rest: [
          `arp_op=${1 + below(r, 2)},arp_spa=${ip()},arp_tpa=${ip()},arp_sha=${src},arp_tha=${r.next() < 0.5 ? 'ff:ff:ff:ff:ff:ff' : mac()}`,
        ],
      };
    case 2:
      return { head: 'rarp', dst: 'ff:ff:ff:ff:ff:ff', rest: [`arp_op=3,arp_sha=${src},arp_tha=${src}`] };
    case 3:
      return {
        head: 'icmp6',
        dst: null,
        rest: [
          `ipv6_src=fe80::1,ipv6_dst=ff02::1,icmpv6_type=${pick(r, [128, 133, 134, 135, 136])},icmpv6_code=0,nw_ttl=255`,
        ],
      };
    case 4:
      return { head: 'udp', dst: null, rest: [`nw_src=${ip()},nw_dst=${ip()},nw_ttl=64,udp_src=68,udp_dst=67`] };
    default:
      return { head: 'icmp', dst: null, rest: [`nw_src=${ip()},nw_dst=${ip()},nw_ttl=64,icmp_type=8,icmp_code=0`] };
  }
};

export type RandomProbe = { readonly bridge: 'br-int' | 'br-tun'; readonly spec: string };

/** A packet that enters a host from a guest, a tunnel, or the patch port, in the words of `ofproto/trace`. */
export const randomProbe = (r: Rng, overlay: Overlay, agent: Agent): RandomProbe => {
  const ports = [...overlay.ports.values()];
  const vifs = [...agent.vifs.values()];
  const tunnels = tunnelPorts(agent);
  const fromTunnel = tunnels.length > 0 && (vifs.length === 0 || r.next() < 0.35);
  const vif = vifs.length > 0 && !fromTunnel ? pick(r, vifs) : null;
  const own = vif === null ? undefined : overlay.ports.get(vif.port);
  const src = own !== undefined && r.next() < 0.9 ? own.mac : r.next() < 0.8 ? pick(r, ports).mac : 'fa:16:3e:66:66:66';
  const body = payload(r, src, overlay);
  const dst = body.dst ?? (r.next() < 0.6 ? pick(r, ports).mac : pick(r, ODD_MACS));
  const guarded = own !== undefined && r.next() < 0.6 ? own.addresses[0] : undefined;
  const rest =
    guarded === undefined || body.head !== 'arp'
      ? body.rest
      : body.rest.map((t) => t.replace(/arp_spa=[^,]+/, `arp_spa=${guarded}`));
  const vlan = r.next() < 0.06 ? [`dl_vlan=${r.next() < 0.5 ? 77 : 1 + below(r, 4)}`] : [];
  const frame = (inPort: string, tags: readonly string[]): string =>
    [body.head, inPort, ...tags, `dl_src=${src}`, `dl_dst=${dst}`, ...rest].join();
  if (vif !== null) return { bridge: 'br-int', spec: frame(`in_port=${vif.ofport}`, vlan) };
  if (tunnels.length === 0 || !fromTunnel)
    return { bridge: 'br-tun', spec: frame('in_port=1', r.next() < 0.8 ? [`dl_vlan=${1 + below(r, 4)}`] : []) };
  const tunnel = pick(r, tunnels);
  const ids = [...overlay.networks.values()].map((s) => s.segmentationId ?? 0);
  const id = r.next() < 0.9 ? pick(r, ids) : below(r, 100000);
  return {
    bridge: 'br-tun',
    spec: frame(`in_port=${tunnel.ofport},tun_id=${id},tun_src=${tunnel.remoteIp},tun_dst=${agent.localIp}`, vlan),
  };
};
