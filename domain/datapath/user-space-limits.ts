// What a user-space datapath asks of a host before the first packet: huge pages for its buffers and guests, cores for its threads.

export type UserSpaceHost = {
  readonly cores: number;
  readonly pmdThreads: number;
  /** vCPUs of the guests, each meant to have a core of its own. */
  readonly guestVcpus: number;
  /** RAM of guests on vhost-user ports, in MiB: shared with the switch, hence on huge pages. */
  readonly guestRamMiB: number;
  readonly hugePageMiB: number;
  readonly hugePages: number;
  readonly portMtus: readonly number[];
  /** Receive queues over all ports; each is polled by one thread. */
  readonly receiveQueues: number;
};

export type LimitReport = {
  readonly feasible: boolean;
  readonly hugePagesNeeded: number;
  readonly bufferMiB: number;
  /** Cores left for the host's own work. */
  readonly coresLeft: number;
  /** CPU that polling takes with no packet at all, in percent of one core. */
  readonly idleCpuPercent: number;
  readonly problems: readonly string[];
};

/** Buffers OVS-DPDK asks for per MTU class (`MAX_NB_MBUF`); it takes less, down to 16 Ki, where memory is short. */
const BUFFERS = 262_144;
/** Bytes of a buffer beyond the frame: headroom, its header and alignment (OVS `MBUF_SIZE`, rounded). */
const BUFFER_EXTRA_BYTES = 832;
/** OVS rounds the MTU of a port's pool up to multiples of 1 KiB, so that ports share pools. */
const MTU_CLASS_BYTES = 1024;
const BYTES_PER_MIB = 1_048_576;

/** One pool for each class of MTU; port count does not matter (shared pools, OVS default). */
export const bufferMiB = (portMtus: readonly number[]): number => {
  const classes = new Set(portMtus.map((mtu) => Math.ceil(mtu / MTU_CLASS_BYTES) * MTU_CLASS_BYTES));
  return [...classes].reduce((sum, mtu) => sum + (BUFFERS * (mtu + BUFFER_EXTRA_BYTES)) / BYTES_PER_MIB, 0);
};

/** Whether the host can run it, and every reason why not. Sizes are OVS's defaults, from its documentation (assumed for other systems). */
export const userSpaceLimits = (host: UserSpaceHost): LimitReport => {
  const buffers = bufferMiB(host.portMtus);
  const hugePagesNeeded = Math.ceil(buffers / host.hugePageMiB) + Math.ceil(host.guestRamMiB / host.hugePageMiB);
  const coresLeft = host.cores - host.pmdThreads - host.guestVcpus;
  const problems = [
    ...(host.pmdThreads < 1 ? ['no thread polls: no packet moves'] : []),
    ...(hugePagesNeeded > host.hugePages
      ? [`${hugePagesNeeded} huge pages of ${host.hugePageMiB} MiB are needed, ${host.hugePages} are there`]
      : []),
    ...(coresLeft < 1
      ? [`${host.pmdThreads} polling threads and ${host.guestVcpus} vCPUs leave no core of ${host.cores} to the host`]
      : []),
    ...(host.receiveQueues < host.pmdThreads
      ? [`${host.receiveQueues} receive queues keep only as many of ${host.pmdThreads} polling threads busy`]
      : []),
  ];
  // Idle queues still cost: that is a waste, not an obstacle.
  const obstacles = host.receiveQueues < host.pmdThreads ? problems.length - 1 : problems.length;
  return {
    feasible: obstacles === 0,
    hugePagesNeeded,
    bufferMiB: buffers,
    coresLeft,
    idleCpuPercent: 100 * host.pmdThreads,
    problems,
  };
};
