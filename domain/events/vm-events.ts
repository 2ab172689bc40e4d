// Facts about VMs: birth, reports, state changes and the commands people gave them.
import Type from 'typebox';
import { Count, exact, fact, Metadata, Name, NullableName, oneOf, partial } from './shape.ts';

/** Nova's vm_state (nova/objects/fields.py, InstanceState). */
export const VM_STATES = [
  'active',
  'building',
  'paused',
  'suspended',
  'stopped',
  'rescued',
  'resized',
  'soft-delete',
  'deleted',
  'error',
  'shelved',
  'shelved_offloaded',
] as const;

/** Nova's task_state (InstanceTaskState); hyphens as Nova spells them. */
export const TASK_STATES = [
  'scheduling',
  'block_device_mapping',
  'networking',
  'spawning',
  'image_snapshot',
  'image_snapshot_pending',
  'image_pending_upload',
  'image_uploading',
  'image_backup',
  'updating_password',
  'resize_prep',
  'resize_migrating',
  'resize_migrated',
  'resize_finish',
  'resize_reverting',
  'resize_confirming',
  'rebooting',
  'reboot_pending',
  'reboot_started',
  'rebooting_hard',
  'reboot_pending_hard',
  'reboot_started_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'powering-off',
  'powering-on',
  'rescuing',
  'unrescuing',
  'rebuilding',
  'rebuild_block_device_mapping',
  'rebuild_spawning',
  'migrating',
  'deleting',
  'soft-deleting',
  'restoring',
  'shelving',
  'shelving_image_pending_upload',
  'shelving_image_uploading',
  'shelving_offloading',
  'unshelving',
] as const;

/** Nova's power_state, in words (0, 1, 3, 4, 6, 7). */
export const POWER_STATES = ['NOSTATE', 'RUNNING', 'PAUSED', 'SHUTDOWN', 'CRASHED', 'SUSPENDED'] as const;

/** Where a VM's disks are: on the host, on storage every host mounts, or on Cinder volumes. */
export const STORAGE_KINDS = ['local', 'shared', 'volume'] as const;

/** The status the API shows, derived by Nova from vm_state and task_state. */
export const API_STATUSES = [
  'ACTIVE',
  'BUILD',
  'DELETED',
  'ERROR',
  'HARD_REBOOT',
  'MIGRATING',
  'PASSWORD',
  'PAUSED',
  'REBOOT',
  'REBUILD',
  'RESCUE',
  'RESIZE',
  'REVERT_RESIZE',
  'SHELVED',
  'SHELVED_OFFLOADED',
  'SHUTOFF',
  'SOFT_DELETED',
  'SUSPENDED',
  'UNKNOWN',
  'VERIFY_RESIZE',
] as const;

const NullableCount = Type.Union([Count, Type.Null()]);
const description = {
  name: Name,
  host: NullableName,
  flavor: Name,
  vcpus: Count,
  ramMiB: Count,
  diskGiB: Count,
  storage: oneOf(STORAGE_KINDS),
  pool: NullableName,
  image: NullableName,
  project: Name,
  /** Of the flavor the VM was made with: Nova keeps its own copy. */
  extraSpecs: Metadata,
  /** The availability zone its request was pinned to; null: none, so that it may go anywhere. */
  requestedZone: NullableName,
  serverGroup: NullableName,
  tags: Type.Array(Name),
  addresses: Type.Array(exact({ network: Name, ip: Name })),
};
const states = {
  vmState: oneOf(VM_STATES),
  taskState: Type.Union([oneOf(TASK_STATES), Type.Null()]),
  powerState: oneOf(POWER_STATES),
};

export const vmEvents = [
  fact('vm.created', 1, 'Nova accepted a request for a VM; it is building.', partial(description)),
  fact(
    'vm.reported',
    1,
    'A listing described a VM as it was at that instant; only what it said is present.',
    partial({ ...description, ...states, status: oneOf(API_STATUSES), updatedAt: Name }),
  ),
  fact(
    'vm.state_changed',
    1,
    "Nova's states of a VM changed; `fault` is Nova's message where the change is an error.",
    partial({ ...states, host: NullableName, fault: Name, cause: Name }),
  ),
  fact('vm.deleted', 1, 'The VM is gone.', exact({})),
  fact(
    'vm.listing_completed',
    1,
    'A complete listing ended here: it named these VMs, and there are no others (of the project, where it names one).',
    exact({ project: NullableName, ids: Type.Array(Name) }),
  ),
  fact(
    'vm.allocations_reported',
    1,
    'Placement showed what is allocated for a VM, and on which hosts; hosts it does not name are not spoken of.',
    exact({
      allocations: Type.Array(
        exact({ host: Name, vcpus: NullableCount, ramMiB: NullableCount, diskGiB: NullableCount }),
      ),
    }),
  ),
  fact(
    'command.issued',
    1,
    'A person or a tool gave a command; the entity is its main target.',
    exact({ argv: Type.Array(Type.String()), refers: Type.Array(Name) }),
  ),
] as const;
