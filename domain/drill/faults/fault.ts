// What a drill can break or mend, and when.

/**
 * How a host can fail. `service`: only nova-compute; `partition`: the host runs on, unreachable; `tor`: the same for every
 * host behind a top-of-rack switch; `storage`: its disks stop answering.
 */
export const HOST_FAULT_KINDS = ['crash', 'shutdown', 'power', 'partition', 'tor', 'service', 'storage'] as const;
export type HostFaultKind = (typeof HOST_FAULT_KINDS)[number];

/** What of a Cinder backend stops: its volumes, or only cinder-volume, which attaches them. */
export const BACKEND_PARTS = ['volumes', 'service'] as const;
export type BackendPart = (typeof BACKEND_PARTS)[number];

/** `afterMs` counts from the drill's instant. */
export type Fault = { readonly afterMs: number } & (
  | { readonly does: 'fail'; readonly by: HostFaultKind; readonly hosts: readonly string[] }
  | { readonly does: 'return'; readonly hosts: readonly string[] }
  /** A whole pool stops serving, or serves again. */
  | { readonly does: 'stop pool' | 'return pool'; readonly pool: string }
  /** Bricks are destroyed: all of a node's when `path` is null. */
  | { readonly does: 'lose brick'; readonly node: string; readonly path: string | null }
  | { readonly does: 'stop backend'; readonly backend: string; readonly part: BackendPart }
  | { readonly does: 'return backend'; readonly backend: string }
  /** The hosts' VTEPs answer nobody, or do again: guests run on, their overlay is silent. */
  | { readonly does: 'cut vtep' | 'return vtep'; readonly hosts: readonly string[] }
  /** Two hosts' VTEPs no longer reach each other. */
  | { readonly does: 'cut tunnel' | 'return tunnel'; readonly between: readonly [string, string] }
  /** The hosts' network cards carry only a share (0..1) of what they should. */
  | { readonly does: 'slow nic'; readonly hosts: readonly string[]; readonly share: number }
  | { readonly does: 'return nic'; readonly hosts: readonly string[] }
);

/** Guests of a host with this fault go on running until somebody fences it. */
export const guestsRunOn = (by: HostFaultKind): boolean => by === 'service' || isCutOff(by);

/** The host runs, and nobody reaches it. */
export const isCutOff = (by: HostFaultKind): boolean => by === 'partition' || by === 'tor';

/** nova-compute goes on reporting: Nova never calls the service down by itself. */
export const serviceStaysUp = (by: HostFaultKind): boolean => by === 'storage';

/** True for what mends rather than breaks. */
export const mends = (fault: Fault): boolean => fault.does.startsWith('return');

/** False for what only stands in the way of recovery. */
export const stopsVms = (fault: Fault): boolean =>
  fault.does !== 'slow nic' && !(fault.does === 'stop backend' && fault.part === 'service');

/** The names a fault hits, for the record and the summary. */
export const targetsOf = (fault: Fault): readonly string[] => {
  switch (fault.does) {
    case 'fail':
    case 'return':
    case 'cut vtep':
    case 'return vtep':
    case 'slow nic':
    case 'return nic':
      return fault.hosts;
    case 'cut tunnel':
    case 'return tunnel':
      return fault.between;
    case 'stop pool':
    case 'return pool':
      return [fault.pool];
    case 'stop backend':
    case 'return backend':
      return [fault.backend];
    case 'lose brick':
      return [fault.path === null ? fault.node : `${fault.node}:${fault.path}`];
  }
};
