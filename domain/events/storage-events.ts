// Facts about storage: Cinder volumes and their attachments, pools, bricks and the nodes that hold them.
import Type from 'typebox';
import { Amount, Count, exact, fact, Name, NullableName, oneOf, partial } from './shape.ts';

export const POOL_KINDS = ['glusterfs', 'ceph', 'nfs', 'lvm', 'cinder', 'unknown'] as const;

export const storageEvents = [
  fact(
    'volume.reported',
    1,
    'A source described a Cinder volume.',
    partial({
      name: Name,
      sizeGiB: Amount,
      status: Name,
      bootable: Type.Boolean(),
      backend: NullableName,
      image: NullableName,
    }),
  ),
  fact(
    'volume.attached',
    1,
    'A volume was attached to a VM; `boot` when it is the root disk.',
    exact({ vm: Name, device: NullableName, boot: Type.Boolean() }),
  ),
  fact('volume.detached', 1, 'A volume was detached from a VM.', exact({ vm: Name })),
  fact('volume.deleted', 1, 'The volume is gone.', exact({})),
  fact(
    'pool.reported',
    1,
    'A source described a storage pool (a GlusterFS volume, a Ceph pool, an NFS export, local disks).',
    partial({
      kind: oneOf(POOL_KINDS),
      layout: Name,
      transport: Name,
      status: Name,
      replicas: Count,
      bricks: Type.Array(exact({ host: Name, path: Name })),
      sizeGiB: Amount,
      usedGiB: Amount,
    }),
  ),
  fact(
    'pool.mounted',
    1,
    "Hosts mounted the pool at a path; null hosts means every compute node, as operators' notes put it.",
    exact({ path: Name, hosts: Type.Union([Type.Array(Name), Type.Null()]) }),
  ),
  fact(
    'storage_node.introduced',
    1,
    'A node that gives disks to a pool was named.',
    partial({ address: Name, device: Name, sizeGiB: Amount }),
  ),
  fact('storage_node.failed', 1, 'A storage node, with its bricks, stopped.', exact({ cause: Name })),
] as const;
