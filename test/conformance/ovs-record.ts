// Reads recordings of Neutron steps and turns what agents and API did in them into events of the overlay.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { OverlayEvent } from '../../domain/network/overlay-event.ts';
import { isTunnelType, type NetworkType, type OverlayConfig, type TunnelType } from '../../domain/network/overlay.ts';

export type RecordedPort = {
  readonly bridge: string;
  readonly port: string;
  readonly ofport: number;
  readonly tag: string;
  readonly mac: string | null;
};

export type RecordedNode = {
  readonly brTun: readonly string[];
  readonly brTunOpenFlow10?: readonly string[];
  readonly brInt: readonly string[];
  readonly tunnels: readonly string[];
  readonly state: {
    readonly local_ip: string;
    readonly ports: readonly RecordedPort[];
    readonly local_vlans: readonly {
      readonly network_id: string;
      readonly segmentation_id: number;
      readonly vlan: number;
      readonly vifs: readonly string[];
    }[];
  };
};

export type RecordedMessage = {
  readonly kind: string;
  readonly method: string;
  readonly from?: string;
  readonly to?: string;
  readonly payload?: Readonly<Record<string, unknown>>;
};

export type RecordedStep = {
  readonly step: string;
  readonly note: string;
  readonly rpc: readonly RecordedMessage[];
  readonly nodes: Readonly<Record<string, RecordedNode>>;
};

export type Recording = { readonly variant: string; readonly style: string; readonly steps: readonly RecordedStep[] };

export const readRecordings = (dataDir: string): Recording[] =>
  readdirSync(join(dataDir, 'ovs/steps'))
    .filter((f) => f.endsWith('.json.gz'))
    .sort()
    .map((f) => JSON.parse(gunzipSync(readFileSync(join(dataDir, 'ovs/steps', f))).toString()) as Recording);

/** Style and mode as the variant's name spells them: `master-gre-l2pop-arp-nol3plugin`. */
export const configOf = (recording: Recording): OverlayConfig => {
  const words = recording.variant.split('-');
  const mode = !words.includes('l2pop') ? 'no-l2pop' : words.includes('arp') ? 'l2pop-arp' : 'l2pop';
  return {
    style: recording.style === 'classic' ? 'classic' : 'master',
    mode,
    l3Plugin: !words.includes('nol3plugin'),
  };
};

const tunnelTypeOf = (recording: Recording): TunnelType =>
  recording.variant.split('-').find((w): w is TunnelType => isTunnelType(w as NetworkType)) ?? 'gre';

const unquote = (text: string | null): string => (text ?? '').replaceAll('"', '');

/** Facts of a port that `state` does not hold: addresses stand in FDB entries or in the guard of br-int. */
const addressesAt = (recording: Recording, from: number, mac: string, host: string, ofport: number): string[] => {
  const guard = recording.steps[from]?.nodes[host]?.brInt ?? [];
  const guarded = guard.flatMap((line) => {
    const found = new RegExp(`^table=24, .*in_port=${ofport},.*(?:arp_spa|nd_target)=([0-9a-f.:]+) `).exec(line)?.[1];
    return found === undefined || found.startsWith('fe80::') ? [] : [found];
  });
  if (guarded.length > 0) return guarded;
  for (const step of recording.steps.slice(from)) {
    for (const message of step.rpc) {
      if (message.method !== 'add_fdb_entries' && message.method !== 'remove_fdb_entries') continue;
      for (const net of Object.values(message.payload ?? {}) as { ports: Record<string, [string, string][]> }[]) {
        const mine = Object.values(net.ports).flatMap((entries) => entries.filter(([m]) => m === mac));
        if (mine.length > 0) return [...new Set(mine.map(([, ip]) => ip))];
      }
    }
  }
  return [];
};

const argsOf = (message: RecordedMessage): readonly string[] =>
  (message.payload?.['args'] as readonly string[] | undefined) ?? [];

const idList = (message: RecordedMessage, key: string): readonly string[] =>
  (message.payload?.[key] as readonly string[] | undefined) ?? [];

/** The events of a recording, a list per step: agents' reports in their recorded order, and the API calls the notes and
 * core notifications name. What the server answered is not read: that is to be predicted. */
export class Replay {
  readonly #recording: Recording;
  readonly #known = new Map<string, { network: string; mac: string; vif: string }>();
  readonly #hostOf = new Map<string, string>();
  readonly #up = new Map<string, string>();
  readonly #networks = new Set<string>();
  readonly #addresses = new Map<string, readonly string[]>();
  /** PORT/HOST pairs with an inactive binding. */
  readonly #invited = new Set<string>();
  /** Host to the port whose binding there was deactivated. */
  readonly #left = new Map<string, string>();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  events(i: number): OverlayEvent[] {
    const step = this.#recording.steps[i];
    if (step === undefined) return [];
    return [
      ...(i === 0 ? this.#agents(step) : []),
      ...(this.#reportsAreRecorded() ? this.#reported(step, i) : this.#inferred(step, i)),
      ...this.#deletedBinding(step),
    ];
  }

  #reportsAreRecorded(): boolean {
    return this.#recording.steps.some((s) => s.rpc.some((m) => m.kind === 'agent->server'));
  }

  #agents(step: RecordedStep): OverlayEvent[] {
    const synced = [...new Set(step.rpc.filter((m) => m.method === 'tunnel_sync').map((m) => m.from ?? ''))];
    const hosts = [...synced, ...Object.keys(step.nodes).filter((h) => !synced.includes(h))];
    return hosts.map((host) => {
      const types = step.rpc
        .filter((m) => m.method === 'tunnel_sync' && m.from === host)
        .map((m) => m.payload?.['tunnel_type'] as TunnelType);
      return {
        type: 'agent.started',
        host,
        localIp: step.nodes[host]?.state.local_ip ?? '',
        tunnelTypes: types.length > 0 ? types : [tunnelTypeOf(this.#recording)],
        bridgeMappings: {},
      };
    });
  }

  #portOnHost(id: string, host: string, step: RecordedStep): RecordedPort | undefined {
    return step.nodes[host]?.state.ports.find(
      (p) => p.bridge === 'br-int' && p.port.replace(/^(tap|qvo|qr-|qg-|ha-|sg-)/, '') === id.slice(0, 11),
    );
  }

  /** Creates network and port when they are first seen on a host. */
  #introduce(id: string, host: string, i: number): OverlayEvent[] {
    if (this.#known.has(id)) return [];
    // A port that comes and goes inside one step shows in a later state only; look forward for its first appearance.
    for (const step of this.#recording.steps.slice(i)) {
      const port = this.#portOnHost(id, host, step);
      const vlan = step.nodes[host]?.state.local_vlans.find((v) => v.vifs.includes(id));
      if (port === undefined || vlan === undefined) continue;
      const mac = unquote(port.mac);
      const node = step.nodes[host];
      const guarded =
        node?.brInt.some((line) => line.startsWith(`table=25, `) && line.includes(`in_port=${port.ofport},`)) === true;
      this.#known.set(id, { network: vlan.network_id, mac, vif: port.port });
      this.#hostOf.set(id, host);
      const events: OverlayEvent[] = [];
      if (!this.#networks.has(vlan.network_id)) {
        this.#networks.add(vlan.network_id);
        const segment = {
          networkType: tunnelTypeOf(this.#recording),
          segmentationId: vlan.segmentation_id,
          physicalNetwork: null,
        };
        events.push({ type: 'network.created', network: vlan.network_id, segment });
      }
      const at = this.#recording.steps.indexOf(step);
      const addresses = addressesAt(this.#recording, at, mac, host, port.ofport);
      this.#addresses.set(id, addresses);
      const facts = { id, network: vlan.network_id, mac, addresses, vif: port.port, portSecurity: guarded };
      events.push({ type: 'port.created', host, port: facts });
      return events;
    }
    throw new Error(`${this.#recording.variant}: port ${id} is reported on ${host} but never shows in its state`);
  }

  #reported(step: RecordedStep, i: number): OverlayEvent[] {
    return step.rpc.flatMap((message): OverlayEvent[] => {
      const host = message.from ?? '';
      if (message.method === 'tunnel_sync') return i === 0 ? [] : [{ type: 'agent.restarted', host }];
      if (message.method === 'update_device_list') return this.#reportedPorts(message, host, i);
      if (message.method === 'port_delete') return [{ type: 'port.deleted', port: argsOf(message)[0] ?? '' }];
      if (message.method === 'port_update') return this.#apiUpdate(step, message, i);
      if (message.method === 'binding_activate') return this.#activatedBinding(message);
      const added = /POST .*bindings host=(\S+)/.exec(message.method)?.[1];
      return added === undefined ? [] : this.#addedBinding(step, added, i);
    });
  }

  #reportedPorts(message: RecordedMessage, host: string, i: number): OverlayEvent[] {
    const up = idList(message, 'devices_up');
    const down = idList(message, 'devices_down');
    const introduced = up.flatMap((id) => this.#introduce(id, host, i));
    for (const id of up) this.#up.set(id, host);
    for (const id of down) if (this.#up.get(id) === host) this.#up.delete(id);
    return [
      ...introduced,
      ...(up.length > 0 ? [{ type: 'port.up', ports: up, host, blocked: false } as const] : []),
      ...(down.length > 0 ? [{ type: 'port.down', ports: down, host } as const] : []),
    ];
  }

  /** The note names the new host only: the port is the one activated there later, or the one whose VIF waits there untagged. */
  #addedBinding(step: RecordedStep, host: string, i: number): OverlayEvent[] {
    const activated = this.#recording.steps
      .slice(i)
      .flatMap((s) => s.rpc)
      .find((m) => m.method === 'binding_activate' && argsOf(m)[1] === host);
    const waiting = [...this.#known.keys()].find((id) => this.#portOnHost(id, host, step)?.tag === '[]');
    const port = activated === undefined ? waiting : argsOf(activated)[0];
    if (port === undefined) return [];
    this.#invited.add(`${port}/${host}`);
    const plugged = this.#portOnHost(port, host, step) !== undefined;
    return [{ type: 'binding.added', port, host }, ...(plugged ? [{ type: 'vif.plugged', port, host } as const] : [])];
  }

  #activatedBinding(message: RecordedMessage): OverlayEvent[] {
    const [port = '', host = ''] = argsOf(message);
    this.#left.set(this.#hostOf.get(port) ?? '', port);
    this.#hostOf.set(port, host);
    const added = this.#invited.delete(`${port}/${host}`) ? [] : [{ type: 'binding.added', port, host } as const];
    return [...added, { type: 'binding.activated', port, host }];
  }

  #deletedBinding(step: RecordedStep): OverlayEvent[] {
    const host = /DELETE \S*bindings\/(\S+)/.exec(step.note)?.[1];
    const port = host === undefined ? undefined : this.#left.get(host);
    return host === undefined || port === undefined ? [] : [{ type: 'binding.deleted', port, host }];
  }

  /** A PUT on a port: new addresses, a new host, or something that does not matter here. */
  #apiUpdate(step: RecordedStep, message: RecordedMessage, i: number): OverlayEvent[] {
    const readdressed = this.#readdressed(step);
    if (readdressed !== null) return [readdressed];
    const rebound = this.#rebound(message, i);
    if (rebound !== null) return [rebound];
    const [port] = this.#known.keys();
    return port === undefined ? [] : [{ type: 'port.updated', port }];
  }

  /** `IP -> IP` in the note; the port is the one that has the first. */
  #readdressed(step: RecordedStep): OverlayEvent | null {
    const [, before = '', after = ''] = /(\S+) -> (\S+)/.exec(step.note) ?? [];
    for (const [port, addresses] of this.#addresses) {
      if (!addresses.includes(before)) continue;
      const changed = addresses.map((a) => (a === before ? after : a));
      this.#addresses.set(port, changed);
      return { type: 'port.addresses_changed', port, addresses: changed };
    }
    return null;
  }

  /** A port that is next reported up on another host than it is bound to, with no activation and no other PUT in between, was
   * bound there by this one. */
  #rebound(message: RecordedMessage, i: number): OverlayEvent | null {
    const ahead = this.#recording.steps.slice(i).flatMap((s) => s.rpc);
    const activated = new Set<string>();
    for (const later of ahead.slice(ahead.indexOf(message) + 1)) {
      if (later.method === 'port_update') return null;
      if (later.method === 'binding_activate') activated.add(argsOf(later)[0] ?? '');
      const host = later.from ?? '';
      const moved = (id: string): boolean => this.#known.has(id) && !activated.has(id) && this.#hostOf.get(id) !== host;
      const port = later.method === 'update_device_list' ? idList(later, 'devices_up').find(moved) : undefined;
      if (port === undefined) continue;
      this.#hostOf.set(port, host);
      return { type: 'port.bound', port, host };
    }
    return null;
  }

  /** The 2015 recordings hold no agent reports: what appeared on or left br-int is what happened. */
  #inferred(step: RecordedStep, i: number): OverlayEvent[] {
    const events: OverlayEvent[] = [];
    for (const [port, host] of this.#up) {
      if (this.#portOnHost(port, host, step) !== undefined) continue;
      this.#up.delete(port);
      events.push({ type: 'port.down', ports: [port], host });
      const elsewhere = Object.keys(step.nodes).some((h) => this.#portOnHost(port, h, step) !== undefined);
      if (!elsewhere) {
        events.push({ type: 'port.deleted', port });
        this.#known.delete(port);
      }
    }
    for (const [host, node] of Object.entries(step.nodes)) {
      const ids = node.state.local_vlans.flatMap((v) => v.vifs);
      const ofport = (id: string): number => this.#portOnHost(id, host, step)?.ofport ?? 0;
      for (const id of ids.sort((a, b) => ofport(a) - ofport(b))) {
        if (this.#up.get(id) === host) continue;
        const moved = this.#known.has(id);
        events.push(...this.#introduce(id, host, i));
        if (moved) events.push({ type: 'port.bound', port: id, host });
        this.#up.set(id, host);
        events.push({ type: 'port.up', ports: [id], host, blocked: false });
      }
    }
    return events;
  }
}
