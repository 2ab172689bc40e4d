// What a drill can break or mend, and when.

/** How a host can fail. `service`: only nova-compute; `partition`: the host runs on, unreachable; `storage`: its disks stop answering. */
export const HOST_FAULT_KINDS = ['crash', 'shutdown', 'power', 'partition', 'service', 'storage'] as const;
export type HostFaultKind = (typeof HOST_FAULT_KINDS)[number];

/** `afterMs` counts from the drill's instant. */
export type Fault = { readonly afterMs: number } & (
  | { readonly does: 'fail'; readonly by: HostFaultKind; readonly hosts: readonly string[] }
  | { readonly does: 'return'; readonly hosts: readonly string[] }
  /** A whole pool stops serving. */
  | { readonly does: 'stop pool'; readonly pool: string }
  /** Bricks are destroyed: all of a node's when `path` is null. */
  | { readonly does: 'lose brick'; readonly node: string; readonly path: string | null }
);

/** Guests of a host with this fault go on running until somebody fences it. */
export const guestsRunOn = (by: HostFaultKind): boolean => by === 'service' || by === 'partition';

/** nova-compute goes on reporting: Nova never calls the service down by itself. */
export const serviceStaysUp = (by: HostFaultKind): boolean => by === 'storage';

/** The names a fault hits, for the record and the summary. */
export const targetsOf = (fault: Fault): readonly string[] => {
  switch (fault.does) {
    case 'fail':
    case 'return':
      return fault.hosts;
    case 'stop pool':
      return [fault.pool];
    case 'lose brick':
      return [fault.path === null ? fault.node : `${fault.node}:${fault.path}`];
  }
};
