// The words and figures of one VM's outcome.
import type { Outcome, VmOutcome } from '../outcome.ts';
import type { VmState } from '../../readout/state.ts';

/** An outcome without a destination: it waits, is lost, or never stopped. */
export const outcomeInPlace = (
  vm: VmState,
  outcome: Outcome,
  cause: string,
  more: { readonly vmState?: string | null; readonly downMs?: number | null; readonly dataLost?: boolean } = {},
): VmOutcome => ({
  vm: vm.id,
  name: vm.name,
  outcome,
  cause,
  source: vm.host ?? '',
  dest: null,
  storage: vm.storage,
  vmState: more.vmState === undefined ? vm.vmState : more.vmState,
  downMs: more.downMs ?? null,
  // In place nothing has to be wired anew: reached when it runs.
  reachedMs: (more.vmState === undefined ? vm.vmState : more.vmState) === 'stopped' ? null : (more.downMs ?? null),
  dataLost: more.dataLost ?? false,
  clocks: null,
});

/** What became of a re-homed VM's disk. */
export const diskSentence = (vm: VmState): string => {
  if (vm.storage === 'local') return 'its local disk was on the failed host and is re-created from the image';
  if (vm.storage === null) return 'the log does not say where its disk is; taken as shared';
  if (vm.storage === 'volume') return 'its disk is on a Cinder volume';
  return `its disk is on shared storage${vm.pool === null ? '' : ` ${vm.pool}`}`;
};
