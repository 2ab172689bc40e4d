// The path of an ordinary OpenStack network, to be changed where the question differs.
import { guestMtu, VXLAN } from './frame.ts';
import { NO_OFFLOADS } from './path.ts';
import type { PathCostInput } from './path-cost.ts';
import { REFERENCE_CLOCK_GHZ } from './stages.ts';
import { DEFAULT_UNDERLAY_MTU } from '../network/underlay.ts';

/** One flow of sockets over kernel OVS and VXLAN on 10 Gbit/s, every packet for itself, at seven tenths of what it can take. */
export const STANDARD_PATH: Omit<PathCostInput, 'from' | 'to'> = {
  datapath: 'kernel-ovs',
  sizeBytes: guestMtu(DEFAULT_UNDERLAY_MTU, VXLAN) + 18,
  encapsulation: VXLAN,
  guestMtu: guestMtu(DEFAULT_UNDERLAY_MTU, VXLAN),
  underlayMtu: DEFAULT_UNDERLAY_MTU,
  offloads: NO_OFFLOADS,
  flows: 1,
  passes: 1,
  cores: 1,
  guest: 'sockets',
  guestCores: 1,
  clockGhz: REFERENCE_CLOCK_GHZ,
  linkGbps: 10,
  missShare: 0,
  loadShare: 0.7,
};
