// The blocker matrix: VMs against destinations, each pair with a verdict and every reason.
import { err, ok, type Result } from '../base/result.ts';
import { type World, worldOf } from '../drill/world.ts';
import type { ClusterState, VmState } from '../readout/state.ts';
import { NEVER_KNOWN, type Verdict, verdictOf } from '../scheduling/blockers.ts';
import type { Destination, Finding, Subject } from '../scheduling/finding.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import type { SchedulingRequest } from '../scheduling/candidate.ts';
import { groupsByVm, moveRequest } from './move-request.ts';

export type CheckQuestion =
  | { readonly vm: string; readonly to: string | null }
  /** All VMs of one host. */
  | { readonly host: string };

export type CheckAnswer = {
  /** True when every VM asked about has a destination. */
  readonly ok: boolean;
  /** By VM name, then destination. */
  readonly verdicts: readonly Verdict[];
  /** What Nova looks at besides and the log cannot know, true of every verdict. */
  readonly unknown: readonly Finding[];
};

/** The VM with this id, or the only one with this name. */
export const findVm = (state: ClusterState, written: string): Result<VmState, string> => {
  const byId = state.vms.find((vm) => vm.id === written);
  if (byId) return ok(byId);
  const named = state.vms.filter((vm) => vm.name === written);
  const [only] = named;
  if (only && named.length === 1) return ok(only);
  return err(
    only
      ? `${named.length} VMs are named ${written} at ${state.at}: ${named.map((vm) => vm.id).join(', ')}. Give an id.`
      : `There is no VM ${written} at ${state.at}.`,
  );
};

const SHOWN_HOSTS = 8;

/** The sentence for hosts that are not there; null when all are. */
export const unknownHosts = (state: ClusterState, names: readonly string[]): string | null => {
  const known = new Set(state.hosts.map((h) => h.name));
  const missing = names.filter((name) => !known.has(name));
  if (missing.length === 0) return null;
  const listed = [...known].slice(0, SHOWN_HOSTS).join(', ') + (known.size > SHOWN_HOSTS ? ', …' : '');
  return `There is no host ${missing.join(', ')} at ${state.at}. Known hosts: ${listed || 'none'}.`;
};

/** One VM as the blockers look at it. */
export const subjectOf = (
  state: ClusterState,
  vm: VmState,
  request: SchedulingRequest,
  around: Surroundings,
): Subject => {
  const leftover = state.ports
    .filter((p) => p.vm === vm.id && vm.taskState !== 'migrating')
    .flatMap((p) => p.bindings.filter((b) => b.binding === 'INACTIVE').map((b) => b.host));
  return {
    vm,
    source: state.hosts.find((h) => h.name === vm.host) ?? null,
    sourceHardware: vm.host === null ? null : (around.hardware.get(vm.host) ?? null),
    request,
    leftoverBindings: [...new Set(leftover)],
    poolMountedBy: vm.pool === null ? null : (around.mountedBy.get(vm.pool) ?? null),
    dirtyPagesPerS: around.dirtyPagesPerS.get(vm.id) ?? null,
  };
};

export const destinationsOf = (world: World, around: Surroundings, linkBytesPerS: number): readonly Destination[] =>
  [...world.hosts.values()].map((candidate) => ({
    candidate,
    hardware: around.hardware.get(candidate.name) ?? null,
    linkBytesPerS,
  }));

const byName = (a: VmState, b: VmState): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1);

/**
 * Answers a check on the state at an instant. Errors: a VM or host that is not there. `linkBytesPerS` is what a migration
 * may use, for the question whether it converges.
 */
export const check = (
  state: ClusterState,
  around: Surroundings,
  asked: CheckQuestion,
  linkBytesPerS: number,
): Result<CheckAnswer, string> => {
  const named = 'host' in asked ? [asked.host] : asked.to === null ? [] : [asked.to];
  const missing = unknownHosts(state, named);
  if (missing !== null) return err(missing);
  let vms: readonly VmState[];
  if ('host' in asked) vms = state.vms.filter((vm) => vm.host === asked.host).sort(byName);
  else {
    const vm = findVm(state, asked.vm);
    if (!vm.ok) return vm;
    vms = [vm.value];
  }
  const world = worldOf(state);
  const groups = groupsByVm(world);
  const to = 'to' in asked ? asked.to : null;
  const verdicts: Verdict[] = [];
  let everyone = true;
  for (const vm of vms) {
    const subject = subjectOf(state, vm, moveRequest(world, vm, groups.get(vm.id)), around);
    let any = false;
    for (const dest of destinationsOf(world, around, linkBytesPerS)) {
      if (to === null ? dest.candidate.name === vm.host : dest.candidate.name !== to) continue;
      const verdict = verdictOf(subject, dest);
      verdicts.push(verdict);
      any ||= verdict.ok;
    }
    everyone &&= any;
  }
  return ok({ ok: everyone, verdicts, unknown: NEVER_KNOWN });
};
