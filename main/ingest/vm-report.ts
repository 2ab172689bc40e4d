// One VM as a client listed it, under whatever names that client gives its columns, turned into a report.
import type { Fact } from '../../domain/events/dictionary.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { addressesOf, apiStatus, instantOf, isUuid, powerState, specsIn, taskState, vmState } from './nova-words.ts';
import { isMissing } from './transcript/typography.ts';

type VmReported = Extract<Fact, { type: 'vm.reported' }>;
export type VmReport = {
  /** UUID where the source gave one. */
  readonly id: string | null;
  readonly name: string | null;
  /** Nova's `updated`, milliseconds since 1970. */
  readonly updated: number | null;
  readonly networks: readonly string[];
  /** UUIDs of the Cinder volumes attached to it, where the source lists them. */
  readonly volumes: readonly string[];
  /** Nova's last error about it; null without one. */
  readonly fault: Fault | null;
  readonly data: VmReported['data'];
};

/** Column and property names of nova, openstack and their JSON, lower case, to the name used here. */
const COLUMNS: Readonly<Record<string, string>> = {
  id: 'id',
  uuid: 'id',
  name: 'name',
  'display name': 'name',
  status: 'status',
  'task state': 'task',
  task_state: 'task',
  'os-ext-sts:task_state': 'task',
  'power state': 'power',
  power_state: 'power',
  'os-ext-sts:power_state': 'power',
  'vm state': 'vm',
  vm_state: 'vm',
  'os-ext-sts:vm_state': 'vm',
  host: 'host',
  'os-ext-srv-attr:host': 'host',
  'os-ext-srv-attr:hypervisor_hostname': 'hypervisor',
  hypervisor_hostname: 'hypervisor',
  networks: 'networks',
  addresses: 'networks',
  updated: 'updated',
  updated_at: 'updated',
  flavor: 'flavor',
  'flavor name': 'flavor',
  'flavor:original_name': 'flavor',
  'flavor:vcpus': 'vcpus',
  'flavor:ram': 'ram',
  'flavor:disk': 'disk',
  'flavor:ephemeral': 'ephemeral',
  'flavor:extra_specs': 'specs',
  server_groups: 'group',
  volumes_attached: 'volumes',
  'os-extended-volumes:volumes_attached': 'volumes',
  fault: 'fault',
  image: 'image',
  'image name': 'image',
  tenant_id: 'project',
  project_id: 'project',
  'tenant id': 'project',
  'project id': 'project',
};

/** `m1.medium (3)` and `cirros (8a2f…)`: the name before the id in brackets. */
const named = (text: string): string => text.replace(/\s+\([^()]*\)$/, '');

type Field = (value: string, missing: boolean) => VmReported['data'] | string;

const optional = <T>(
  value: string,
  missing: boolean,
  read: (v: string) => T | null,
  put: (v: T) => VmReported['data'],
  what: string,
): VmReported['data'] | string => {
  if (missing) return {};
  const known = read(value);
  return known === null ? `"${value.slice(0, 60)}" is not a ${what} Nova knows` : put(known);
};

/** Every spelling of `booted from volume` in the clients' Image column. */
const FROM_VOLUME = /boot(?:ed)? from volume/i;

/** What a value holds under a name: `ram='8192'`, `ram=8192`, `"ram": 8192`, `'ram': 8192`. */
const inside = (text: string, name: string): string | null => {
  const pattern = `(?:^|[\\s;,{[])['"]?${name}['"]?\\s*[:=]\\s*(?:u?'((?:[^'\\\\]|\\\\.)*)'|"((?:[^"\\\\]|\\\\.)*)"|([^;,'"}\\]]*))`;
  const found = new RegExp(pattern).exec(text);
  const value = (found?.[1] ?? found?.[2] ?? found?.[3] ?? '').replaceAll(/\\(['"\\])/g, '$1').trim();
  return value === '' ? null : value;
};
const countInside = (text: string, name: string): number | null => {
  const value = inside(text, name);
  return value !== null && /^\d{1,12}$/.test(value) ? Number(value) : null;
};

/** `extra_specs.hw:cpu_policy='dedicated', …` in tables, `extra_specs={…}` elsewhere; null where the flavor has no word of them. */
const extraSpecsIn = (text: string): Record<string, string> | null => {
  const dotted = [...text.matchAll(/\bextra_specs\.([\w:.-]+)='([^']*)'/g)];
  if (dotted.length > 0) return Object.fromEntries(dotted.map(([, key = '', value = '']) => [key, value]));
  const within = /\bextra_specs['"]?\s*[:=]\s*\{([^}]*)\}/.exec(text)?.[1];
  return within === undefined ? null : (specsIn(within) ?? {});
};

/** From microversion 2.47 on a VM carries its flavor, not the flavor's id: name and sizes are inside. */
const flavorOf = (text: string): VmReported['data'] => {
  const [vcpus, ram] = [countInside(text, 'vcpus'), countInside(text, 'ram')];
  if (vcpus === null || ram === null) return { flavor: named(text).slice(0, LONGEST_NAME) };
  const name = inside(text, 'original_name') ?? inside(text, 'name');
  const disk = countInside(text, 'disk');
  const extraSpecs = extraSpecsIn(text);
  return {
    ...(name === null ? {} : { flavor: name.slice(0, LONGEST_NAME) }),
    vcpus,
    ramMiB: ram,
    ...(disk === null ? {} : { diskGiB: disk + (countInside(text, 'ephemeral') ?? 0) }),
    ...(extraSpecs === null ? {} : { extraSpecs }),
  };
};

export type Fault = {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly message: string;
};
const LONGEST_NAME = 255;

/** `{'code': 500, 'created': '…', 'message': '…'}`, as Python, JSON and our own cells write it. */
const faultIn = (text: string): Fault | null => {
  const [message, created] = [inside(text, 'message'), /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ?/.exec(text)?.[0]];
  const at = instantOf(created ?? '');
  return message === null || at === null ? null : { at, message: message.slice(0, LONGEST_NAME) };
};

const UUIDS = /\bid['"]?\s*[:=]\s*['"]?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/g;

const size =
  (name: 'vcpus' | 'ramMiB' | 'diskGiB'): Field =>
  (v) =>
    /^\d{1,12}$/.test(v) ? { [name]: Number(v) } : {};

const FIELDS: Readonly<Record<string, Field>> = {
  name: (v, missing) => (missing ? {} : { name: v }),
  status: (v, missing) => optional(v, missing, apiStatus, (status) => ({ status }), 'status'),
  vm: (v, missing) => optional(v, missing, vmState, (state) => ({ vmState: state }), 'vm_state'),
  task: (v, missing) =>
    missing ? { taskState: null } : optional(v, false, taskState, (state) => ({ taskState: state }), 'task_state'),
  power: (v, missing) => optional(v, missing, powerState, (state) => ({ powerState: state }), 'power_state'),
  host: (v, missing) => ({ host: missing ? null : v }),
  networks: (v): VmReported['data'] => {
    const addresses = addressesOf(v);
    return addresses.length === 0 ? {} : { addresses: [...addresses] };
  },
  flavor: (v, missing) => (missing ? {} : flavorOf(v)),
  vcpus: size('vcpus'),
  ram: size('ramMiB'),
  disk: size('diskGiB'),
  specs: (v, missing) => (missing ? {} : { extraSpecs: specsIn(v) ?? {} }),
  image: (v, missing) => {
    if (FROM_VOLUME.test(v)) return { image: null, storage: 'volume' };
    return { image: missing || /N\/A/i.test(v) ? null : named(v) };
  },
  group: (v) => {
    const id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(v)?.[0];
    return id === undefined ? {} : { serverGroup: id };
  },
  project: (v, missing) => (missing ? {} : { project: v }),
};

/**
 * Reads one listing of a VM. `fields` are the source's own column names with their text.
 * @returns the report, or a clause saying which value is impossible.
 */
export const vmReportOf = (fields: ReadonlyMap<string, string>): Result<VmReport, string> => {
  const texts = new Map<string, string>();
  const addresses: { network: string; ip: string }[] = [];
  for (const [column, text] of fields) {
    const known = COLUMNS[column.toLowerCase()];
    if (known !== undefined) texts.set(known, text);
    const network = column.endsWith(' network') ? column.slice(0, -' network'.length) : null;
    if (network !== null) addresses.push(...addressesOf(`${network}=${text}`));
  }
  if (!texts.has('host') && texts.has('hypervisor')) texts.set('host', texts.get('hypervisor') ?? '');
  const ephemeral = Number(texts.get('ephemeral') ?? 0);
  if (ephemeral > 0) texts.set('disk', String(Number(texts.get('disk') ?? 0) + ephemeral));
  let data: VmReported['data'] = addresses.length > 0 ? { addresses } : {};
  for (const [field, text] of texts) {
    const part = FIELDS[field]?.(text, isMissing(text));
    if (typeof part === 'string') return err(part);
    if (part !== undefined) data = { ...data, ...part };
  }
  const updatedText = texts.get('updated') ?? null;
  const updated = updatedText === null ? null : instantOf(updatedText);
  if (updatedText !== null && !isMissing(updatedText)) {
    if (updated === null) return err(`"${updatedText.slice(0, 60)}" is not a time`);
    data = { ...data, updatedAt: updatedText };
  }
  const id = texts.get('id') ?? null;
  if (id !== null && !isUuid(id)) return err(`"${id.slice(0, 60)}" is not a VM's UUID`);
  return ok({
    id: id?.toLowerCase() ?? null,
    name: texts.get('name') ?? null,
    updated,
    networks: [...new Set((data.addresses ?? []).map((a) => a.network))],
    volumes: [...(texts.get('volumes') ?? '').matchAll(UUIDS)].map(([, volume = '']) => volume),
    fault: faultIn(texts.get('fault') ?? ''),
    data,
  });
};
