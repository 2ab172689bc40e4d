// What the window draws of one instant: plain parallel arrays, small enough to send for every frame.
import type { MigrationState, PoolState } from './state.ts';

/** Words for a VM cell; the API's statuses plus what only a twin knows. */
export const CELL_STATES = [
  'ACTIVE',
  'MIGRATING',
  'REBUILD',
  'BUILD',
  'QUEUED',
  'RECOVERED',
  'ERROR',
  'SHUTOFF',
  'PAUSED',
  'SUSPENDED',
  'SHELVED',
  'UNKNOWN',
  'DELETED',
  'OTHER',
] as const;
export type CellState = (typeof CELL_STATES)[number];

/** A VM on the map. `load` is 0..1, or -1 when never sampled. */
export type VmCell = {
  readonly id: string;
  readonly name: string;
  readonly state: CellState;
  readonly load: number;
  readonly storage: 'local' | 'shared' | 'volume' | null;
  /** True where its host is inferred or contradicted. */
  readonly doubtful: boolean;
};

export type HostTile = {
  readonly name: string;
  readonly rack: string | null;
  readonly az: string | null;
  readonly up: boolean | null;
  readonly enabled: boolean | null;
  readonly forcedDown: boolean;
  readonly fenced: boolean;
  /** Milliseconds since 1970; null while up. */
  readonly downSince: number | null;
  /** Shares 0..1 of CPU, RAM allocated and vCPU allocated; -1 when unknown. */
  readonly cpu: number;
  /** False: the host was not sampled, its CPU is the sum of its VMs', without what forwarding their traffic takes. */
  readonly cpuSampled: boolean;
  readonly ram: number;
  readonly vcpus: number;
  /** VMs on it, sorted by name. */
  readonly vms: readonly VmCell[];
};

/** The figures a title row speaks. */
export type PictureCounts = {
  readonly hosts: number;
  readonly hostsDown: number;
  readonly hostsFenced: number;
  readonly vms: number;
  readonly active: number;
  readonly shutoff: number;
  readonly error: number;
  readonly moving: number;
  readonly rebuilding: number;
  readonly contradictions: number;
  readonly warnings: number;
};

export type Picture = {
  readonly timeline: string;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly hosts: readonly HostTile[];
  /** VMs on no host (queued, shelved, failed to build). */
  readonly homeless: readonly VmCell[];
  readonly pools: readonly PoolState[];
  /** Moves in flight at this instant. */
  readonly moves: readonly MigrationState[];
  readonly counts: PictureCounts;
};

/** One sentence of an entity's story. */
export type StoryLine = {
  readonly seq: number;
  readonly at: number;
  readonly entity: string;
  readonly type: string;
  readonly sentence: string;
  readonly tone: 'plain' | 'motion' | 'critical' | 'warn' | 'command';
  readonly evidence: 'observed' | 'inferred' | 'assumed';
};

/** A fact of a cause chain: what it began with, what followed, what made the VM's present state, what came after that. */
export type CauseLink = StoryLine & { readonly role: 'cause' | 'step' | 'end' | 'after' };

/** Why a VM is in ERROR, stopped, or on a host that is down. */
export type CauseChain = {
  readonly entity: string;
  readonly name: string;
  /** The API's word. */
  readonly status: string;
  readonly host: string | null;
  /** When it came into ERROR or SHUTOFF, ms since 1970; null where it is in neither. */
  readonly since: number | null;
  /** False where it is in trouble and nothing on record says why. */
  readonly known: boolean;
  readonly verdict: string;
  /** In the order they happened; empty where there is nothing to explain. */
  readonly links: readonly CauseLink[];
};

/** A life cycle as the window draws it: a spine of states in order, with rollback exits beside them. */
export type MachinePicture = {
  readonly title: string;
  readonly states: readonly {
    readonly id: string;
    /** 0 on the spine from top to bottom; 1 for exits (failed, error, cancelled …). */
    readonly lane: 0 | 1;
    readonly order: number;
    /** When it was entered, ms since 1970; null when not (yet). */
    readonly at: number | null;
    readonly current: boolean;
  }[];
  readonly transitions: readonly { readonly from: string; readonly to: string; readonly signal: string }[];
};

/** Events per bucket of time, apart by tone, for the timeline's bars. */
export type Density = {
  readonly from: number;
  readonly to: number;
  readonly plain: readonly number[];
  readonly motion: readonly number[];
  readonly critical: readonly number[];
};

/** An incident mark on the timeline. */
export type Mark = {
  readonly seq: number;
  readonly at: number;
  readonly kind:
    | 'host-down'
    | 'fenced'
    | 'host-up'
    | 'drain'
    | 'migration'
    | 'evacuation'
    | 'error'
    | 'anomaly'
    | 'fault'
    | 'note';
  readonly label: string;
  readonly entity: string;
};
