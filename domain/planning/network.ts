// The links plans move VMs over: adapters and uplinks as told or assumed, and what tenants use of them where they share them.
import { recordedTraffic } from '../datapath/cluster-traffic.ts';
import { payloadBytesPerS } from '../migration/encapsulation.ts';
import type { Flow } from '../migration/max-min.ts';
import { type Paths, pathsOf } from '../migration/network-path.ts';
import type { ClusterState } from '../readout/state.ts';
import { nicBytesPerS } from './jobs.ts';
import type { PlanOptions } from './options.ts';

export type Network = Paths & {
  /** Other traffic of each link, bytes a second: it takes its fair share up to what it wants. */
  readonly background: readonly Flow[];
};

const NO_RACK = '';

/** What VMs send and take over each link, as the newest traffic matrix has it; all of a link counts as one flow. */
const tenantFlows = (state: ClusterState, paths: Paths, o: PlanOptions): readonly Flow[] => {
  const traffic = recordedTraffic(state);
  if (traffic === null) return [];
  const flow = (link: number | null, bitsPerS: number): readonly Flow[] =>
    link === null || bitsPerS <= 0 ? [] : [{ links: [link], demand: payloadBytesPerS(bitsPerS, o.mtuBytes, 'none') }];
  const pair = (link: number | null, out: number, into: number): readonly Flow[] => [
    ...flow(link, out),
    ...flow(link === null ? null : link + 1, into),
  ];
  return [
    ...traffic.hosts.flatMap((h) => pair(paths.adapter(h.host), h.outBitsPerS, h.inBitsPerS)),
    ...traffic.racks.flatMap((r) => pair(paths.uplink(r.rack), r.outBitsPerS, r.inBitsPerS)),
  ];
};

/** The links of a cluster as told or assumed: one adapter a host, one uplink a rack where any is told. */
export const networkOf = (state: ClusterState, o: PlanOptions): Network => {
  const { uplinkBitsPerS } = o;
  const racks = [...new Set(state.hosts.flatMap((h) => h.rack ?? []))].sort();
  const paths = pathsOf({
    hosts: state.hosts.map((h) => ({ name: h.name, rack: h.rack ?? NO_RACK, nicBytesPerS: nicBytesPerS(o, h.name) })),
    racks:
      uplinkBitsPerS === null
        ? []
        : racks.map((name) => ({ name, uplinkBytesPerS: payloadBytesPerS(uplinkBitsPerS, o.mtuBytes, 'none') })),
  });
  return { ...paths, background: o.sharesNetwork ? tenantFlows(state, paths, o) : [] };
};
