// One VM's evacuation: accepted, scheduled, claimed, its disk attached, spawned; or refused on the way.
import type { Instant } from '../../base/brand.ts';
import { entity } from '../../events/entity.ts';
import type { VmState } from '../../readout/state.ts';
import type { SchedulingRequest } from '../../scheduling/candidate.ts';
import { duration } from '../../readout/words.ts';
import { noValidHostSentence, selectDestination } from '../../scheduling/select.ts';
import { WIRED_AFTER_MS } from '../network-effects.ts';
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
  /** The host it is evacuated to by name; null: the scheduler chooses. */
  readonly target: string | null;
  /** Why its volumes cannot be attached now; null when they can. */
  readonly attaches: () => string | null;
  /** True while the failed host's own copy may still write. */
  readonly copyRuns: () => boolean;
  /** Frees the recovery thread: at the end, or when it gives up waiting. */
  readonly release: () => void;
  /** Its end, with the destination where it has one. */
  readonly done: (dest: string | null) => void;
};

/** Nova ignores the host a VM leaves (ignore_hosts); others that are down fall to the ComputeFilter. */
const requestOf = (stage: Stage, vm: VmState): SchedulingRequest =>
  evacuationRequest(stage.world, vm, vm.host === null ? [] : [vm.host]);

/** GiB of image that its new host has to fetch. */
const imageGiB = (vm: VmState): number => (vm.storage === 'local' ? (vm.diskGiB ?? 0) : 0);

/** True when Nova would refuse, but the recovery tool resets the VM to ERROR first. */
const mustReset = (vm: VmState, { resetToError, taskStateBlocks }: DrillSettings): boolean =>
  resetToError && (!EVACUABLE.has(vm.vmState ?? 'active') || (taskStateBlocks && vm.taskState !== null));

/** Why Nova refuses to evacuate this VM; null when it does not, or is helped to. */
const refusal = (vm: VmState, settings: DrillSettings): string | null => {
  if (mustReset(vm, settings)) return null;
  const state = vm.vmState ?? 'active';
  if (!EVACUABLE.has(state)) {
    return `evacuate is refused while vm_state is ${state}; it waits for ${vm.host} to return`;
  }
  return settings.taskStateBlocks && vm.taskState !== null
    ? `evacuate is refused while task_state is ${vm.taskState} (Nova before Zed, bug 1978983); reset its state first`
    : null;
};

/**
 * The vm_state an evacuated VM ends in: stopped if it was, or if microversion >= 2.95 lands it so. A VM that was neither
 * active nor in ERROR and had to be reset is stopped afterwards by the tool that reset it.
 */
const landing = ({ vm, seenStopped }: Evacuation, settings: DrillSettings): 'stopped' | 'active' => {
  const stayed = seenStopped || settings.landStopped || vm.vmState === 'stopped';
  return stayed || (mustReset(vm, settings) && vm.vmState !== 'active') ? 'stopped' : 'active';
};

/** How far an evacuation has come. */
type Way = {
  readonly dest: string;
  readonly acceptedAt: Instant;
  readonly scheduledAt: Instant;
  /** How long its image was on its way. */
  fetchMs: number;
  /** The thread stopped waiting before the end. */
  givenUp: boolean;
  ended: boolean;
};

/** Ends an evacuation once, whatever its end, and frees the thread unless that has given up before. */
const end = (e: Evacuation, dest: string | null, way: Way): void => {
  way.ended = true;
  e.done(dest);
  if (!way.givenUp) e.release();
};

/** A fetch that took so much longer than one alone is told. */
const HINDERED = 1.01;

/** What is worth knowing about a VM that came back. */
const remarks = (stage: Stage, e: Evacuation, way: Way, vmState: 'stopped' | 'active'): string => {
  const { vm } = e;
  const host = stage.world.hosts.get(way.dest);
  const aloneMs = imageGiB(vm) * stage.settings.imageFetchSPerGiB * S;
  return [
    vmState === 'stopped' ? '; it lands SHUTOFF and has to be started' : '',
    host?.inventories.MEMORY_MB === null ? `; the capacity of ${way.dest} is not in the log, taken as enough` : '',
    vm.ramMiB === null ? '; the size of this VM is not in the log, so no room was asked for it' : '',
    way.fetchMs > aloneMs * HINDERED
      ? `; its image took ${duration(way.fetchMs)} over the network of ${way.dest} instead of ${duration(aloneMs)}`
      : '',
    way.givenUp
      ? `; its thread gave up after ${stage.settings.evacuationLimitS} s and counts it as failed, though Nova finished it`
      : '',
    e.attempt === 1 ? '' : `; this is its evacuation number ${e.attempt}`,
  ].join('');
};

/** The rebuild fails: vm_state ERROR, and the claim on the destination is dropped. */
const fail = (stage: Stage, e: Evacuation, way: Way, reason: string): void => {
  const { vm } = e;
  charge(stage.world, way.dest, requestOf(stage, vm), -1);
  const data = { status: 'failed', reason } as const;
  stage.emit(stage.migrationOf(vm, e.attempt), { type: 'migration.status_changed', v: 1, data });
  stage.emitVm(vm, { vmState: 'error', taskState: null, fault: reason });
  stage.settle(outcomeInPlace(vm, 'error', reason, { vmState: 'error' }));
  end(e, null, way);
};

/** Its destination dies under it: nothing is told any more, and it stays in the middle of its rebuild. */
const stick = (stage: Stage, e: Evacuation, { dest, givenUp }: Way): void => {
  const { vm } = e;
  const { taskStateBlocks, evacuationLimitS } = stage.settings;
  const again = taskStateBlocks
    ? 'its state has to be reset before it is evacuated again'
    : 'it has to be evacuated again';
  const cause = `its destination ${dest} failed during the rebuild and it is stuck in task_state rebuild_spawning; ${again}`;
  stage.place({ ...vm, taskState: 'rebuild_spawning' });
  stage.settle(outcomeInPlace(vm, 'stranded', cause));
  e.done(null);
  if (!givenUp && evacuationLimitS === null) e.release(); // a tool that waits for it gives up by itself
};

const finish = (stage: Stage, e: Evacuation, way: Way): void => {
  const { vm } = e;
  const { dest, acceptedAt, scheduledAt } = way;
  const address = stage.migrationOf(vm, e.attempt);
  const host = stage.world.hosts.get(dest);
  if (host?.up === false) return stick(stage, e, way);
  const vmState = landing(e, stage.settings);
  stage.emit(address, { type: 'migration.status_changed', v: 1, data: { status: 'done', dest } });
  stage.emitVm(vm, { vmState, taskState: null, powerState: vmState === 'stopped' ? 'SHUTDOWN' : 'RUNNING' });
  stage.movePorts(vm, dest);
  const rebuilt = vm.storage === 'local';
  const twice = !rebuilt && e.copyRuns();
  const cause =
    diskSentence(vm) +
    (twice ? `; the copy on ${vm.host} still runs and writes to the same disk, which may be damaged` : '') +
    remarks(stage, e, way, vmState);
  stage.settle({
    ...outcomeInPlace(vm, rebuilt ? 'rebuilt' : 'recovered', cause),
    dest,
    vmState,
    downMs: stage.now - e.downFrom,
    reachedMs: vmState === 'stopped' ? null : stage.now - e.downFrom + WIRED_AFTER_MS,
    dataLost: rebuilt || twice,
    clocks: {
      detectionMs: e.detectedAt - e.downFrom,
      fencingMs: e.fencedAt - e.detectedAt,
      queueMs: acceptedAt - e.fencedAt,
      schedulingMs: scheduledAt - acceptedAt,
      spawnMs: stage.now - scheduledAt,
    },
  });
  stage.place({ ...vm, host: dest, vmState });
  end(e, dest, way);
};

const schedule = (stage: Stage, e: Evacuation, acceptedAt: Instant): void => {
  const { vm } = e;
  const address = stage.migrationOf(vm, e.attempt);
  const request = requestOf(stage, vm);
  const hosts = [...stage.world.hosts.values()];
  const among = e.target === null ? hosts : hosts.filter((h) => h.name === e.target);
  const chosen = selectDestination(among, request, stage.world.release);
  if (!chosen.ok) {
    const reason = noValidHostSentence(chosen.error);
    stage.emit(address, { type: 'migration.status_changed', v: 1, data: { status: 'error', reason } });
    stage.emitVm(vm, { vmState: 'error', taskState: null, fault: reason });
    const tries = e.attempt === 1 ? '' : ` (try number ${e.attempt})`;
    stage.settle(outcomeInPlace(vm, 'stranded', reason + tries, { vmState: 'error' }));
    e.done(null);
    return e.release();
  }
  const dest = chosen.value.name;
  charge(stage.world, dest, request);
  stage.emit(address, { type: 'migration.status_changed', v: 1, data: { status: 'pre-migrating', dest } });
  const scheduledAt = stage.now;
  const way: Way = { dest, acceptedAt, scheduledAt, fetchMs: 0, givenUp: false, ended: false };
  const { evacuationLimitS, spawnS } = stage.settings;
  if (evacuationLimitS !== null) {
    // Looked at after whatever else ends at that instant: in time is in time.
    stage.after(evacuationLimitS * S - (scheduledAt - acceptedAt), () => stage.after(0, () => giveUp(e, way)));
  }
  stage.after(0, () => {
    stage.emitVm(vm, { taskState: 'rebuild_block_device_mapping' });
    stage.after(Math.round(spawnS * S * MAPPING_SHARE), () => {
      const refused = e.attaches();
      if (refused !== null) return fail(stage, e, way, refused);
      stage.emitVm(vm, { taskState: 'rebuild_spawning' });
      const fetchedFrom = stage.now;
      stage.fetches.begin(dest, imageGiB(vm), () => {
        way.fetchMs = stage.now - fetchedFrom;
        stage.after(Math.round(spawnS * S) - Math.round(spawnS * S * MAPPING_SHARE), () => finish(stage, e, way));
      });
    });
  });
};

const giveUp = (e: Evacuation, way: Way): void => {
  if (way.ended || way.givenUp) return;
  way.givenUp = true;
  e.release();
};

/** Asks Nova to evacuate a VM now. */
export const evacuate = (stage: Stage, e: Evacuation): void => {
  const { vm } = e;
  const refused = refusal(vm, stage.settings);
  if (refused !== null) {
    stage.settle(outcomeInPlace(vm, 'stranded', refused));
    e.done(null);
    return e.release();
  }
  if (mustReset(vm, stage.settings)) {
    stage.emitVm(vm, {
      vmState: 'error',
      taskState: null,
      cause: 'reset by the recovery tool so that Nova evacuates it',
    });
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
