// Commands that make storage: Cinder volumes, GlusterFS volumes, and the mount that turns local disks into shared ones.
import { entity, idOf } from '../../../domain/events/entity.ts';
import type { Effects } from './effect.ts';
import { INSTANCES_PATH } from './memory.ts';
import type { Draft } from './moment.ts';
import { argumentsOf, isPlaceholder } from './words.ts';

const CINDER_VALUED = new Set(
  (
    'image-id display-name name display-description description volume-type availability-zone snapshot-id ' +
    'source-volid metadata image'
  ).split(' '),
);

export const cinderCommand: Effects = (command, memory) => {
  if (command.words[1] !== 'create') return null;
  const { operands, options } = argumentsOf(command.words.slice(2), CINDER_VALUED);
  const sizeGiB = Number(operands[0] ?? 'none');
  const name = options.get('display-name') ?? options.get('name') ?? operands[1] ?? '';
  if (!Number.isInteger(sizeGiB) || sizeGiB <= 0 || name === '' || isPlaceholder(name)) return null;
  const image = options.get('image-id') ?? options.get('image') ?? '';
  const address = entity('volume', name);
  if (image !== '') memory.volume = { address, sizeGiB };
  const data = {
    name,
    sizeGiB,
    bootable: image !== '',
    ...(image === '' || isPlaceholder(image) ? {} : { image }),
  };
  const fact: Draft = {
    type: 'volume.reported',
    v: 1,
    entity: address,
    line: command.line,
    evidence: 'inferred',
    data,
  };
  return { entity: address, refers: [], facts: [fact] };
};

const BRICK = /^([^\s:/]+):(\/\S+)$/;
export const brickOf = (word: string): { host: string; path: string } | null => {
  const parts = BRICK.exec(word);
  return parts === null ? null : { host: parts[1] ?? '', path: parts[2] ?? '' };
};

/** gluster names the layout by how many replica sets the bricks make. */
const layoutOf = (bricks: number, replicas: number): string => {
  if (replicas <= 1) return 'Distribute';
  return bricks > replicas ? 'Distributed-Replicate' : 'Replicate';
};

export const glusterCommand: Effects = (command) => {
  const [, area, verb, name, ...rest] = command.words;
  if (area !== 'volume' || name === undefined || isPlaceholder(name)) return null;
  const address = entity('pool', name);
  const report = (data: Extract<Draft, { type: 'pool.reported' }>['data']): Draft => ({
    type: 'pool.reported',
    v: 1,
    entity: address,
    line: command.line,
    evidence: 'inferred',
    data,
  });
  if (verb === 'create') {
    const bricks = rest.map(brickOf).filter((brick) => brick !== null);
    const after = rest.indexOf('replica');
    const replicas = after < 0 ? 1 : Number(rest[after + 1]);
    const transport = rest.indexOf('transport');
    if (bricks.length === 0 || !Number.isInteger(replicas)) return null;
    const data = {
      kind: 'glusterfs' as const,
      layout: layoutOf(bricks.length, replicas),
      replicas,
      status: 'Created',
      bricks,
      ...(transport < 0 ? {} : { transport: rest[transport + 1] ?? 'tcp' }),
    };
    return { entity: address, refers: [], facts: [report(data)] };
  }
  if (verb === 'start') return { entity: address, refers: [], facts: [report({ status: 'Started' })] };
  if (verb === 'stop') return { entity: address, refers: [], facts: [report({ status: 'Stopped' })] };
  return { entity: address, refers: [], facts: [] };
};

/** `mount.glusterfs SERVER:/VOLUME PATH` and `mount -t glusterfs SERVER:/VOLUME PATH`. */
export const mountCommand: Effects = (command, memory) => {
  const { operands, options } = argumentsOf(command.words.slice(1), new Set(['t', 'o']));
  if (command.words[0] !== 'mount.glusterfs' && options.get('t') !== 'glusterfs') return null;
  const [device = '', path] = operands;
  const pool = /^[^:]+:\/(\S+)$/.exec(device)?.[1];
  if (pool === undefined || path === undefined) return null;
  const { line } = command;
  const address = entity('pool', pool);
  const facts: Draft[] = [
    { type: 'pool.mounted', v: 1, entity: address, line, evidence: 'inferred', data: { path, hosts: null } },
  ];
  if (path.replace(/\/$/, '') === INSTANCES_PATH) {
    memory.instancesPool = pool;
    // Moved later without their disks, and not from a volume: from here on their disks are on this pool.
    for (const vm of [...memory.directory.diskStayed].filter((each) => memory.storageOf.get(each) === 'local')) {
      memory.storageOf.set(vm, 'shared');
      const data = { storage: 'shared' as const, pool };
      facts.push({ type: 'vm.reported', v: 1, entity: vm, line, evidence: 'inferred', data });
    }
  }
  return { entity: address, refers: facts.slice(1).map((fact) => `vm:${idOf(fact.entity)}`), facts };
};
