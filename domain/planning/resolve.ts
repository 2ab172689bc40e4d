// What a person wrote about VMs and hosts, turned into ids: names become ids, and what is not there is a sentence.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import { findVm, unknownHosts } from './check.ts';
import type { Constraint } from './constraints.ts';
import type { PlanOptions, Policy } from './options.ts';

const idsOf = (state: ClusterState, written: readonly string[]): Result<readonly string[], string> => {
  const ids: string[] = [];
  for (const name of written) {
    const vm = findVm(state, name);
    if (!vm.ok) return vm;
    ids.push(vm.value.id);
  }
  return ok(ids);
};

const resolved = (state: ClusterState, c: Constraint): Result<Constraint, string> => {
  const hosts = [...('hosts' in c ? c.hosts : []), ...(c.kind === 'among' ? c.groups.flat() : [])];
  const missing = unknownHosts(state, hosts);
  if (missing !== null) return err(missing);
  if (c.kind === 'split') {
    const groups: (readonly string[])[] = [];
    for (const group of c.groups) {
      const ids = idsOf(state, group);
      if (!ids.ok) return ids;
      groups.push(ids.value);
    }
    return ok({ ...c, groups });
  }
  if (!('vms' in c)) return ok(c);
  const vms = idsOf(state, c.vms);
  return vms.ok ? ok({ ...c, vms: vms.value }) : vms;
};

const pinned = (state: ClusterState, pins: PlanOptions['pins']): Result<PlanOptions['pins'], string> => {
  const missing = unknownHosts(
    state,
    pins.map((p) => p.host),
  );
  if (missing !== null) return err(missing);
  const ids = idsOf(
    state,
    pins.map((p) => p.vm),
  );
  if (!ids.ok) return ids;
  const twice = ids.value.find((id, i) => ids.value.indexOf(id) !== i);
  if (twice !== undefined) return err(`${pins[ids.value.indexOf(twice)]?.vm} is pinned twice.`);
  return ok(pins.map(({ host }, i) => ({ vm: ids.value[i]!, host })));
};

/** The options with the adapters the log tells of; what somebody said of one stands before that. */
export const withKnownNics = (state: ClusterState, o: PlanOptions): PlanOptions => {
  const known = state.hosts.flatMap((h): [string, number][] =>
    h.nicBitsPerS === null ? [] : [[h.name, h.nicBitsPerS]],
  );
  return known.length === 0 ? o : { ...o, nics: { ...Object.fromEntries(known), ...o.nics } };
};

/** A clock at the end of a processor's name, as its maker writes it: `Intel(R) Xeon(R) CPU E5-2680 v3 @ 2.50GHz`. */
const CLOCK = /@\s*(\d+(?:\.\d+)?)\s*GHz/;

/** The options with the clocks that the log's names of processors tell. */
export const withKnownClocks = ({ hardware }: Surroundings, o: PlanOptions): PlanOptions => {
  const known = [...hardware].flatMap(([host, { cpuModel }]): [string, number][] => {
    const ghz = Number(CLOCK.exec(cpuModel ?? '')?.[1] ?? 0);
    return ghz > 0 ? [[host, ghz]] : [];
  });
  return known.length === 0 ? o : { ...o, clocks: { ...Object.fromEntries(known), ...o.clocks } };
};

/**
 * The options with every VM by id, and each pin as a fence among the rules, so that planner, checker and explanation treat
 * it as one. Errors: a VM or host that is not there, or a name that several VMs have.
 */
export const resolveOptions = (
  state: ClusterState,
  around: Surroundings,
  o: PlanOptions,
): Result<PlanOptions, string> => {
  const skip = idsOf(state, o.skip);
  if (!skip.ok) return skip;
  const constraints: Constraint[] = [];
  for (const rule of o.constraints) {
    const found = resolved(state, rule);
    if (!found.ok) return found;
    constraints.push(found.value);
  }
  const pins = pinned(state, o.pins);
  if (!pins.ok) return pins;
  for (const { vm, host } of pins.value) constraints.push({ kind: 'fence', vms: [vm], hosts: [host] });
  const policies: { vms: readonly string[]; policy: Policy }[] = [];
  for (const { vms, policy } of o.policies) {
    const ids = idsOf(state, vms);
    if (!ids.ok) return ids;
    policies.push({ vms: ids.value, policy });
  }
  if (o.sharesNetwork && state.traffic.length === 0)
    return err(
      `No traffic between VMs is on record at ${state.at}, so there is none for migrations to share links with.`,
    );
  const missing = unknownHosts(state, Object.keys(o.nics));
  if (missing !== null) return err(missing);
  return ok({
    ...withKnownClocks(around, withKnownNics(state, o)),
    skip: skip.value,
    constraints,
    pins: pins.value,
    policies,
  });
};
