// What a drill reports: one outcome for each VM the faults touched, the clocks behind it, and a summary.

/** Where Masakari sends the VMs of a failed host, by its segment's recovery_method (masakari/engine/drivers/taskflow). */
export const RECOVERY_METHODS = ['auto', 'reserved_host', 'auto_priority', 'rh_priority'] as const;
export type RecoveryMethod = (typeof RECOVERY_METHODS)[number];

/** The clocks and limits of recovery, each with the option it comes from. */
export type DrillSettings = {
  /** Seed of everything random in the drill. */
  readonly seed: string;
  /** [DEFAULT] report_interval: seconds between heartbeats (10). */
  readonly reportIntervalS: number;
  /** [DEFAULT] service_down_time: seconds without heartbeat until Nova calls the service down (60). */
  readonly serviceDownTimeS: number;
  /** True when an operator or HA tool forces the service down at once instead of waiting. */
  readonly forceDown: boolean;
  /** Seconds until the recovery tool's own monitor notices (Masakari's hostmonitor); null: it waits for Nova's word. */
  readonly monitorS: number | null;
  /** False when nobody fences: guests of a host that is only cut off may still run, and are not started twice. */
  readonly fence: boolean;
  /** False when evacuation begins without waiting for the fence: two copies of a VM may run until it falls. */
  readonly waitForFence: boolean;
  /** Seconds from detection until fencing is confirmed (14: an IPMI power cycle answered). */
  readonly fencingS: number;
  /** Seconds between detection with fencing and the first evacuation (Masakari's wait_period_after_service_update is 180; by hand 0). */
  readonly waitAfterFencingS: number;
  /** Evacuations at once (Masakari host_failure_recovery_threads: 3). */
  readonly threads: number;
  /** Seconds to schedule and claim one VM. */
  readonly scheduleS: number;
  /** Seconds to spawn a VM whose disk is already there (shared storage, volumes). */
  readonly spawnS: number;
  /** Extra seconds to fetch the image and create a local disk, per GiB, for one image alone (4, assumed). */
  readonly imageFetchSPerGiB: number;
  /** What a host's network card carries, Gbit/s (10, assumed): images that come to a host at once share it. */
  readonly nicGbitPerS: number;
  /** True when Nova is asked at microversion >= 2.95, where evacuated VMs land stopped; earlier ones keep the state they had. */
  readonly landStopped: boolean;
  /** True when the hosts' VMs were seen SHUTOFF before evacuation, as in a clean shutdown of the host. */
  readonly graceful: boolean;
  /** Masakari's wait_period_after_evacuation (90): seconds after which a thread gives a VM up and takes the next; Nova goes on. Null: it waits. */
  readonly evacuationLimitS: number | null;
  /** False when only VMs tagged HA_Enabled are evacuated ([host_failure] evacuate_all_instances). */
  readonly evacuateAll: boolean;
  /** True when VMs in a vm_state that evacuate refuses are reset to ERROR first, as Masakari does. */
  readonly resetToError: boolean;
  /** True before Nova 26.0.0 (Zed): evacuate is refused while a task_state is set (bug 1978983). */
  readonly taskStateBlocks: boolean;
  readonly method: RecoveryMethod;
  /** Hosts kept free for a failure, in the order they are used; their service is disabled until then. */
  readonly reservedHosts: readonly string[];
  /** True when a reserved host joins the failed host's aggregates ([host_failure] add_reserved_host_to_aggregate). */
  readonly joinAggregates: boolean;
  /** How often those who failed are tried again (a Masakari notification in error is processed once more), and how long after. */
  readonly retries: number;
  readonly retryAfterS: number;
};

/** `restarted`: back on its own host, which returned after the guest was killed. `unreachable`: it runs, and others do not reach it. */
export const OUTCOMES = ['recovered', 'rebuilt', 'restarted', 'unreachable', 'stranded', 'lost', 'error'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type VmOutcome = {
  readonly vm: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly cause: string;
  readonly source: string;
  readonly dest: string | null;
  readonly storage: 'local' | 'shared' | 'volume' | null;
  /** Nova's vm_state at the end of the drill. */
  readonly vmState: string | null;
  /** From the fault until it runs again (or is restored stopped); null when it does not come back. */
  readonly downMs: number | null;
  /** From the fault until other hosts reach it again; null when it does not come back, or lands SHUTOFF. */
  readonly reachedMs: number | null;
  readonly dataLost: boolean;
  /** Parts of downMs, in order. */
  readonly clocks: {
    readonly detectionMs: number;
    readonly fencingMs: number;
    readonly queueMs: number;
    readonly schedulingMs: number;
    readonly spawnMs: number;
  } | null;
};

export type DrillSummary = {
  readonly failed: readonly string[];
  readonly at: string;
  readonly recovered: number;
  readonly rebuilt: number;
  readonly restarted: number;
  readonly unreachable: number;
  readonly stranded: number;
  readonly lost: number;
  readonly error: number;
  readonly downMsMedian: number | null;
  readonly downMsMax: number | null;
  /** VMs still charged on their failed host as well, because it has not come back to clean up. */
  readonly doubledAllocations: number;
  readonly events: number;
  /** One sentence with the answer. */
  readonly verdict: string;
};

/** VMs that serve together, and the worst that happens to them. */
export type GroupOutcome = {
  readonly by: 'tag' | 'server group';
  readonly name: string;
  readonly vms: number;
  readonly hit: number;
  readonly notBack: number;
  /** The longest anyone of those who come back was down; null when nobody does. */
  readonly downMsMax: number | null;
  /** How long none of them ran: 0 while one was never hit, null when none comes back. */
  readonly allDownMs: number | null;
};

/** What the moves cost Neutron's control plane, with l2population. */
export type NetworkEffects = {
  /** Ports bound to another host. */
  readonly ports: number;
  /** FDB messages the server sends, what arrives of them at agents, and the entries in them. */
  readonly fdbMessages: number;
  readonly deliveries: number;
  readonly entries: number;
  /** When the last VM that comes back is reached again, after the fault. */
  readonly reachedMsMax: number | null;
};

export type DrillOutcome = {
  readonly vms: readonly VmOutcome[];
  /** Only groups that were hit, the worst first. */
  readonly groups: readonly GroupOutcome[];
  readonly network: NetworkEffects;
  readonly summary: DrillSummary;
  readonly settings: DrillSettings;
  /** Clocks that contradict each other, in sentences. */
  readonly warnings: readonly string[];
};
