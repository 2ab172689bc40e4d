// Lays out a packet's way between two VMs as contexts with their stages, for a datapath, a size and offloads.
import { type Context, type StageUse, withSharing } from './context.ts';
import { type Encapsulation, ETHERNET_BYTES, FCS_BYTES, fragments } from './frame.ts';
import { lookupUses } from './lookup.ts';
import { type ContextPlan, PROFILES, type Profile, type ProfileName, type Step } from './profiles.ts';
import type { StageName } from './stages.ts';

/** Largest skb that segmentation offloads hand on undivided. */
export const SKB_BYTES_MAX = 65_536;
/** TCP and IPv4 headers with time stamps, in every segment. */
export const TCP_IP_BYTES = 52;

/** What the hardware and the virtual NICs take over. */
export type Offloads = {
  /** Guests leave checksums to the other side. */
  readonly checksum: boolean;
  /** GSO/TSO: one skb of up to 64 KiB passes the stack and is cut last. */
  readonly segmentation: boolean;
  /** The NIC also cuts what is inside a tunnel; otherwise the kernel does, in software. */
  readonly tunnel: boolean;
};
export const NO_OFFLOADS: Offloads = { checksum: false, segmentation: false, tunnel: false };
export const ALL_OFFLOADS: Offloads = { checksum: true, segmentation: true, tunnel: true };

/** What runs in the guests: sockets (TCP or UDP over the kernel), a poll-mode forwarder, or nothing that is counted. */
export const GUEST_KINDS = ['sockets', 'forwarder', 'none'] as const;
export type GuestKind = (typeof GUEST_KINDS)[number];

export type PathInput = {
  readonly from: string;
  readonly to: string;
  readonly datapath: ProfileName;
  /** Frame as the guest hands it over, check sequence included: 64 up to MTU + 18, beyond that cut by offload or fragmented. */
  readonly sizeBytes: number;
  /** Null where the network has no tunnel (flat, VLAN). */
  readonly encapsulation: Encapsulation | null;
  /** MTU of the guest's interface. */
  readonly guestMtu: number;
  readonly offloads: Offloads;
  readonly flows: number;
  /** Lookups the pipeline of one host takes (recirculation, e.g. through connection tracking). */
  readonly passes: number;
  /** Cores (softirq) or PMD threads of each host that packets are spread over. */
  readonly cores: number;
  readonly guest: GuestKind;
  /** Cores of each guest, with a virtio queue each. */
  readonly guestCores: number;
};

/** Frames that one packet becomes between the hosts, and the size of each with its check sequence, before the tunnel. */
export type Cut = {
  readonly frames: number;
  readonly frameBytes: number;
  readonly by: 'nothing' | 'offload' | 'fragments';
};

const FRAME_BYTES = ETHERNET_BYTES + FCS_BYTES;

export const cutOf = (sizeBytes: number, mtu: number, segmentation: boolean): Cut => {
  const ip = sizeBytes - FRAME_BYTES;
  if (ip <= mtu) return { frames: 1, frameBytes: sizeBytes, by: 'nothing' };
  const frames = segmentation ? Math.ceil((ip - TCP_IP_BYTES) / (mtu - TCP_IP_BYTES)) : fragments(ip, mtu);
  return { frames, frameBytes: mtu + FRAME_BYTES, by: segmentation ? 'offload' : 'fragments' };
};

const tunnelStages = (lookup: Profile['lookup'], way: 'encap' | 'decap'): StageName => {
  const isKernel = lookup === 'kernel' || lookup === 'bridge';
  if (way === 'encap') return isKernel ? 'k_vxlan_encap' : 'd_vxlan_encap';
  return isKernel ? 'k_vxlan_decap' : 'd_vxlan_decap';
};

/** Frames of the path and how they are cut, as every step needs them. */
type Layout = PathInput & { readonly profile: Profile; readonly cut: Cut };

const timesOf = (l: Layout, { per }: Step): number => {
  if (l.cut.by === 'nothing') return 1;
  const undivided = l.cut.by === 'offload' && l.profile.segmentOffload;
  const nicCuts = undivided && (l.encapsulation === null || l.offloads.tunnel);
  if (per === 'skb') return undivided ? 1 : l.cut.frames;
  return per === 'frame-out' && nicCuts ? 1 : l.cut.frames;
};

const stepUses = (l: Layout, step: Step): readonly StageUse[] => {
  const times = timesOf(l, step);
  const bytes = times === 1 ? l.sizeBytes : l.cut.frameBytes;
  const { word } = step;
  if (word === 'lookup')
    return lookupUses(l.profile.lookup, l.flows, bytes).map((use) => ({ ...use, times: use.times * times * l.passes }));
  if (word === 'encap' || word === 'decap')
    return l.encapsulation === null ? [] : [{ stage: tunnelStages(l.profile.lookup, word), times, bytes }];
  const cutHere = step.per === 'frame-out' && times > 1 && l.cut.by === 'offload' && l.profile.segmentOffload;
  return [...(cutHere ? [{ stage: 'gso' as const, times, bytes }] : []), { stage: word, times, bytes }];
};

/** Mean of the cores that get work when a hash spreads the flows: one flow stays on one core, many leave none idle. */
export const coresReached = (cores: number, flows: number): number => cores * (1 - (1 - 1 / cores) ** flows);

/** A guest's queue is emptied by one thread: its ports keep no more threads busy than the guest has queues. */
const coresFor = ({ reads, polls }: ContextPlan, l: Layout): number => {
  if (reads === 'alone') return 1;
  if (reads === 'card') return coresReached(l.cores, l.flows);
  return coresReached(polls ? Math.min(l.cores, l.guestCores) : l.guestCores, l.flows);
};

const contextOf = (plan: ContextPlan, host: string, l: Layout): Context => {
  const cores = coresFor(plan, l);
  const uses = plan.steps.flatMap((step) => stepUses(l, step));
  return { name: plan.name, host, uses: withSharing(uses, cores), cores, pollingCores: plan.polls ? l.cores : 0 };
};

const KICKS: Readonly<Record<Profile['endPort'], readonly StageName[]>> = {
  'vhost-net': ['g_kick'],
  'polled-tap': ['g_kick_batched'],
  'vhost-user': [],
  container: [],
};

const guestOf = (end: 'sender' | 'receiver', host: string, l: Layout): readonly Context[] => {
  if (l.guest === 'none' || l.profile.endPort === 'container') return [];
  const stages: StageName[] =
    l.guest === 'forwarder'
      ? ['g_forward']
      : ['g_stack', 'g_virtio', ...KICKS[l.profile.endPort], ...(l.offloads.checksum ? [] : (['g_checksum'] as const))];
  const whole = l.cut.by === 'offload' && l.profile.segmentOffload ? 1 : l.cut.frames;
  const bytes = whole === 1 ? l.sizeBytes : l.cut.frameBytes;
  const uses = stages.map((stage) => ({ stage, times: whole, bytes }));
  return [
    {
      name: `guest of ${end}`,
      host,
      uses,
      cores: coresReached(l.guestCores, l.flows),
      pollingCores: l.guest === 'forwarder' ? l.guestCores : 0,
    },
  ];
};

/** The contexts in the order a packet meets them. `from === to` is the path within one host, without tunnel or link. */
export const contextsOf = (input: PathInput): readonly [Context, ...Context[]] => {
  const profile: Profile = PROFILES[input.datapath];
  const l: Layout = { ...input, profile, cut: cutOf(input.sizeBytes, input.guestMtu, input.offloads.segmentation) };
  const between =
    input.from === input.to
      ? profile.local.map((plan) => contextOf(plan, input.from, { ...l, encapsulation: null }))
      : [
          ...profile.send.map((plan) => contextOf(plan, input.from, l)),
          ...profile.receive.map((plan) => contextOf(plan, input.to, l)),
        ];
  const contexts = [...guestOf('sender', input.from, l), ...between, ...guestOf('receiver', input.to, l)];
  return contexts as unknown as readonly [Context, ...Context[]];
};
