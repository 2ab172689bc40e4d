// The datapaths one can choose: which contexts run which stages on the sending host, the receiving one, or within one.
import type { StageName } from './stages.ts';

/** A stage, or a word that the flow count and the tunnel decide: `lookup`, `encap`, `decap`. */
export type StepWord = StageName | 'lookup' | 'encap' | 'decap';

/** How often a step runs when one skb becomes several frames: once an skb, or once a frame on its way out or in. */
export type Step = { readonly word: StepWord; readonly per: 'skb' | 'frame-out' | 'frame-in' };

export type ContextPlan = {
  readonly name: string;
  readonly polls: boolean;
  /** Where its packets come from: the card's receive queues spread flows over cores, a guest's queues over its threads, anything else is one thread. */
  readonly reads: 'card' | 'guest' | 'alone';
  readonly steps: readonly Step[];
};

export type Profile = {
  readonly title: string;
  readonly lookup: 'kernel' | 'dpdk' | 'bridge' | 'openflow' | 'click' | 'fast-path';
  /** How an end is attached: vhost-net costs a guest kicks, fewer behind a polling tap, none at a vhost-user port; a container has no guest. */
  readonly endPort: 'vhost-net' | 'polled-tap' | 'vhost-user' | 'container';
  /** Segments of 64 KiB pass from guest to guest and to the NIC undivided when TSO is on. */
  readonly segmentOffload: boolean;
  readonly send: readonly ContextPlan[];
  readonly receive: readonly ContextPlan[];
  readonly local: readonly ContextPlan[];
};

const skb = (...words: readonly StepWord[]): readonly Step[] => words.map((word) => ({ word, per: 'skb' }));
const frameOut = (...words: readonly StepWord[]): readonly Step[] => words.map((word) => ({ word, per: 'frame-out' }));
const frameIn = (...words: readonly StepWord[]): readonly Step[] => words.map((word) => ({ word, per: 'frame-in' }));

type Steps = readonly (readonly Step[])[];

const thread = (name: string, ...steps: Steps): ContextPlan => ({
  name,
  polls: false,
  reads: 'alone',
  steps: steps.flat(),
});
const vhost = (name: string, ...steps: Steps): ContextPlan => ({ ...thread(name, ...steps), reads: 'guest' });
const softirq = (...steps: Steps): ContextPlan => ({ ...thread('softirq', ...steps), reads: 'card' });
/** A poll-mode thread at a guest's port, or at the card. */
const guestPmd = (...steps: Steps): ContextPlan => ({ ...vhost('pmd', ...steps), polls: true });
const cardPmd = (...steps: Steps): ContextPlan => ({ ...guestPmd(...steps), reads: 'card' });

/** vhost-net and taps around one lookup of the kernel; `extra` is crossed beside it (the qbr bridge of the hybrid plug). */
const kernel = (title: string, lookup: 'kernel' | 'bridge', ...extra: readonly StepWord[]): Profile => ({
  title,
  lookup,
  endPort: 'vhost-net',
  segmentOffload: true,
  send: [vhost('vhost', skb('vhost_k', 'skb', ...extra, 'lookup', 'encap', 'k_tx'), frameOut('drv_tx'))],
  receive: [
    softirq(frameIn('drv_rx', 'touch', 'skb'), skb('decap', 'lookup', ...extra, 'tap_in')),
    vhost('vhost', skb('tap_in', 'vhost_k')),
  ],
  local: [
    vhost('vhost of sender', skb('vhost_k', 'skb', ...extra, 'lookup', ...extra, 'tap_in')),
    vhost('vhost of receiver', skb('tap_in', 'vhost_k')),
  ],
});

/** A poll-mode thread with vhost-user ports. The lookup of a tunnel's outer headers is part of `decap`. */
const userSpace = (title: string, lookup: Profile['lookup'], segmentOffload: boolean): Profile => ({
  title,
  lookup,
  endPort: 'vhost-user',
  segmentOffload,
  send: [guestPmd(skb('d_vhost', 'lookup', 'encap'), frameOut('d_tx'))],
  receive: [cardPmd(frameIn('d_rx', 'decap', 'lookup', 'd_vhost'))],
  local: [guestPmd(skb('d_vhost', 'lookup', 'd_vhost'))],
});

/** A container's stack, veths and bridge run in one context: nothing is handed to another thread. */
const CONTAINER: Pick<Profile, 'endPort' | 'segmentOffload'> = { endPort: 'container', segmentOffload: true };

/** OVS on AF_XDP writing to taps; `woken` where its thread waits for interrupts instead of polling. */
const tapped = (title: string, woken: boolean): Profile => {
  const own = woken ? (['wake'] as const) : [];
  const ovs = (plan: ContextPlan): ContextPlan => ({ ...plan, polls: !woken });
  return {
    title,
    lookup: 'dpdk',
    endPort: woken ? 'vhost-net' : 'polled-tap',
    segmentOffload: false,
    send: [
      vhost('vhost', skb('vhost_k', 'tap_in')),
      ovs(guestPmd(skb(...own, 'a_tap', 'lookup', 'encap'), frameOut('a_tx'))),
      softirq(frameOut('a_soft', 'drv_tx')),
    ],
    receive: [
      softirq(frameIn('drv_rx', 'touch', 'a_soft')),
      ovs(cardPmd(frameIn(...own, 'a_rx', 'decap', 'lookup', 'a_tap'))),
      vhost('vhost', skb('tap_in', 'vhost_k')),
    ],
    local: [
      vhost('vhost of sender', skb('vhost_k', 'tap_in')),
      ovs(guestPmd(skb(...own, 'a_tap', 'lookup', 'a_tap'))),
      vhost('vhost of receiver', skb('tap_in', 'vhost_k')),
    ],
  };
};

/** OVS's userspace datapath in its main thread: a packet a turn of the poll loop. */
const mainThread = (title: string, ...crossings: readonly StepWord[]): Profile => {
  const stack = (end: string): ContextPlan => thread(`stack of ${end}`, skb('g_stack'));
  const loop = thread('ovs-vswitchd', skb('u_poll_loop', ...crossings));
  return {
    ...CONTAINER,
    title,
    lookup: 'dpdk',
    segmentOffload: false,
    send: [stack('sender'), loop],
    receive: [loop, stack('receiver')],
    local: [stack('sender'), loop, stack('receiver')],
  };
};

export const PROFILES = {
  'kernel-ovs': kernel('kernel OVS, tap and vhost-net', 'kernel'),
  'kernel-ovs-hybrid': kernel(
    'kernel OVS behind a Linux bridge a port (iptables hybrid plug)',
    'kernel',
    'k_bridge',
    'veth',
  ),
  'linux-bridge': kernel('Linux bridge and kernel VXLAN', 'bridge'),
  'ovs-dpdk': userSpace('OVS-DPDK, vhost-user', 'dpdk', true),
  'af-xdp': {
    title: 'OVS on AF_XDP, vhost-user',
    lookup: 'dpdk',
    endPort: 'vhost-user',
    segmentOffload: true,
    send: [
      guestPmd(skb('d_vhost', 'lookup', 'encap'), frameOut('a_tx', 'a_vhost_extra')),
      softirq(frameOut('a_soft', 'drv_tx')),
    ],
    receive: [
      softirq(frameIn('drv_rx', 'touch', 'a_soft')),
      cardPmd(frameIn('a_rx', 'decap', 'lookup', 'd_vhost', 'a_vhost_extra')),
    ],
    local: [guestPmd(skb('d_vhost', 'lookup', 'd_vhost'))],
  },
  'af-xdp-tap': tapped('OVS on AF_XDP, polled taps', false),
  'af-xdp-tap-interrupt': tapped('OVS on AF_XDP, taps by interrupt', true),
  'kernel-ovs-container': {
    ...CONTAINER,
    title: 'kernel OVS, containers on veths',
    lookup: 'kernel',
    send: [thread('stack of sender', skb('g_stack', 'veth', 'lookup', 'encap', 'k_tx'), frameOut('drv_tx'))],
    receive: [softirq(frameIn('drv_rx', 'touch', 'skb'), skb('decap', 'lookup', 'veth', 'g_stack'))],
    local: [thread('stack', skb('g_stack', 'veth', 'lookup', 'veth'))],
  },
  'ovs-dpdk-container': {
    ...CONTAINER,
    title: 'OVS-DPDK, containers on AF_PACKET',
    lookup: 'dpdk',
    segmentOffload: false,
    send: [
      thread('stack of sender', skb('g_stack', 'veth')),
      guestPmd(skb('d_afpacket', 'lookup', 'encap'), frameOut('d_tx')),
    ],
    receive: [
      cardPmd(frameIn('d_rx', 'decap', 'lookup', 'd_afpacket')),
      thread('stack of receiver', skb('veth', 'g_stack')),
    ],
    local: [
      thread('stack of sender', skb('g_stack', 'veth')),
      guestPmd(skb('d_afpacket', 'lookup', 'd_afpacket')),
      thread('stack of receiver', skb('veth', 'g_stack')),
    ],
  },
  'ovs-userspace-veth': mainThread('OVS userspace datapath without PMD, veths', 'veth', 'veth'),
  'ovs-userspace-tap': mainThread('OVS userspace datapath without PMD, taps'),
  lagopus: userSpace('Lagopus on DPDK', 'openflow', false),
  fastclick: userSpace('FastClick on DPDK', 'click', false),
  openfastpath: userSpace('OpenFastPath on DPDK', 'fast-path', false),
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as readonly ProfileName[];
