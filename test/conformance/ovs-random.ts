// Random overlays and random packets from a seed, for comparison with a running Open vSwitch.
import { formatMac, isIpv6, linkLocalOf } from '../../domain/network/address.ts';
import { applyEvent } from '../../domain/network/apply-event.ts';
import { UNDISTURBED } from '../../domain/network/environment.ts';
import type { OverlayEvent } from '../../domain/network/overlay-event.ts';
import {
  activeHost,
  emptyOverlay,
  type Agent,
  type Mode,
  type Overlay,
  type Segment,
  type TunnelType,
} from '../../domain/network/overlay.ts';
import { boot, destroy, liveMigration } from '../../domain/network/story.ts';
import { tunnelPorts } from '../../domain/network/tunnel-port.ts';
import { below, pick, type Rng } from '../../domain/base/rng.ts';

export const HOSTS = ['host-1', 'host-2', 'host-3', 'host-4'];

export const vtepOf = (i: number): string => `10.0.0.${i + 1}`;

const MODES: readonly Mode[] = ['no-l2pop', 'l2pop', 'l2pop-arp'];

/** One to three tunnelled networks, and where the hosts reach a physical network a VLAN and a flat one of it. */
const segmentsOf = (r: Rng, types: readonly TunnelType[], provides: boolean): readonly Segment[] => {
  const tunnelled = Array.from({ length: 1 + below(r, 3) }, (): Segment => {
    return { networkType: pick(r, types), segmentationId: 1 + below(r, 65535), physicalNetwork: null };
  });
  if (!provides) return tunnelled;
  const vlan: Segment = { networkType: 'vlan', segmentationId: 100 + below(r, 4), physicalNetwork: 'physnet1' };
  const flat: Segment = { networkType: 'flat', segmentationId: null, physicalNetwork: 'physnet1' };
  return [...tunnelled, vlan, flat];
};

/** A cloud of four hosts after some boots, deletes and migrations, the last migration perhaps left half way. */
export const randomOverlay = (r: Rng, i: number): Overlay => {
  const style = i % 4 === 3 ? 'classic' : 'master';
  const types: readonly TunnelType[] = style === 'classic' ? ['gre', 'vxlan'] : ['gre', 'vxlan', 'geneve'];
  const [first, second] = [pick(r, types), pick(r, types)];
  const used = first === second || r.next() < 0.6 ? [first] : [first, second];
  const overlay = emptyOverlay({ style, mode: MODES[i % MODES.length] ?? 'l2pop', l3Plugin: r.next() < 0.5 });
  const apply = (events: readonly OverlayEvent[]): void => {
    for (const event of events) applyEvent(overlay, event, UNDISTURBED);
  };
  const provides = i % 3 !== 0;
  apply(
    HOSTS.map((host, h) => ({
      type: 'agent.started',
      host,
      localIp: vtepOf(h),
      tunnelTypes: used,
      bridgeMappings: provides ? { physnet1: 'br-ex' } : {},
    })),
  );
  const segments = segmentsOf(r, used, provides);
  for (const [n, segment] of segments.entries()) apply([{ type: 'network.created', network: `net-${n}`, segment }]);
  for (let v = 0; v < 4 + below(r, 8); v++) {
    const net = below(r, segments.length);
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
  const ips6 = [
    'fd00::1',
    ...[...overlay.ports.values()].flatMap((p) => [linkLocalOf(p.mac), ...p.addresses.filter(isIpv6)]),
  ];
  const ip = (): string => (r.next() < 0.85 ? pick(r, ips) : '10.9.9.9');
  const mac = (): string => pick(r, [...overlay.ports.values()]).mac;
  const target = (): string => (r.next() < 0.8 ? pick(r, ips6) : 'fd00::9:9');
  switch (below(r, 12)) {
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
    case 5:
      return {
        head: 'icmp6',
        dst: r.next() < 0.5 ? '33:33:ff:00:00:02' : null,
        rest: [
          `ipv6_src=${pick(r, ips6)},ipv6_dst=ff02::1:ff00:2,icmpv6_type=135,icmpv6_code=0,nw_ttl=255,nd_target=${target()},nd_sll=${src}`,
        ],
      };
    case 6:
      return {
        head: 'icmp6',
        dst: r.next() < 0.5 ? '33:33:00:00:00:01' : null,
        rest: [
          `ipv6_src=${pick(r, ips6)},ipv6_dst=ff02::1,icmpv6_type=136,icmpv6_code=0,nw_ttl=255,nd_target=${target()},nd_tll=${src}`,
        ],
      };
    case 7: {
      const [head, ports] = pick(r, [
        ['tcp6', 'tcp_src=40000,tcp_dst=22'],
        ['udp6', 'udp_src=546,udp_dst=547'],
        ['sctp6', 'sctp_src=2905,sctp_dst=2905'],
        ['ipv6', 'nw_proto=0'],
        ['icmp6', 'ip_frag=first,icmpv6_type=128,icmpv6_code=0'],
        ['icmp6', 'ip_frag=later'],
      ] as const);
      return {
        head,
        dst: r.next() < 0.3 ? '33:33:00:01:00:02' : null,
        rest: [`ipv6_src=${pick(r, ips6)},ipv6_dst=${target()},nw_ttl=64,${ports}`],
      };
    }
    case 8: {
      const [head, ports, dst] = pick(r, [
        ['tcp', ',tcp_src=40000,tcp_dst=443', null],
        ['sctp', ',sctp_src=2905,sctp_dst=2905', null],
        ['udp', ',udp_src=5353,udp_dst=5353', '01:00:5e:00:00:fb'],
        ['udp', ',udp_src=68,udp_dst=67', 'ff:ff:ff:ff:ff:ff'],
        ['ip', ',nw_proto=2', '01:00:5e:00:00:16'],
        ['ip', ',nw_proto=112', '01:00:5e:00:00:12'],
        ['udp', ',ip_frag=first,udp_src=5000,udp_dst=5001', null],
        ['udp', ',ip_frag=later', null],
        ['icmp', ',ip_frag=later', null],
      ] as const);
      return { head, dst, rest: [`nw_src=${ip()},nw_dst=${ip()},nw_ttl=64,nw_tos=184${ports}`] };
    }
    case 9:
      return {
        head: `dl_type=${pick(r, ['0x88cc', '0x88b5', '0x8863', '0x8847', '0x05ff'])}`,
        dst: null,
        rest: [],
      };
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
    guarded === undefined || body.head !== 'arp' || isIpv6(guarded)
      ? body.rest
      : body.rest.map((t) => t.replace(/arp_spa=[^,]+/, `arp_spa=${guarded}`));
  const vlan =
    r.next() < 0.08
      ? pick(r, [
          ['dl_vlan=77'],
          [`dl_vlan=${1 + below(r, 4)}`],
          ['dl_vlan=0', 'dl_vlan_pcp=5'],
          ['dl_vlan=0'],
          ['dl_vlan=4095'],
        ])
      : [];
  const frame = (inPort: string, tags: readonly string[]): string =>
    [body.head, inPort, ...tags, `dl_src=${src}`, `dl_dst=${dst}`, ...rest].join();
  const [patch] = agent.physical.values();
  if (patch !== undefined && r.next() < 0.25) {
    const tags = pick(r, [
      [],
      ['dl_vlan=0', 'dl_vlan_pcp=3'],
      [`dl_vlan=${100 + below(r, 4)}`],
      [`dl_vlan=${100 + below(r, 4)}`, 'dl_vlan_pcp=6'],
    ]);
    return { bridge: 'br-int', spec: frame(`in_port=${patch.intOfport}`, tags) };
  }
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
