// What finding the flow of a packet costs: caches that fill with the number of flows, and the way up when none knows it.
import type { Profile } from './profiles.ts';
import type { StageUse } from './context.ts';

/** Entries of the exact-match cache of one PMD thread (OVS `EM_FLOW_HASH_ENTRIES`). */
export const EMC_ENTRIES = 8192;
/** Flows at which the published extra cost of cache misses was taken. */
const FLOWS_MEASURED = 1000;

/** Share of the published extra at `flows`: none at one flow, all at 1,000, by the logarithm between (assumed). */
const spread = (flows: number): number => Math.min(1, Math.log10(Math.max(1, flows)) / Math.log10(FLOWS_MEASURED));

/** Share of packets that the exact-match cache answers, flows equally busy. */
export const emcHitShare = (flows: number): number => Math.min(1, EMC_ENTRIES / Math.max(1, flows));

/** Stages of one lookup of a frame of `bytes` with so many flows in play; `times` are expectations. */
export const lookupUses = (lookup: Profile['lookup'], flows: number, bytes: number): readonly StageUse[] => {
  const one = (stage: StageUse['stage'], times = 1): StageUse => ({ stage, times, bytes });
  switch (lookup) {
    case 'kernel':
      return [one('ovs_k')];
    case 'bridge':
      return [one('k_bridge')];
    case 'openflow':
      return [one('u_openflow')];
    case 'click':
      return [one('u_click')];
    case 'fast-path':
      return [one('u_fast_path')];
    case 'dpdk': {
      const hit = emcHitShare(flows);
      return [one('d_emc'), one('d_emc_1000', spread(flows)), one('d_dpcls', 1 - hit)].filter(({ times }) => times > 0);
    }
  }
};
