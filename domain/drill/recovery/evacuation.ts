// One VM's evacuation: accepted, scheduled, claimed, its disk attached, spawned; or refused on the way.
import type { Instant } from '../../base/brand.ts';
import { entity } from '../../events/entity.ts';
import type { VmState } from '../../readout/state.ts';
import { noValidHostSentence, selectDestination } from '../../scheduling/select.ts';
import type { DrillSettings } from '../outcome.ts';
import { charge, evacuationRequest } from '../world.ts';
import { S, type Stage } from './stage.ts';
import { diskSentence, outcomeInPlace } from './tell.ts';

/** Share of the spawn that goes into block-device mapping before the domain starts. */
const MAPPING_SHARE = 0.35;

/** Nova evacuates these only (nova/compute/api.py evacuate: ACTIVE, STOPPED, ERROR). */
const EVACUABLE = new Set(['active', 'stopped', 'error']);

export type Evacuation = {
  readonly vm: VmState;
  /** Counted from 1 for each VM. */
  readonly attempt: number;
  /** When the VM stopped answering, when the failure was noticed and when the host was fenced. */
  readonly downFrom: Instant;
  readonly detectedAt: Instant;
  readonly fencedAt: Instant;
  /** True when the guest was seen shut down before it was evacuated. */
  readonly seenStopped: boolean;
  /** Hosts that are no destination: those that are down together. */
  readonly ignore: readonly string[];
  /** Frees the recovery thread. */
  readonly done: (dest: string | null) => void;
};

const spawnMs = (vm: VmState, settings: DrillSettings): number => {
  const image = vm.storage === 'local' ? settings.imageFetchSPerGiB * (vm.diskGiB ?? 0) : 0;
  return Math.round((settings.spawnS + image) * S);
};

/** The vm_state an evacuated VM ends in: stopped if it was, or if microversion >= 2.95 lands it so. */
const landing = ({ vm, seenStopped }: Evacuation, settings: DrillSettings): 'stopped' | 'active' =>
  seenStopped || settings.landStopped || vm.vmState === 'stopped' ? 'stopped' : 'active';

const finish = (stage: Stage, e: Evacuation, dest: string, acceptedAt: Instant, scheduledAt: Instant): void => {
  const { vm } = e;
  const address = stage.migrationOf(vm, e.attempt);
  const host = stage.world.hosts.get(dest);
  if (host?.up === false) {
    const reason = `its destination ${dest} failed during the rebuild`;
    stage.emit(address, { type: 'migration.status_changed', v: 1, data: { status: 'failed', reason } });
    stage.emitVm(vm, { vmState: 'error', taskState: null, fault: reason });
    stage.settle(outcomeInPlace(vm, 'error', reason, { vmState: 'error' }));
    return e.done(null);
  }
  const vmState = landing(e, stage.settings);
  stage.emit(address, { type: 'migration.status_changed', v: 1, data: { status: 'done', dest } });
  stage.emitVm(vm, { vmState, taskState: null, powerState: vmState === 'stopped' ? 'SHUTDOWN' : 'RUNNING' });
  const rebuilt = vm.storage === 'local';
  const blind =
    host?.inventories.MEMORY_MB === null ? `; the capacity of ${dest} is not in the log, taken as enough` : '';
  const sizeless = vm.ramMiB === null ? '; the size of this VM is not in the log, so no room was asked for it' : '';
  const rest = vmState === 'stopped' ? '; it lands SHUTOFF and has to be started' : '';
  const again = e.attempt === 1 ? '' : `; this is its evacuation number ${e.attempt}`;
  stage.settle({
    ...outcomeInPlace(vm, rebuilt ? 'rebuilt' : 'recovered', `${diskSentence(vm)}${rest}${blind}${sizeless}${again}`),
    dest,
    vmState,
    downMs: stage.now - e.downFrom,
    dataLost: rebuilt,
    clocks: {
      detectionMs: e.detectedAt - e.downFrom,
      fencingMs: e.fencedAt - e.detectedAt,
      queueMs: acceptedAt - e.fencedAt,
      schedulingMs: scheduledAt - acceptedAt,
      spawnMs: stage.now - scheduledAt,
    },
  });
  stage.vms.set(vm.id, { ...vm, host: dest, vmState });
  e.done(dest);
};

const schedule = (stage: Stage, e: Evacuation, acceptedAt: Instant): void => {
  const { vm } = e;
  const address = stage.migrationOf(vm, e.attempt);
  const request = evacuationRequest(stage.world, vm, e.ignore);
  const chosen = selectDestination([...stage.world.hosts.values()], request);
  if (!chosen.ok) {
    const reason = noValidHostSentence(chosen.error);
    stage.emit(address, { type: 'migration.status_changed', v: 1, data: { status: 'error', reason } });
    stage.emitVm(vm, { vmState: 'error', taskState: null, fault: reason });
    stage.settle(outcomeInPlace(vm, 'stranded', reason, { vmState: 'error' }));
    return e.done(null);
  }
  const dest = chosen.value.name;
  charge(stage.world, dest, request);
  stage.emit(address, { type: 'migration.status_changed', v: 1, data: { status: 'pre-migrating', dest } });
  const scheduledAt = stage.now;
  const whole = spawnMs(vm, stage.settings);
  stage.after(0, () => {
    stage.emitVm(vm, { taskState: 'rebuild_block_device_mapping' });
    stage.after(whole * MAPPING_SHARE, () => {
      stage.emitVm(vm, { taskState: 'rebuild_spawning' });
      stage.after(whole * (1 - MAPPING_SHARE), () => finish(stage, e, dest, acceptedAt, scheduledAt));
    });
  });
};

/** Asks Nova to evacuate a VM now. */
export const evacuate = (stage: Stage, e: Evacuation): void => {
  const { vm } = e;
  const state = vm.vmState ?? 'active';
  if (!EVACUABLE.has(state)) {
    const cause = `evacuate is refused while vm_state is ${state}; it waits for ${vm.host} to return`;
    stage.settle(outcomeInPlace(vm, 'stranded', cause));
    return e.done(null);
  }
  const data = { vm: vm.id, type: 'evacuation', kind: null, source: vm.host, dest: null } as const;
  stage.emit(stage.migrationOf(vm, e.attempt), { type: 'migration.accepted', v: 1, data });
  stage.emitVm(vm, { taskState: 'rebuilding' });
  const acceptedAt = stage.now;
  stage.after(stage.settings.scheduleS * S, () => schedule(stage, e, acceptedAt));
};

/** The source's own clean-up when it is back: its tombstones are completed (nova, _destroy_evacuated_instances). */
export const completeTombstone = (stage: Stage, vm: VmState, attempt: number): void =>
  stage.emit(stage.migrationOf(vm, attempt), { type: 'migration.status_changed', v: 1, data: { status: 'completed' } });

/** Takes an evacuated VM's old allocation off its source, which is back. */
export const giveBack = (stage: Stage, vm: VmState): void =>
  charge(stage.world, vm.host ?? '', evacuationRequest(stage.world, vm, []), -1);

export const hostAddress = (name: string): string => entity('host', name);
