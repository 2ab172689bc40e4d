// Commands given to Nova: boots, live migrations, evacuations, and the rest that merely name a VM.
import { entity, idOf } from '../../../domain/events/entity.ts';
import { defaultFlavor } from '../default-flavors.ts';
import { vmAddress } from './directory.ts';
import type { Effect, Effects } from './effect.ts';
import type { Memory } from './memory.ts';
import type { Draft } from './moment.ts';
import type { Command } from './scan.ts';
import { argumentsOf, isPlaceholder } from './words.ts';

/** Options of the nova client that take a value (novaclient/v2/shell.py). */
const VALUED = new Set(
  (
    'flavor image image-with num-instances min-count max-count nic block-device-mapping block-device key-name ' +
    'availability-zone security-groups user-data meta file hint boot-volume snapshot swap ephemeral config-drive ' +
    'password fields host status name'
  ).split(' '),
);
/** Commands whose first operand is a VM. */
const ON_A_VM = new Set(
  (
    'show reboot start stop pause unpause suspend resume rescue unrescue lock unlock delete migrate resize ' +
    'resize-confirm resize-revert rebuild shelve unshelve shelve-offload reset-state volume-attach volume-detach ' +
    'live-migration-abort live-migration-force-complete console-log instance-action-list'
  ).split(' '),
);

const liveMigration: Effects = (command, memory) => {
  const { operands, options } = argumentsOf(command.words.slice(2), VALUED);
  const [name, dest = null] = operands;
  if (name === undefined || isPlaceholder(name)) return null;
  const vm = vmAddress(memory.directory, name);
  const storage = memory.storageOf.get(vm);
  const kind = options.has('block-migrate') ? 'block' : storage === 'volume' ? 'volume' : 'shared';
  const source = memory.hostOf.get(vm) ?? null;
  if (dest === null) memory.hostOf.delete(vm);
  else memory.hostOf.set(vm, dest);
  return move(command, vm, { vm: idOf(vm), type: 'live-migration', kind, source, dest });
};

const evacuate: Effects = (command, memory) => {
  const [name, dest = null] = argumentsOf(command.words.slice(2), VALUED).operands;
  if (name === undefined || isPlaceholder(name)) return null;
  const vm = vmAddress(memory.directory, name);
  const source = memory.hostOf.get(vm) ?? null;
  return move(command, vm, { vm: idOf(vm), type: 'evacuation', kind: null, source, dest });
};

type Accepted = Extract<Draft, { type: 'migration.accepted' }>['data'];

const move = ({ line }: Command, vm: string, data: Accepted): Effect => ({
  entity: vm,
  refers: [data.source, data.dest].filter((host) => host !== null).map((host) => entity('host', host)),
  facts: [
    {
      type: 'migration.accepted',
      v: 1,
      entity: entity('migration', `${idOf(vm)}/${data.type}`), // `transcript.ts` adds the instant
      line,
      evidence: 'inferred', // the command was given; that Nova accepted it, the next report shows
      data,
    },
  ],
});

/** Names of the VMs a boot made: with `--num-instances` Nova appends each UUID (multi_instance_display_name_template). */
const bootedNames = (name: string, memory: Memory): readonly string[] => {
  const numbered = [...memory.directory.ownUuidOf]
    .filter(([known, uuid]) => known === `${name}-${uuid}`)
    .map(([known]) => known);
  return memory.directory.uuidOf.has(name) || numbered.length === 0 ? [name] : numbered;
};

type BootVolume = {
  readonly device: string;
  readonly volume: string;
  /** Of the root disk, where the document made the volume. */
  readonly size: { readonly diskGiB?: number };
};

/** `vda=<volume>:::0` (device=id:type:size:delete); the author's placeholder means the bootable volume made above. */
const bootVolume = (mapping: string, memory: Memory): BootVolume | null => {
  const parts = /^([^=]+)=(<[^<>]*>|[^:]+)/.exec(mapping);
  const [, device = '', id = ''] = parts ?? [];
  if (parts === null) return null;
  if (!isPlaceholder(id)) return { device, volume: entity('volume', id), size: {} };
  if (memory.volume === null) return null;
  return { device, volume: memory.volume.address, size: { diskGiB: memory.volume.sizeGiB } };
};

const boot: Effects = (command, memory) => {
  const { line } = command;
  const { operands, options } = argumentsOf(command.words.slice(2), VALUED);
  const name = operands.at(-1);
  if (name === undefined || isPlaceholder(name)) return null;
  const mapped = bootVolume(options.get('block-device-mapping') ?? options.get('boot-volume') ?? '', memory);
  const image = options.get('image') ?? '';
  const flavor = options.get('flavor') ?? '';
  const known = defaultFlavor(flavor);
  const facts: Draft[] = [];
  if (known !== null && !memory.met.has(entity('flavor', known.name))) {
    memory.met.add(entity('flavor', known.name));
    const data = known.shape;
    facts.push({
      type: 'flavor.reported',
      v: 1,
      entity: entity('flavor', known.name),
      line,
      evidence: 'assumed',
      data,
    });
  }
  const vms = bootedNames(name, memory).map((each) => ({ each, vm: vmAddress(memory.directory, each) }));
  for (const { each, vm } of vms) {
    if (mapped !== null) memory.storageOf.set(vm, 'volume');
    const described = {
      name: each,
      ...(flavor === '' || isPlaceholder(flavor) ? {} : { flavor: known?.name ?? flavor }),
      ...(image === '' || isPlaceholder(image) || mapped !== null ? {} : { image }),
      ...(mapped === null ? {} : { storage: 'volume' as const, ...mapped.size }),
    };
    facts.push({ type: 'vm.created', v: 1, entity: vm, line, evidence: 'inferred', data: described });
    if (mapped === null) continue;
    const data = { vm: idOf(vm), device: mapped.device, boot: true };
    facts.push({ type: 'volume.attached', v: 1, entity: mapped.volume, line, evidence: 'inferred', data });
  }
  const [first] = vms;
  const refers = [...vms.slice(1).map(({ vm }) => vm), ...(mapped === null ? [] : [mapped.volume])];
  return first === undefined ? null : { entity: first.vm, refers, facts };
};

const VERBS: ReadonlyMap<string, Effects> = new Map([
  ['live-migration', liveMigration],
  ['evacuate', evacuate],
  ['boot', boot],
]);

export const novaCommand: Effects = (command, memory) => {
  const verb = command.words[1] ?? '';
  const known = VERBS.get(verb);
  if (known !== undefined) return known(command, memory);
  const [name] = argumentsOf(command.words.slice(2), VALUED).operands;
  if (!ON_A_VM.has(verb) || name === undefined || isPlaceholder(name)) return null;
  return { entity: vmAddress(memory.directory, name), refers: [], facts: [] };
};
