// What each stage of a packet's way costs, in cycles of a 2.4 GHz core, and how that is known.

/** How a figure is known.
 * - `measured`: by us, on a small virtual machine (ratios of CPU time);
 * - `published`: one published rate, or the difference of two that differ in this stage only;
 * - `fitted`: only sums are determined by published rates; the split between stages rests on priors;
 * - `assumed`: a guess, or a published figure whose clock or setting had to be guessed. */
export type Basis = 'measured' | 'published' | 'fitted' | 'assumed';

export type Stage = {
  /** Cycles a packet (or skb) costs at 64 bytes. */
  readonly cycles: number;
  /** Cycles each byte beyond 64 adds: copies and checksums. */
  readonly cyclesPerByte: number;
  readonly basis: Basis;
  readonly meaning: string;
};

/** GHz of the core that the cycles were derived on (Haswell class); cycles are taken to be the same at another clock. */
export const REFERENCE_CLOCK_GHZ = 2.4;
/** Frame that the per-packet figures already contain. */
export const BASE_FRAME_BYTES = 64;

/** One copy of payload in cycles a byte: container to container over kernel OVS, 5.9 Gbit/s at 1448 B and 49 Gbit/s at 64 KiB (Tu et al. 2021). */
const COPY = 0.327;
/** vhost-net's copy with its page handling: 12 Gbit/s between two VMs on one host at 64 KiB an skb (same source), less the fixed stages. */
const VHOST_COPY = 1.5;
/** A checksum in software: geometric mean of 2.77 and 1.41, what vhost-user guests lose without it on one host and across two (same source). */
const CHECKSUM = 2;

const stage =
  (basis: Basis) =>
  (cycles: number, meaning: string, cyclesPerByte = 0): Stage => ({ cycles, cyclesPerByte, basis, meaning });
const published = stage('published');
const fitted = stage('fitted');
const measured = stage('measured');
const assumed = stage('assumed');

/**
 * What QEMU's migration thread itself spends on a byte of a guest page: 2 GB/s through one connection over loopback, as measured
 * for `domain/migration`, at a clock that had to be supposed (2.4 GHz), less the stack's work in that thread. VMware's thread
 * saturates a core at 18 Gbit/s or about 15 (KB 323379; its blog of 2019): the same, from elsewhere.
 */
const PAGE_WORK = 0.82;

/** Names are those of the published fit that the conformance data uses, so that its rows are read as they are. */
export const STAGES = {
  // Kernel, shared by every path through it.
  drv_rx: published(171, 'NIC descriptor and NAPI poll, hardirq spread over the 64-packet budget'),
  touch: published(125, 'first cache miss on the packet header'),
  hash: published(42, 'one exact-match lookup'),
  drv_tx: published(215, 'driver transmit and completion'),
  skb: fitted(508, 'sk_buff allocated and freed, netif_receive_skb'),
  ovs_k: fitted(324, 'kernel OVS: key extraction, megaflow hit, actions'),
  ip_fwd: fitted(684, 'route lookup and forward'),
  k_tx: fitted(354, 'qdisc and dev_queue_xmit'),
  veth: fitted(502, 'one veth crossing: backlog and softirq'),
  tap_in: fitted(967, 'tap queue towards vhost, in or out'),
  vhost_k: fitted(629, 'vhost-net: copy, kick or interrupt', VHOST_COPY),
  k_bridge: assumed(450, 'Linux bridge: FDB lookup and forward'),
  k_vxlan_encap: assumed(
    600,
    'outer headers and route; half of a measured ratio (1.26 of bridge and veth) times a guess',
  ),
  k_vxlan_decap: assumed(
    600,
    'outer IP and UDP input; half of a measured ratio (1.26 of bridge and veth) times a guess',
  ),
  gso: assumed(250, 'one segment cut in software'),
  k_shared: fitted(
    51,
    'a cache line fetched from another core, for each further core at work; IPv4 forwarding on 1 to 6 cores (XDP paper)',
  ),
  ht_penalty: fitted(1051, 'extra when every hyperthread is busy; 7.42 Mpps on 9.9 of them less what they share'),
  // OVS-DPDK.
  d_rx: fitted(74, 'PMD receive'),
  d_emc: fitted(76, 'exact-match cache hit'),
  d_emc_1000: published(58, 'exact-match cache out of the first-level cache, 1,000 flows'),
  d_dpcls: fitted(261, 'exact-match cache miss, one subtable of the megaflow classifier'),
  d_subtable: published(173, 'each further subtable looked into'),
  d_tx: fitted(68, 'PMD send'),
  d_vhost: fitted(253, 'vhost-user enqueue or dequeue', COPY),
  d_vxlan_decap: assumed(
    280,
    'tunnel pop and the lookup of the outer headers; 5.05 Mpps at 118 B less plain forwarding, clock guessed',
  ),
  d_vxlan_encap: assumed(150, 'tunnel push from a prepared header'),
  d_afpacket: fitted(3186, 'AF_PACKET device hop: a system call', COPY),
  // AF_XDP.
  a_rx: published(338, 'AF_XDP receive in user space'),
  a_tx: fitted(200, 'AF_XDP send in user space'),
  a_soft: fitted(240, 'AF_XDP: kernel part in softirq'),
  a_vhost_extra: fitted(88, 'AF_XDP beside vhost-user: buffers change owner'),
  a_tap: published(1432, 'write to or read from a tap: a system call; 1.3 Mpps less receive and lookup', COPY),
  xdp_veth: fitted(337, 'XDP redirect into or out of a veth or tap'),
  // OVS with its userspace datapath in the main thread, no PMD.
  u_poll_loop: measured(26_200, 'one packet a turn of the poll loop on AF_PACKET, less two veth crossings'),
  // Other user-space systems.
  u_openflow: assumed(400, 'Lagopus: OpenFlow 1.3 pipeline with cached lookup'),
  u_click: assumed(180, 'FastClick: batched element graph of a switch'),
  u_fast_path: assumed(260, 'OpenFastPath: user-space IP forwarding'),
  u_generate: published(120, 'MoonGen: a packet made by a script, 20 Mpps a core as its authors say'),
  // End points.
  g_stack: fitted(
    2262,
    'TCP and socket of a sender or receiver; 4238 a packet less three OVS passes and two veths',
    COPY,
  ),
  g_virtio: fitted(575, 'guest virtio-net driver; 8.4 Gbit/s between vhost-user guests less TCP'),
  g_kick: fitted(6240, 'guest exits and interrupts at a kernel vhost port, a packet at a time'),
  g_kick_batched: fitted(2857, 'the same where a polling thread hands over packets in batches'),
  g_checksum: fitted(0, 'checksum in software', CHECKSUM),
  g_forward: assumed(400, 'guest forwarding in user space (testpmd): both virtio rings'),
  wake: fitted(11_600, 'an OVS thread woken by an interrupt instead of polling'),
  // A live migration's process, beside its stack.
  q_send: assumed(
    0,
    'QEMU: page found, tested for zeros, queued; one connection over loopback, clock supposed',
    PAGE_WORK,
  ),
  q_receive: assumed(
    0,
    'QEMU: page taken in, first touched, copied in place; no dearer than sending it, as both kept up',
    PAGE_WORK,
  ),
  // Misses.
  upcall: assumed(11_630, 'flow miss to ovs-vswitchd and back: 206,358 a second on one 2.4 GHz core'),
} as const satisfies Readonly<Record<string, Stage>>;

export type StageName = keyof typeof STAGES;

export const isStageName = (name: string): name is StageName => Object.hasOwn(STAGES, name);

/** Cycles of one pass of a packet of `bytes` (frame with its check sequence) through a stage. */
export const stageCycles = (name: StageName, bytes: number): number => {
  const { cycles, cyclesPerByte } = STAGES[name];
  return cycles + cyclesPerByte * Math.max(0, bytes - BASE_FRAME_BYTES);
};
