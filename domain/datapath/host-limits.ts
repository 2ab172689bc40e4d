// What a datapath that polls in user space asks of the hosts of a path, told beside its price.
import type { ClusterState } from '../readout/state.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { bufferMiB, userSpaceLimits } from './user-space-limits.ts';

/** Huge pages of 1 GiB, as the guides of OVS-DPDK set them up. */
const HUGE_PAGE_MIB = 1024;

const polls = (datapath: ProfileName): boolean => {
  const { send, receive, endPort } = PROFILES[datapath];
  return endPort === 'vhost-user' && [...send, ...receive].some((context) => context.polls);
};

/**
 * One sentence a host: huge pages for buffers and for the guests on vhost-user ports, cores that polling threads and pinned
 * guests leave; every guest there is supposed to be on such a port. Empty where the datapath does not poll.
 * @param cores polling threads a host, each with a receive queue of its own
 */
export const hostLimits = (
  state: ClusterState,
  hosts: readonly string[],
  path: { readonly datapath: ProfileName; readonly cores: number; readonly underlayMtu: number },
): readonly string[] => {
  if (!polls(path.datapath)) return [];
  return [...new Set(hosts)].flatMap((name) => {
    const host = state.hosts.find((h) => h.name === name);
    if (host === undefined || host.vcpus === null) return [];
    const portMtus = [path.underlayMtu];
    const limits = userSpaceLimits({
      cores: host.vcpus,
      pmdThreads: path.cores,
      guestVcpus: host.vcpusUsed,
      guestRamMiB: host.ramMiBUsed,
      hugePageMiB: HUGE_PAGE_MIB,
      hugePages: Infinity, // the log does not tell how many there are: how many are needed is told instead
      portMtus,
      receiveQueues: path.cores,
    });
    const needs = `${name} needs ${limits.hugePagesNeeded} huge pages of 1 GiB: ${Math.ceil(bufferMiB(portMtus))} MiB for buffers, the rest for the RAM of its guests`;
    const idle = `${path.cores === 1 ? 'its polling thread takes' : 'its polling threads take'} ${limits.idleCpuPercent} % of a core with no packet at all`;
    return [`${needs}; ${[idle, ...limits.problems].join('; ')}`];
  });
};
