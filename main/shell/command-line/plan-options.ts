// The options that every planning command takes: limits, assumptions, rules, and what a person has decided for single VMs.
import { type Command, Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { readConstraints } from '../../../domain/planning/constraints.ts';
import {
  PLACEMENTS,
  PLAN_DEFAULTS,
  type Placement,
  type PlanOptions,
  POLICIES,
  type Policy,
} from '../../../domain/planning/options.ts';
import { type InstantOptions, type ReleaseOption, withInstant, withRelease } from './options.ts';
import { readInput } from './read-input.ts';

/** What the options were written as. */
export type PlanningOptions = InstantOptions &
  ReleaseOption & {
    readonly policy: Policy;
    readonly vmPolicy?: readonly string[];
    readonly placement: Placement;
    readonly nicGbps: string;
    readonly hostNicGbps?: readonly string[];
    readonly uplinkGbps?: string;
    readonly sharedNetwork?: boolean;
    readonly perHost: string;
    readonly perDest?: string;
    readonly perLink?: string;
    readonly connections: string;
    readonly clockGhz: string;
    readonly prepareS: string;
    readonly dirtyPages: string;
    readonly constraints?: string;
    readonly skip?: readonly string[];
    readonly pin?: readonly string[];
  };

/** How a plan is told and kept. */
/** How a plan is told, beside words and JSON. */
export type FormOptions = { readonly script?: boolean; readonly markdown?: boolean };

export type TellingOptions = FormOptions & { readonly branch?: string; readonly reverse?: boolean };

/** One number as written; the sentence names the option. */
export const number = (
  name: string,
  written: string,
  least: number,
  most: number,
  whole = false,
): Result<number, string> => {
  const value = written.trim() === '' ? NaN : Number(written);
  const isGood = value >= least && value <= most && (!whole || Number.isInteger(value));
  return isGood
    ? ok(value)
    : err(
        `${name} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not ${written.trim() === '' ? 'nothing' : written}.`,
      );
};

/** `NAME=WORD` pairs; the name may hold further equals signs. */
const pairs = (
  option: string,
  named: string,
  what: string,
  written: readonly string[],
): Result<readonly [string, string][], string> => {
  const found: [string, string][] = [];
  for (const text of written) {
    const at = text.lastIndexOf('=');
    if (at <= 0 || at === text.length - 1) return err(`${option} takes ${named}=${what}, not ${text}.`);
    found.push([text.slice(0, at), text.slice(at + 1)]);
  }
  return ok(found);
};

const isPolicy = (word: string): word is Policy => POLICIES.some((p) => p === word);

const policiesOf = (written: readonly string[]): Result<PlanOptions['policies'], string> => {
  const read = pairs('--vm-policy', 'VM', 'POLICY', written);
  if (!read.ok) return read;
  const policies: { vms: readonly string[]; policy: Policy }[] = [];
  for (const [vm, policy] of read.value) {
    if (!isPolicy(policy)) return err(`--vm-policy ${vm}=${policy}: a policy is one of ${POLICIES.join(', ')}.`);
    policies.push({ vms: [vm], policy });
  }
  return ok(policies);
};

const nicsOf = (written: readonly string[]): Result<PlanOptions['nics'], string> => {
  const read = pairs('--host-nic-gbps', 'HOST', 'N', written);
  if (!read.ok) return read;
  const nics: Record<string, number> = {};
  for (const [host, text] of read.value) {
    if (Object.hasOwn(nics, host)) return err(`--host-nic-gbps names ${host} twice.`);
    const value = number(`--host-nic-gbps ${host}`, text, 0.01, 1000);
    if (!value.ok) return value;
    nics[host] = value.value * 1e9;
  }
  return ok(nics);
};

const constraintsOf = (path: string | undefined): Result<PlanOptions['constraints'], string> => {
  if (path === undefined) return ok([]);
  const text = readInput(path);
  if (!text.ok) return text;
  let value: unknown;
  try {
    value = JSON.parse(text.value);
  } catch {
    return err(`${path} is not JSON.`);
  }
  return readConstraints(value);
};

export const planOptions = (o: PlanningOptions): Result<PlanOptions, string> => {
  const nic = number('--nic-gbps', o.nicGbps, 0.01, 1000);
  if (!nic.ok) return nic;
  const nics = nicsOf(o.hostNicGbps ?? []);
  if (!nics.ok) return nics;
  const uplink = o.uplinkGbps === undefined ? ok(null) : number('--uplink-gbps', o.uplinkGbps, 0.01, 10_000);
  if (!uplink.ok) return uplink;
  const perHost = number('--per-host', o.perHost, 1, 1000, true);
  if (!perHost.ok) return perHost;
  const perDest = o.perDest === undefined ? ok(null) : number('--per-dest', o.perDest, 1, 1000, true);
  if (!perDest.ok) return perDest;
  const perLink = o.perLink === undefined ? ok(null) : number('--per-link', o.perLink, 1, 1000, true);
  if (!perLink.ok) return perLink;
  const connections = number('--connections', o.connections, 1, 255, true);
  if (!connections.ok) return connections;
  const clock = number('--clock-ghz', o.clockGhz, 0.1, 10);
  if (!clock.ok) return clock;
  const prepareS = number('--prepare-s', o.prepareS, 0, 3600);
  if (!prepareS.ok) return prepareS;
  const dirty = number('--dirty-pages', o.dirtyPages, 0, 1e9);
  if (!dirty.ok) return dirty;
  const constraints = constraintsOf(o.constraints);
  if (!constraints.ok) return constraints;
  const policies = policiesOf(o.vmPolicy ?? []);
  if (!policies.ok) return policies;
  const pins = pairs('--pin', 'VM', 'HOST', o.pin ?? []);
  if (!pins.ok) return pins;
  return ok({
    ...PLAN_DEFAULTS,
    policy: o.policy,
    policies: policies.value,
    placement: o.placement,
    nicBitsPerS: nic.value * 1e9,
    nics: nics.value,
    uplinkBitsPerS: uplink.value === null ? null : uplink.value * 1e9,
    sharesNetwork: o.sharedNetwork === true,
    perHost: perHost.value,
    perDest: perDest.value,
    perLink: perLink.value,
    clockGhz: clock.value,
    nova: { ...PLAN_DEFAULTS.nova, parallelConnections: connections.value },
    prepareMs: prepareS.value * 1000,
    dirtyPagesPerS: dirty.value,
    constraints: constraints.value,
    skip: o.skip ?? [],
    pins: pins.value.map(([vm, host]) => ({ vm, host })),
  });
};

export const withPlanning = (command: Command): Command => {
  const d = PLAN_DEFAULTS;
  return withRelease(withInstant(command))
    .addOption(
      new Option('--policy <name>', 'how far a VM may be taken: live only, else cold, else stopped')
        .choices(POLICIES)
        .default(d.policy),
    )
    .option('--vm-policy <vm=policy...>', 'another policy for single VMs')
    .addOption(new Option('--placement <name>', 'who chooses destinations').choices(PLACEMENTS).default(d.placement))
    .option('--nic-gbps <n>', 'what a host adapter carries (assumed)', String(d.nicBitsPerS / 1e9))
    .option('--host-nic-gbps <host=n...>', 'what the adapters of single hosts carry')
    .option('--uplink-gbps <n>', "what a rack's uplink carries (default: no limit)")
    .option(
      '--shared-network',
      'migrations share adapters and uplinks with the recorded traffic of VMs (default: a network of their own)',
    )
    .option('--per-host <n>', 'migrations out of a host at once: max_concurrent_live_migrations', String(d.perHost))
    .option('--per-dest <n>', 'migrations into a host at once (default: no limit)')
    .option(
      '--per-link <n>',
      'migrations over one link at once, an adapter or an uplink either way (default: no limit)',
    )
    .option(
      '--connections <n>',
      'connections of one live migration: live_migration_parallel_connections',
      String(d.nova.parallelConnections),
    )
    .option('--clock-ghz <n>', 'clock of cores where the log does not tell it (assumed)', String(d.clockGhz))
    .option('--prepare-s <n>', 'seconds before the first byte of each migration (assumed)', String(d.prepareMs / 1000))
    .option(
      '--dirty-pages <n>',
      'pages a VM writes a second where it was never sampled (assumed)',
      String(d.dirtyPagesPerS),
    )
    .option('--constraints <file>', 'rules as a JSON array (ban, fence, spread, ...); - reads standard input')
    .option('--skip <vm...>', 'VMs to leave where they are')
    .option('--pin <vm=host...>', 'destinations a person has chosen: the VM goes there or nowhere');
};

export const withForm = (command: Command): Command =>
  command
    .option('--script', 'print a shell runbook of openstack commands')
    .option('--markdown', 'print the plan as Markdown');

export const withTelling = (command: Command): Command =>
  withForm(command)
    .option('--branch <name>', 'write the plan as facts onto a branch of this name (default: nothing is written)')
    .option('--reverse', 'tell the way back instead, from the state the plan leaves');
