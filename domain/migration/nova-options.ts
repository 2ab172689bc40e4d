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

/** The least values Nova's configuration accepts. */
const LEAST = {
  downtimeMs: 100,
  downtimeSteps: 3,
  downtimeDelayS: 3,
  completionTimeoutS: 0,
  bandwidthMiBPerS: 0,
} as const;

/** What is wrong with the options, a sentence each; empty when Nova would start with them. */
export const checkNovaOptions = (o: NovaOptions): readonly string[] => {
  const wrong: string[] = [];
  for (const [name, least] of Object.entries(LEAST) as [keyof typeof LEAST, number][]) {
    if (!(o[name] >= least)) wrong.push(`${name} is ${o[name]}; Nova accepts ${least} or more.`);
  }
  if (!(o.parallelConnections >= 1))
    wrong.push(`parallelConnections is ${o.parallelConnections}; it must be 1 or more.`);
  if (!(o.maxConcurrent >= 0)) wrong.push(`maxConcurrent is ${o.maxConcurrent}; it must be 0 (no limit) or more.`);
  return wrong;
};

/** How many a source host's queue lets run at once: the `perQueue` of shared links. */
export const queueLimit = (o: NovaOptions): number => (o.maxConcurrent === 0 ? Infinity : o.maxConcurrent);
