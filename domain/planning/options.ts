// What a plan takes for granted: links, write rates, Nova's limits, and what to do with a VM that cannot move live.
import { REFERENCE_CLOCK_GHZ } from '../datapath/stages.ts';
import { NOVA_DEFAULTS, type NovaOptions } from '../migration/nova-options.ts';
import type { QemuVersion } from '../migration/qemu.ts';
import type { VmState } from '../readout/state.ts';
import type { Constraint } from './constraints.ts';

/** How far a VM may be taken: live only; else cold; else stopped where it is. */
export const POLICIES = ['live', 'cold', 'stop'] as const;
export type Policy = (typeof POLICIES)[number];

/** Who chooses destinations: the planner's objective, or nova-scheduler's filters and weighers. */
export const PLACEMENTS = ['planner', 'nova'] as const;
export type Placement = (typeof PLACEMENTS)[number];

export type PlanOptions = {
  readonly policy: Policy;
  /** VMs, by id, for which another policy holds; the last entry that names one counts. */
  readonly policies: readonly { readonly vms: readonly string[]; readonly policy: Policy }[];
  readonly placement: Placement;
  /** Adapter of every host that `nics` does not name. */
  readonly nicBitsPerS: number;
  /** Bits a second of single hosts' adapters, by host: as the log tells or somebody said. */
  readonly nics: Readonly<Record<string, number>>;
  /** Uplink of each rack; null where the fabric limits nobody. */
  readonly uplinkBitsPerS: number | null;
  /** Migrations have no network of their own: VMs' traffic, as recorded, takes its fair share of adapters and uplinks. */
  readonly sharesNetwork: boolean;
  readonly mtuBytes: number;
  /** Of the cores of every host that `clocks` does not name, GHz. */
  readonly clockGhz: number;
  /** GHz of single hosts' cores, by host, where the log tells. */
  readonly clocks: Readonly<Record<string, number>>;
  /** Outgoing migrations a host runs at once. */
  readonly perHost: number;
  /** Incoming migrations a host takes at once; null is Nova's: no limit. */
  readonly perDest: number | null;
  /** Migrations over any one link at once, an adapter or an uplink either way; null is no limit of its own. */
  readonly perLink: number | null;
  /** From the order to the first byte: scheduling, pre-checks, ports, attachments. */
  readonly prepareMs: number;
  /** Where telemetry has none. */
  readonly dirtyPagesPerS: number;
  /** Share of RAM that a guest keeps writing. */
  readonly workingSetShare: number;
  /** Share of RAM that ever held anything. */
  readonly touchedShare: number;
  /** Share of a local disk that holds data. */
  readonly diskFill: number;
  /** A cold move stops and starts the guest: this long beside the copy. */
  readonly coldOverheadMs: number;
  readonly qemu: QemuVersion;
  readonly nova: NovaOptions;
  readonly constraints: readonly Constraint[];
  /** VMs left where they are, by id. */
  readonly skip: readonly string[];
  /** VMs, by id, that go to a host somebody has chosen, if they move: `resolve.ts` makes a fence of each. */
  readonly pins: readonly { readonly vm: string; readonly host: string }[];
};

/** Every figure no log tells is an assumption, named as such in the report. */
export const PLAN_DEFAULTS: PlanOptions = {
  policy: 'cold',
  policies: [],
  placement: 'planner',
  nicBitsPerS: 10e9,
  nics: {},
  uplinkBitsPerS: null,
  sharesNetwork: false,
  mtuBytes: 1500,
  clockGhz: REFERENCE_CLOCK_GHZ,
  clocks: {},
  perHost: NOVA_DEFAULTS.maxConcurrent,
  perDest: null,
  perLink: null,
  prepareMs: 2000,
  dirtyPagesPerS: 2000,
  workingSetShare: 0.1,
  touchedShare: 1,
  diskFill: 1,
  coldOverheadMs: 20_000,
  qemu: 9.1,
  nova: NOVA_DEFAULTS,
  constraints: [],
  skip: [],
  pins: [],
};

/** How far one VM may be taken. What has to keep running moves live only; a stopped VM has nothing to keep. */
export const policyOf = (o: PlanOptions, vm: VmState): Policy => {
  const kept = o.constraints.some((c) => c.kind === 'preserve' && c.vms.includes(vm.id));
  if (kept && vm.vmState !== 'stopped') return 'live';
  return o.policies.findLast((p) => p.vms.includes(vm.id))?.policy ?? o.policy;
};

/** Hosts with adapters of their own named before the rest is counted. */
const MOST_NICS = 4;

const nicWords = (nics: PlanOptions['nics']): string => {
  const own = Object.entries(nics).map(([host, bits]) => `${host} (${bits / 1e9} Gbit/s)`);
  return own.length <= MOST_NICS
    ? own.join(', ')
    : `${own.slice(0, MOST_NICS).join(', ')} and ${own.length - MOST_NICS} more, whose own are known,`;
};

/** The assumptions behind a plan in words. `unsampled` of `vms` VMs have no write rate in the log. */
export const assumptionsOf = (o: PlanOptions, unsampled: number, vms: number): readonly string[] => [
  `${Object.keys(o.nics).length === 0 ? 'every host' : `every host but ${nicWords(o.nics)}`} has one adapter of ${o.nicBitsPerS / 1e9} Gbit/s for migrations, full duplex, ${o.sharesNetwork ? 'shared fairly with the traffic of VMs as it was recorded before anything moves' : 'with no other traffic on it'}`,
  o.uplinkBitsPerS === null
    ? 'the fabric between hosts limits nobody'
    : `every rack has an uplink of ${o.uplinkBitsPerS / 1e9} Gbit/s`,
  `a migration is prepared for ${o.prepareMs / 1000} s before its first byte`,
  ...(unsampled === 0
    ? []
    : [
        `${unsampled} of ${vms} VMs write ${o.dirtyPagesPerS} pages a second into ${o.workingSetShare * 100} % of their RAM (never sampled)`,
      ]),
  `${o.touchedShare * 100} % of RAM and ${o.diskFill * 100} % of local disks hold data`,
  `a cold move takes ${o.coldOverheadMs / 1000} s beside its copy`,
  `QEMU ${o.qemu}, Nova's options at their defaults but max_concurrent_live_migrations = ${o.perHost}${o.nova.parallelConnections === 1 ? '' : `, live_migration_parallel_connections = ${o.nova.parallelConnections}`}`,
];
