// Control-plane load in closed form: messages, deliveries and FDB entries of one port's life (network.md §5 and §6).
import type { OverlayConfig } from './overlay.ts';
import { usesL2pop } from './overlay.ts';

/** What one event costs. A fanout is delivered to every agent, a cast to one. */
export type MessageLoad = {
  readonly fanouts: number;
  readonly casts: number;
  /** Messages that arrive at some agent, summed over agents. */
  readonly deliveries: number;
  /** FDB entries in all messages, each message counted once. */
  readonly entries: number;
};

export const NO_LOAD: MessageLoad = { fanouts: 0, casts: 0, deliveries: 0, entries: 0 };

/** Sums loads field by field. */
export const addLoads = (loads: readonly MessageLoad[]): MessageLoad =>
  loads.reduce(
    (sum, l) => ({
      fanouts: sum.fanouts + l.fanouts,
      casts: sum.casts + l.casts,
      deliveries: sum.deliveries + l.deliveries,
      entries: sum.entries + l.entries,
    }),
    NO_LOAD,
  );

export type UpSituation = {
  /** Hosts with an agent. */
  readonly hosts: number;
  /** Active ports of the network on the port's host, the port included. */
  readonly activeOnHost: number;
  /** Other hosts with active ports of the network. */
  readonly otherHosts: number;
  /** Addresses (k, summed over ports) of the network's active ports on other hosts. */
  readonly otherAddresses: number;
  /** Fixed IPs of the port. */
  readonly addresses: number;
  /** The agent asks for the whole list: it has no tunnel for the network, or has just started. */
  readonly refresh: boolean;
};

/** A port becomes ACTIVE. Today's server sends the burst twice, the second one with the agent's refresh. */
export const portUpLoad = (config: OverlayConfig, s: UpSituation): MessageLoad => {
  if (!usesL2pop(config.mode)) return NO_LOAD;
  const few = s.activeOnHost === 1 || (config.style === 'master' && s.activeOnHost === 2);
  const calls = config.style === 'master' ? [few, few || s.refresh] : [few];
  return addLoads(
    calls.map((first) => {
      const cast = first && s.otherHosts > 0 ? 1 : 0;
      return {
        fanouts: 1,
        casts: cast,
        deliveries: s.hosts + cast,
        entries: s.addresses + (first ? 1 : 0) + cast * (s.otherHosts + s.otherAddresses),
      };
    }),
  );
};

/** A port is unplugged and deleted: one removal as it goes DOWN, one more with an L3 plugin, one at DELETE; 2015: one. */
export const portRemovedLoad = (
  config: OverlayConfig,
  s: { readonly hosts: number; readonly leftOnHost: number; readonly addresses: number },
): MessageLoad => {
  if (!usesL2pop(config.mode)) return NO_LOAD;
  const fanouts = config.style === 'master' ? 2 + (config.l3Plugin ? 1 : 0) : 1;
  const each = s.addresses + (s.leftOnHost === 0 ? 1 : 0);
  return { fanouts, casts: 0, deliveries: fanouts * s.hosts, entries: fanouts * each };
};

/** Starting all agents: one report and one `tunnel_update` per host and tunnel type, in every mode. */
export const agentStartLoad = (hosts: number, tunnelTypes: number): MessageLoad => ({
  fanouts: hosts * tunnelTypes,
  casts: 0,
  // An agent that is not yet up hears nothing: the i-th start reaches i agents.
  deliveries: (tunnelTypes * hosts * (hosts + 1)) / 2,
  entries: 0,
});

/** Two core notifications go with every activation of a binding: binding_deactivate and binding_activate. */
const ACTIVATION_FANOUTS = 2;

/** A live migration, from the activation of the destination's binding to the source's report (network.md §6). `up` is the
 * situation on the destination. Destination first, the source's removal carries no FLOODING entry: its INACTIVE binding still
 * counts. Core notifications are in `fanouts` and `deliveries`; they hold no entries. */
export const liveMigrationLoad = (
  config: OverlayConfig,
  s: { readonly up: UpSituation; readonly first: 'source' | 'dest'; readonly leftOnSource: number },
): MessageLoad => {
  const { hosts, addresses } = s.up;
  const activation = {
    fanouts: ACTIVATION_FANOUTS,
    casts: 0,
    deliveries: ACTIVATION_FANOUTS * hosts,
    entries: 0,
  };
  const announced = usesL2pop(config.mode) && config.style === 'master' && config.l3Plugin;
  const flood = s.first === 'source' && s.leftOnSource === 0 ? 1 : 0;
  const removal = announced ? { fanouts: 1, casts: 0, deliveries: hosts, entries: addresses + flood } : NO_LOAD;
  return addLoads([activation, portUpLoad(config, s.up), removal]);
};
