// What a person looks at in the Network place: which network is lit, whose tables, and which packet is followed.
import { signal } from '@preact/signals';
import type { Bridge } from '../../domain/network/host-flows.ts';
import type { TraceAnswer } from '../../domain/network/trace-answer.ts';
import type { ClusterState, PortState, VmState } from '../../domain/readout/state.ts';
import type { NetworkOverview, OverviewNetwork } from '../../domain/network/overview.ts';

export type Probe = 'echo' | 'arp' | 'own';

export class NetworkView {
  readonly shows = signal<'mesh' | 'compare' | 'l2pop'>('compare');
  /** The tunnels as a table of VTEPs instead of pictures. */
  readonly asTable = signal(false);
  /** Id of the lit network; null: the one the traced VM is on. */
  readonly network = signal<string | null>(null);
  readonly bridge = signal<Bridge>('br-tun');
  /** Ids of the VMs a packet is followed between; null: chosen by what is selected. */
  readonly from = signal<string | null>(null);
  readonly to = signal<string | null>(null);
  readonly probe = signal<Probe>('echo');
  /** Where the sender would move live, and which agent would react first. */
  readonly moveTo = signal<string | null>(null);
  readonly first = signal<'source' | 'dest'>('dest');
  /** A packet in the words of ofproto/trace, for the probe of one's own. */
  readonly packet = signal('icmp,nw_dst=');
  /** The look-up the player stands at; null: the whole way at once. */
  readonly step = signal<number | null>(null);
  /** What the place settled on: the lit network, and the ids of the VMs at both ends. */
  readonly shown = signal<{
    readonly overview: NetworkOverview;
    readonly network: OverviewNetwork | null;
    readonly from: string | null;
    readonly to: string | null;
  } | null>(null);
  readonly trace = signal<TraceAnswer | null>(null);
  readonly traceFailure = signal<string | null>(null);
}

export type End = { readonly vm: VmState; readonly port: PortState };

/** VMs with a plugged port on a network, by name. A log without ports has VMs by the name of the network in their addresses. */
export const endsOn = (state: ClusterState, network: OverviewNetwork): readonly End[] => {
  const vms = new Map(state.vms.map((v) => [v.id, v]));
  const recorded = state.ports.flatMap((port): End[] => {
    const vm = port.vm === null ? undefined : vms.get(port.vm);
    const plugged = port.host !== null && (port.status === null || port.status === 'ACTIVE');
    return vm !== undefined && plugged && port.network === network.id ? [{ vm, port }] : [];
  });
  const withPort = new Set(state.ports.map((p) => p.vm));
  const heardOf = state.vms.flatMap((vm): End[] => {
    const ips = vm.addresses.filter((a) => a.network === network.name || a.network === network.id).map((a) => a.ip);
    if (withPort.has(vm.id) || ips.length === 0 || vm.host === null || vm.status === 'SHUTOFF') return [];
    const { id, host } = vm;
    return [{ vm, port: { id, network: network.id, vm: id, mac: null, ips, host, status: null, bindings: [] } }];
  });
  return [...recorded, ...heardOf].sort((a, b) => a.vm.name.localeCompare(b.vm.name, 'en', { numeric: true }));
};

/** The two ends of the packet: what was chosen where it is still there, else the selected VM or host and somebody elsewhere. */
export const chooseEnds = (
  ends: readonly End[],
  chosen: { readonly from: string | null; readonly to: string | null; readonly selection: string | null },
): { readonly from: End | null; readonly to: End | null } => {
  const selected = (e: End): boolean =>
    chosen.selection === `vm:${e.vm.id}` || chosen.selection === `host:${e.port.host}`;
  const from = ends.find((e) => e.vm.id === chosen.from) ?? ends.find(selected) ?? ends[0] ?? null;
  const others = ends.filter((e) => e.vm.id !== from?.vm.id);
  const elsewhere = others.find((e) => e.port.host !== from?.port.host);
  return { from, to: others.find((e) => e.vm.id === chosen.to) ?? elsewhere ?? others[0] ?? null };
};
