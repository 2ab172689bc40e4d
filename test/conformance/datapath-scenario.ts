// Turns the words of a row into a scenario of ours: the contexts of a packet benchmark, or a path between two end points.
import type { ProfileName } from '../../domain/datapath/profiles.ts';
import type { PathCostInput } from '../../domain/datapath/path-cost.ts';
import { STANDARD_PATH } from '../../domain/datapath/standard-path.ts';
import type { StageName } from '../../domain/datapath/stages.ts';
import type { CalibrationRow } from './datapath-rows.ts';
import { wordsOf } from './datapath-rows.ts';

export type Contexts = Readonly<Record<string, readonly StageName[]>>;

const has = (words: string, ...patterns: readonly RegExp[]): boolean => patterns.every((p) => p.test(words));

const AF_XDP = /af_?xdp/;
const TAP = /\btap\b/;
const FORWARD: readonly StageName[] = ['drv_tx', 'k_tx'];
const ARRIVE: readonly StageName[] = ['drv_rx', 'touch', 'skb'];

const phyToPhy = (words: string): Contexts | null => {
  if (AF_XDP.test(words)) return { user: ['a_rx', 'a_tx'], softirq: ['drv_rx', 'touch', 'a_soft'] };
  if (/dpdk/.test(words)) return { pmd: ['d_rx', 'd_emc', 'd_tx'] };
  return /kernel/.test(words) ? { softirq: [...ARRIVE, 'ovs_k', ...FORWARD] } : null;
};

const throughVm = (words: string): Contexts | null => {
  const softirq: readonly StageName[] = ['drv_rx', 'touch', 'a_soft'];
  if (has(words, AF_XDP, TAP)) return { user: ['a_rx', 'd_emc', 'a_tap', 'a_tap', 'd_emc', 'a_tx'], softirq };
  if (AF_XDP.test(words))
    return { user: ['a_rx', 'd_emc', 'd_vhost', 'd_vhost', 'd_emc', 'a_tx', 'a_vhost_extra'], softirq };
  if (/dpdk/.test(words)) return { pmd: ['d_rx', 'd_emc', 'd_vhost', 'd_vhost', 'd_emc', 'd_tx'] };
  return /kernel/.test(words)
    ? { softirq: [...ARRIVE, 'ovs_k', 'tap_in'], vhost: ['tap_in', 'vhost_k', 'skb', 'ovs_k', ...FORWARD] }
    : null;
};

const throughContainer = (words: string): Contexts | null => {
  if (AF_XDP.test(words)) return { softirq: ['drv_rx', 'touch', 'xdp_veth', 'hash', 'xdp_veth', 'hash', 'drv_tx'] };
  if (/dpdk/.test(words)) return { pmd: ['d_rx', 'd_emc', 'd_afpacket', 'd_afpacket', 'd_emc', 'd_tx'] };
  return /kernel/.test(words) ? { softirq: [...ARRIVE, 'ovs_k', 'veth', 'ip_fwd', 'veth', 'ovs_k', ...FORWARD] } : null;
};

/** Benchmarks of one direction through one host, told by the words of a row; null where no stages of ours say it. */
export const benchmarkOf = (row: CalibrationRow): Contexts | null => {
  const words = `${row.id} ${row.path ?? ''}`.toLowerCase();
  if (/ebpf/.test(words)) return null;
  if (/moongen/.test(words)) return { generator: ['u_generate'] };
  if (/\bp2p\b/.test(words)) return phyToPhy(words);
  if (/\bpvp\b/.test(words)) return throughVm(words);
  if (/\bpcp\b/.test(words)) return throughContainer(words);
  if (has(words, AF_XDP, /->/)) return { user: ['a_rx', 'd_emc', TAP.test(words) ? 'a_tap' : 'd_vhost'] };
  if (has(words, /dpdk/, /rx-drop/)) return { pmd: ['d_rx'] };
  if (has(words, /dpdk/, /vxlan/, /emc off/)) return { pmd: ['d_rx', 'd_dpcls', 'd_vxlan_decap', 'd_dpcls', 'd_tx'] };
  if (has(words, /dpdk/, /vxlan decap/)) return { pmd: ['d_rx', 'd_emc', 'd_vxlan_decap', 'd_tx'] };
  if (has(words, /dpdk/, /single flow/)) return { pmd: ['d_rx', 'd_emc', 'd_tx'] };
  if (has(words, /ovs-kernel/, /gbe/)) return { softirq: [...ARRIVE, 'ovs_k', ...FORWARD] };
  if (has(words, /xdp_redirect/, /->/, TAP) && words.indexOf('->') < words.indexOf('tap'))
    return { softirq: ['drv_rx', 'touch', 'xdp_veth'] };
  if (has(words, /guest rx/, TAP, /vhost/)) return { vhost: ['tap_in', 'vhost_k'] };
  if (/linux.*forwarding/.test(words)) return { softirq: [...ARRIVE, 'ip_fwd', ...FORWARD] };
  return null;
};

const profileOf = (words: string): ProfileName | null => {
  const isVm = /\bvm\b|vhost-?user|inter-vm/.test(words);
  if (AF_XDP.test(words)) {
    if (!TAP.test(words)) return isVm ? 'af-xdp' : null;
    return /irq|interrupt/.test(words) ? 'af-xdp-tap-interrupt' : 'af-xdp-tap';
  }
  if (/userspace|netdev datapath/.test(words)) return /veth/.test(words) ? 'ovs-userspace-veth' : 'ovs-userspace-tap';
  if (/dpdk/.test(words)) return isVm ? 'ovs-dpdk' : 'ovs-dpdk-container';
  if (/linux.?bridge/.test(words)) return 'linux-bridge';
  if (/kernel/.test(words)) return isVm ? 'kernel-ovs' : 'kernel-ovs-container';
  return null;
};

/** Ethernet, IP and TCP around a full segment; TSO hands over 64 KiB at once. */
const BULK_TSO_BYTES = 65_536;

/** A bulk TCP transfer between two end points, told by the words of a row; null where the datapath is not named. */
export const transferOf = (row: CalibrationRow, clockGhz: number): PathCostInput | null => {
  const words = wordsOf(row);
  const datapath = profileOf(words);
  if (datapath === null) return null;
  const crosses = /cross-?host|another host/.test(words);
  const tunnel = crosses && /geneve|vxlan|gre\b/.test(words);
  const mtu = (row.mtu ?? 1500) - (tunnel ? 50 : 0);
  const claimed = row.offloads ?? words;
  // Rows of the kernel's taps between namespaces state no offloads and run with the kernel's defaults: all of them.
  const isDefault = row.offloads === undefined && row.id.startsWith('ovs-kernel');
  const segmentation = isDefault || (/tso/i.test(claimed) && !/no-?offload/.test(words));
  const checksum = segmentation || (/csum/i.test(claimed) && !/no-?offload/.test(words));
  return {
    ...STANDARD_PATH,
    from: 'a',
    to: crosses ? 'b' : 'a',
    datapath,
    encapsulation: tunnel ? STANDARD_PATH.encapsulation : null,
    guestMtu: mtu,
    sizeBytes: segmentation ? BULK_TSO_BYTES : mtu + 18,
    offloads: { checksum, segmentation, tunnel: false },
    passes: Number(words.match(/(\d+) (?:pipeline )?passes/)?.[1] ?? 1),
    clockGhz,
  };
};
