// How long a guest is unreachable around a live migration, split into its parts (network.md §6).
import type { Mode } from './overlay.ts';
import { LEARN_TIMEOUT_S } from './br-tun-flows.ts';

/** Delays in milliseconds. Defaults are assumptions unless said otherwise; a measured one replaces them. */
export type BlackoutInput = {
  readonly mode: Mode;
  /** Guest stopped by QEMU: from the migration model. */
  readonly pauseMs: number;
  /** From the guest's resume to `PUT bindings/DEST/activate` (Nova's post_live_migration). */
  readonly activateMs: number;
  /** Agents wake by an ovsdb event or RPC; at worst they wait for their poll. */
  readonly agentLoopMs: number;
  /** Details, local VLAN, flows, `update_device_up` on the destination. */
  readonly bindMs: number;
  /** The server's fanout until the last host that matters has applied it. */
  readonly fanoutMs: number;
  /** Which agent is first after the activation. */
  readonly first: 'source' | 'dest';
  /** An L3 plugin is loaded, so the source's unplugging is announced. */
  readonly l3Plugin: boolean;
  /** QEMU or Nova announces the guest after the port is bound (`enable_qemu_monitor_announce_self`): null when it does not. */
  readonly announceMs: number | null;
  /** The guest itself sends something after this long; that teaches hosts that learn. */
  readonly guestTalksMs: number;
};

/** ovs agent `polling_interval`. */
export const POLLING_INTERVAL_MS = 2000;

export const DEFAULT_BLACKOUT: BlackoutInput = {
  mode: 'l2pop-arp',
  pauseMs: 100,
  activateMs: 500,
  agentLoopMs: POLLING_INTERVAL_MS / 2,
  bindMs: 300,
  fanoutMs: 200,
  first: 'dest',
  l3Plugin: true,
  announceMs: null,
  guestTalksMs: 1000,
};

export type BlackoutPart = {
  readonly name: 'QEMU pause' | 'port binding' | 'agent' | 'FDB fanout' | 'ARP / RARP';
  readonly ms: number;
  readonly why: string;
};

export type StaleWindow = {
  readonly what: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly effect: string;
};

export type Blackout = {
  readonly parts: readonly BlackoutPart[];
  /** From the guest's stop until remote hosts reach it again; the sum of the parts. */
  readonly totalMs: number;
  /** Times during which entries lie, measured from the guest's stop. */
  readonly staleWindows: readonly StaleWindow[];
};

/** Until a remote host's forwarding is right again: the add fanout where entries come from the server (their priority 2 beats
 * what is learned), the guest's first frame where hosts learn. */
const recovery = (input: BlackoutInput): readonly BlackoutPart[] => {
  if (input.mode === 'l2pop' || input.mode === 'l2pop-arp') {
    return [
      {
        name: 'FDB fanout',
        ms: input.fanoutMs,
        why: 'other hosts send to the source until they apply add_fdb_entries (priority 2)',
      },
      {
        name: 'ARP / RARP',
        ms: 0,
        why: 'the MAC stays the same and the server names the new VTEP: no announcement is needed',
      },
    ];
  }
  const talks = input.announceMs === null ? input.guestTalksMs : Math.min(input.announceMs, input.guestTalksMs);
  return [
    { name: 'FDB fanout', ms: 0, why: 'no forwarding entries are sent in this mode' },
    {
      name: 'ARP / RARP',
      ms: talks,
      why: 'other hosts keep the learned entry until the guest is heard from its new host',
    },
  ];
};

const staleWindows = (input: BlackoutInput, boundMs: number, totalMs: number): StaleWindow[] => {
  const rarp: StaleWindow = {
    what: 'RARP of QEMU at resume',
    fromMs: input.pauseMs,
    toMs: boundMs,
    effect: 'sent before the port has a local VLAN: reaches br-tun untagged and is dropped there',
  };
  if (input.mode === 'no-l2pop' || input.mode === 'multicast') {
    const expiry = input.pauseMs + LEARN_TIMEOUT_S * 1000;
    const learned = {
      what: 'learned entry for the source',
      fromMs: 0,
      toMs: Math.min(totalMs, expiry),
      effect: 'unicast goes to the source host',
    };
    return [rarp, learned];
  }
  const stale: StaleWindow = {
    what: 'unicast entry for the source',
    fromMs: 0,
    toMs: totalMs,
    effect: 'unicast goes to the source host and is lost',
  };
  if (input.first === 'source') {
    const both = 'the cast to the destination names the source too while its INACTIVE binding exists';
    return [
      rarp,
      stale,
      {
        what: 'flood and unicast entry for the source on the destination',
        fromMs: totalMs,
        toMs: Infinity,
        effect: both,
      },
    ];
  }
  const effect = input.l3Plugin
    ? 'the late removal deletes the new entries on other hosts: traffic to the guest is flooded until the next burst, the flood entry to the source stays'
    : 'unicast is right, the flood entry to the source stays until the next event of the network there';
  return [
    rarp,
    stale,
    { what: 'removal for the source after the destination is up', fromMs: totalMs, toMs: Infinity, effect },
  ];
};

/** The parts in order of time. Model, not measurement: each part is one delay of the input, none overlaps another. */
export const blackout = (input: BlackoutInput): Blackout => {
  const parts: readonly BlackoutPart[] = [
    { name: 'QEMU pause', ms: input.pauseMs, why: 'the guest is stopped' },
    {
      name: 'port binding',
      ms: input.activateMs,
      why: 'Nova activates the destination binding after the guest has resumed',
    },
    { name: 'agent', ms: input.agentLoopMs + input.bindMs, why: 'the destination agent wakes up and binds the port' },
    ...recovery(input),
  ];
  const totalMs = parts.reduce((sum, p) => sum + p.ms, 0);
  const boundMs = parts.slice(0, 3).reduce((sum, p) => sum + p.ms, 0);
  return { parts, totalMs, staleWindows: staleWindows(input, boundMs, totalMs) };
};
