// Notifications about moves, told as the statuses of a migration record (nova.md §2, 5 and 8).
import { entity } from '../../../domain/events/entity.ts';
import type { Fact } from '../../../domain/events/dictionary.ts';
import type { Instance } from './instance.ts';
import type { Notification } from './notification.ts';

export type Told = Fact & { readonly entity: string; readonly evidence: 'observed' | 'inferred' };
type Type = Extract<Fact, { type: 'migration.accepted' }>['data']['type'];
type Status = Extract<Fact, { type: 'migration.status_changed' }>['data']['status'];

/** What was read of moves in flight, by VM: notifications carry no migration id. Old entries go first. */
export type Moves = Map<string, { readonly id: string; readonly type: Type; aborted: boolean }>;
const REMEMBERED = 100_000;

/**
 * The request's id names the move: it is the same from the first notification to the last, whichever file they are in.
 * A resize is confirmed by another request, so that one is remembered by its VM.
 */
const idOfMove = (n: Notification, uuid: string, type: Type, at: number): string =>
  `${uuid}/${type}@${n.requestId ?? new Date(at).toISOString()}`;

const accepted = (
  id: string,
  vm: string,
  type: Type,
  source: string | null,
  dest: string | null,
  storage: string | undefined,
): Told => ({
  type: 'migration.accepted',
  v: 1,
  entity: entity('migration', id),
  evidence: 'inferred', // the record itself was made a moment earlier
  data: { vm, type, kind: type === 'live-migration' && storage === 'volume' ? 'volume' : null, source, dest },
});

const changed = (
  id: string,
  status: Status,
  told: Told['evidence'],
  more: { dest?: string; reason?: string } = {},
): Told => ({
  type: 'migration.status_changed',
  v: 1,
  entity: entity('migration', id),
  evidence: told,
  data: { status, ...more },
});

/** Statuses that follow from a phase of a live migration; what is not here says nothing new. */
const LIVE: Readonly<Record<string, readonly [Status, Told['evidence']]>> = {
  'instance.live_migration_pre.start': ['preparing', 'observed'],
  'instance.live_migration_pre.end': ['running', 'inferred'], // memory copying begins about here
  'instance.live_migration_post.end': ['completed', 'observed'],
  'instance.live_migration_abort.end': ['cancelled', 'observed'],
  'instance.live_migration_rollback.end': ['failed', 'observed'],
};
const RESIZE: Readonly<Record<string, readonly [Status, Told['evidence']]>> = {
  'instance.resize_prep.start': ['pre-migrating', 'observed'],
  'instance.resize.start': ['migrating', 'observed'],
  'instance.resize.end': ['post-migrating', 'observed'],
  'instance.resize_finish.end': ['finished', 'observed'],
  'instance.resize_confirm.start': ['confirming', 'observed'],
  'instance.resize_confirm.end': ['confirmed', 'observed'],
  'instance.resize_revert.start': ['reverting', 'observed'],
  'instance.resize_revert.end': ['reverted', 'observed'],
  'instance.resize.error': ['error', 'observed'],
};

const begin = (moves: Moves, vm: string, id: string, type: Type): void => {
  moves.delete(vm);
  moves.set(vm, { id, type, aborted: false });
  const [oldest] = moves.keys();
  if (moves.size > REMEMBERED && oldest !== undefined) moves.delete(oldest);
};

const live = (n: Notification, vm: Instance, moves: Moves, at: number, name: string): readonly Told[] => {
  const step = LIVE[name];
  if (step === undefined) return [];
  const open = moves.get(vm.uuid);
  const isFirst = name === 'instance.live_migration_pre.start';
  const isOpen = open?.type === 'live-migration' && !isFirst;
  const id = isOpen && n.requestId === null ? open.id : idOfMove(n, vm.uuid, 'live-migration', at);
  if (isFirst) {
    begin(moves, vm.uuid, id, 'live-migration');
    return [accepted(id, vm.uuid, 'live-migration', vm.host, n.publisher, vm.data.storage), changed(id, ...step)];
  }
  if (name === 'instance.live_migration_abort.end') {
    // An abort has a request of its own; it ends the move that is open.
    if (open?.type !== 'live-migration') return [];
    open.aborted = true;
    return [changed(open.id, ...step)];
  }
  if (name === 'instance.live_migration_rollback.end' && open?.aborted === true) return [];
  if (name === 'instance.live_migration_rollback.end' && vm.fault !== null) {
    return [changed(id, 'failed', 'observed', { reason: vm.fault })];
  }
  return [changed(id, ...step)];
};

const resize = (n: Notification, vm: Instance, moves: Moves, at: number, name: string): readonly Told[] => {
  const step = RESIZE[name];
  if (step === undefined) return [];
  if (name === 'instance.resize_prep.start') {
    const id = idOfMove(n, vm.uuid, 'resize', at);
    begin(moves, vm.uuid, id, 'resize');
    return [accepted(id, vm.uuid, 'resize', vm.host, n.publisher, undefined), changed(id, ...step)];
  }
  const open = moves.get(vm.uuid);
  return open?.type === 'resize' ? [changed(open.id, ...step)] : []; // its beginning is in another file: only the VM is told
};

/** An evacuation is accepted by the API, and done when the rebuild ends on the host that publishes it. */
const evacuation = (n: Notification, vm: Instance, moves: Moves, at: number): readonly Told[] => {
  if (n.event === 'instance.evacuate') {
    const id = idOfMove(n, vm.uuid, 'evacuation', at);
    begin(moves, vm.uuid, id, 'evacuation');
    return [accepted(id, vm.uuid, 'evacuation', vm.host, null, undefined)];
  }
  if (n.event !== 'instance.rebuild' || n.phase === null || n.publisher === null) return [];
  const told = moves.get(vm.uuid);
  if (told?.type !== 'evacuation' && n.phase === 'start' && vm.host !== null && vm.host !== n.publisher) {
    // A rebuild begins on another host than the VM's: an evacuation whose acceptance is in another file.
    const id = idOfMove(n, vm.uuid, 'evacuation', at);
    begin(moves, vm.uuid, id, 'evacuation');
    const first = accepted(id, vm.uuid, 'evacuation', vm.host, n.publisher, undefined);
    return [first, changed(id, 'pre-migrating', 'observed', { dest: n.publisher })];
  }
  const open = moves.get(vm.uuid);
  if (open?.type !== 'evacuation') return [];
  if (n.phase === 'start') return [changed(open.id, 'pre-migrating', 'observed', { dest: n.publisher })];
  if (n.phase === 'end') return [changed(open.id, 'done', 'observed', { dest: n.publisher })];
  return [changed(open.id, 'error', 'observed', vm.fault === null ? {} : { reason: vm.fault })];
};

/** The move that the conductor gave up: an evacuation for which no host was found, or another that is open. */
export const moveFailed = (n: Notification, vm: string, reason: string, moves: Moves): readonly Told[] => {
  const open = moves.get(vm);
  const isItsTask = n.event.endsWith('rebuild_server')
    ? open?.type === 'evacuation'
    : n.event.endsWith('migrate_server');
  if (open === undefined || !isItsTask) return [];
  moves.delete(vm);
  return [changed(open.id, 'error', 'observed', { reason })];
};

/** What a notification says about a move of its VM; nothing where it is not about one. */
export const movesTold = (n: Notification, vm: Instance, moves: Moves, at: number): readonly Told[] => {
  const name = n.phase === null ? n.event : `${n.event}.${n.phase}`;
  return [...live(n, vm, moves, at, name), ...resize(n, vm, moves, at, name), ...evacuation(n, vm, moves, at)];
};
