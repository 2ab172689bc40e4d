// What a drill reports: one outcome for each VM the faults touched, the clocks behind it, and a summary.

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
  /** Extra seconds to fetch the image and create a local disk, per GiB. */
  readonly imageFetchSPerGiB: number;
  /** True when Nova is asked at microversion >= 2.95, where evacuated VMs land stopped; earlier ones keep the state they had. */
  readonly landStopped: boolean;
  /** True when the hosts' VMs were seen SHUTOFF before evacuation, as in a clean shutdown of the host. */
  readonly graceful: boolean;
};

export const OUTCOMES = ['recovered', 'rebuilt', 'stranded', 'lost', 'error'] as const;
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

export type DrillOutcome = {
  readonly vms: readonly VmOutcome[];
  readonly summary: DrillSummary;
  readonly settings: DrillSettings;
  /** Clocks that contradict each other, in sentences. */
  readonly warnings: readonly string[];
};
