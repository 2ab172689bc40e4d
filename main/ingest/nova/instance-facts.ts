// What an `instance.*` notification says about its VM, its ports and its volumes.
import { entity } from '../../../domain/events/entity.ts';
import { type Fields, isFields, listAt, textAt } from '../json-records.ts';
import { taskState, vmState } from '../nova-words.ts';
import { hasArrived, type Instance, instanceIn } from './instance.ts';
import { type Moves, movesTold, type Told } from './moves.ts';
import type { Notification } from './notification.ts';

const reported = (vm: Instance): Told => ({
  type: 'vm.reported',
  v: 1,
  entity: entity('vm', vm.uuid),
  evidence: 'observed',
  data: vm.data,
});

const failed = (n: Notification, vm: Instance): readonly Told[] =>
  vm.fault === null
    ? []
    : [
        {
          type: 'vm.state_changed',
          v: 1,
          entity: entity('vm', vm.uuid),
          evidence: 'observed',
          data: { fault: vm.fault, cause: n.eventType.slice(0, 255) },
        },
      ];

/** `instance.update` tells a transition itself; its states are changes, not a listing. */
const updated = (n: Notification, vm: Instance): readonly Told[] => {
  const update = n.legacy ? n.payload : n.payload['state_update'];
  if (!isFields(update)) return [reported(vm)];
  const { vmState: _, taskState: __, ...description } = vm.data;
  const state = vmState(textAt(update, 'state') ?? '');
  const task = update['new_task_state'];
  const taskKnown = typeof task === 'string' ? taskState(task) : null;
  return [
    { ...reported({ ...vm, data: description }) },
    {
      type: 'vm.state_changed',
      v: 1,
      entity: entity('vm', vm.uuid),
      evidence: 'observed',
      data: {
        ...(state === null ? {} : { vmState: state }),
        ...(task === null || taskKnown !== null ? { taskState: taskKnown } : {}),
      },
    },
  ];
};

/** Who had a VM switched off; nobody did where nova-compute found its guest shut down and follows. */
const switchedOff = (n: Notification, vm: Instance): readonly Told[] => {
  if (n.event !== 'instance.power_off' || n.phase !== 'start') return [];
  const user = textAt(n.payload, 'action_initiator_user');
  const nobody = n.payload['action_initiator_user'] === null;
  const cause = user === null ? (nobody ? 'asked by no user, so by Nova itself' : null) : `asked by user ${user}`;
  const data = { taskState: 'powering-off' as const, ...(cause === null ? {} : { cause: cause.slice(0, 255) }) };
  return [{ type: 'vm.state_changed', v: 1, entity: entity('vm', vm.uuid), evidence: 'observed', data }];
};

const portOf = (ip: Fields, vm: Instance): readonly Told[] => {
  const [id, network, address, mac] = ['port_uuid', 'label', 'address', 'mac'].map((name) => textAt(ip, name));
  if (typeof id !== 'string' || typeof network !== 'string' || typeof address !== 'string') return [];
  return [
    {
      type: 'network.reported',
      v: 1,
      entity: entity('network', network),
      evidence: 'observed',
      data: { name: network },
    },
    {
      type: 'port.reported',
      v: 1,
      entity: entity('port', id),
      evidence: 'observed',
      data: {
        network,
        vm: vm.uuid,
        ips: [address],
        ...(typeof mac === 'string' ? { mac } : {}),
        ...(typeof vm.data.host === 'string' ? { host: vm.data.host } : {}),
      },
    },
  ];
};

const attached = (volume: string, vm: Instance, device: string | null, boot: boolean): Told => ({
  type: 'volume.attached',
  v: 1,
  entity: entity('volume', volume),
  evidence: 'observed',
  data: { vm: vm.uuid, device, boot },
});
const detached = (volume: string, vm: Instance): Told => ({
  type: 'volume.detached',
  v: 1,
  entity: entity('volume', volume),
  evidence: 'observed',
  data: { vm: vm.uuid },
});

const devices = (n: Notification, vm: Instance): readonly Told[] =>
  listAt(n.payload, 'block_devices')
    .filter(isFields)
    .flatMap((device) => {
      const volume = textAt(device, 'volume_id');
      return volume === null ? [] : [attached(volume, vm, textAt(device, 'device_name'), device['boot_index'] === 0)];
    });

const volumes = (n: Notification, vm: Instance): readonly Told[] => {
  if (n.phase !== 'end') return [];
  const [volume, old, fresh] = ['volume_id', 'old_volume_id', 'new_volume_id'].map((name) => textAt(n.payload, name));
  if (n.event === 'instance.volume_attach' && typeof volume === 'string') return [attached(volume, vm, null, false)];
  if (n.event === 'instance.volume_detach' && typeof volume === 'string') return [detached(volume, vm)];
  const swapped = n.event === 'instance.volume_swap' && typeof old === 'string' && typeof fresh === 'string';
  return swapped ? [detached(old, vm), attached(fresh, vm, null, false)] : [];
};

/** Ports are bound where their VM has arrived. */
const ports = (n: Notification, vm: Instance): readonly Told[] => {
  if (!hasArrived(n) && (n.event !== 'instance.interface_attach' || n.phase !== 'end')) return [];
  return listAt(n.payload, 'ip_addresses')
    .filter(isFields)
    .flatMap((ip) => portOf(ip, vm));
};

/** Ports of VMs from which an interface is being detached. */
export type Detaching = Map<string, ReadonlySet<string>>;

/** The start of a detachment lists all ports, its end those that are left: the others are no longer the VM's. */
const detachedPorts = (n: Notification, vm: Instance, detaching: Detaching): readonly Told[] => {
  if (n.event !== 'instance.interface_detach' || n.legacy) return [];
  const ips = listAt(n.payload, 'ip_addresses').filter(isFields);
  const listed = new Set(ips.map((ip) => textAt(ip, 'port_uuid')).filter((id) => id !== null));
  if (n.phase === 'start') detaching.set(vm.uuid, listed);
  if (n.phase !== 'end') return [];
  const left = [...(detaching.get(vm.uuid) ?? [])].filter((id) => !listed.has(id));
  detaching.delete(vm.uuid);
  const data = { vm: null, host: null };
  return left.map((id) => ({ type: 'port.reported', v: 1, entity: entity('port', id), evidence: 'observed', data }));
};

/** Facts of an `instance.*` notification; null when it names no VM. */
export const instanceFacts = (
  n: Notification,
  moves: Moves,
  detaching: Detaching,
  at: number,
): readonly Told[] | null => {
  const vm = instanceIn(n, (uuid) => moves.get(uuid)?.type === 'live-migration');
  if (vm === null) return null;
  if (n.event === 'instance.delete' && n.phase === 'end') {
    return [{ type: 'vm.deleted', v: 1, entity: entity('vm', vm.uuid), evidence: 'observed', data: {} }];
  }
  const states = n.event === 'instance.update' ? updated(n, vm) : [reported(vm)];
  const disks = n.event === 'instance.create' && n.phase === 'end' ? devices(n, vm) : [];
  return [
    ...movesTold(n, vm, moves, at),
    ...switchedOff(n, vm),
    ...states,
    ...failed(n, vm),
    ...ports(n, vm),
    ...detachedPorts(n, vm, detaching),
    ...disks,
    ...volumes(n, vm),
  ];
};
