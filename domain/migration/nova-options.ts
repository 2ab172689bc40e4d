// Nova's options for live migration, with the defaults of its releases (names without the prefix live_migration_).

/** [libvirt] live_migration_*, and [DEFAULT] max_concurrent_live_migrations. */
export type NovaOptions = {
  /** live_migration_downtime, ms; at least 100. */
  readonly downtimeMs: number;
  /** live_migration_downtime_steps; at least 3. */
  readonly downtimeSteps: number;
  /** live_migration_downtime_delay, seconds per GiB; at least 3. */
  readonly downtimeDelayS: number;
  /** live_migration_completion_timeout, seconds per GiB; 0 waits for ever. */
  readonly completionTimeoutS: number;
  readonly timeoutAction: 'abort' | 'force_complete';
  readonly permitPostCopy: boolean;
  /** Ignored where post-copy is permitted and possible. */
  readonly permitAutoConverge: boolean;
  /** live_migration_bandwidth, MiB/s; 0 leaves it to the hypervisor, which libvirt sets to unlimited. */
  readonly bandwidthMiBPerS: number;
  /** live_migration_parallel_connections, since 33.0.0; above 1 QEMU uses multifd. */
  readonly parallelConnections: number;
  /** Outgoing live migrations a source host runs at once; the others wait as `queued`. 0 is no limit. */
  readonly maxConcurrent: number;
};

export const NOVA_DEFAULTS: NovaOptions = {
  downtimeMs: 500,
  downtimeSteps: 10,
  downtimeDelayS: 75,
  completionTimeoutS: 800,
  timeoutAction: 'abort',
  permitPostCopy: false,
  permitAutoConverge: false,
  bandwidthMiBPerS: 0,
  parallelConnections: 1,
  maxConcurrent: 1,
};
