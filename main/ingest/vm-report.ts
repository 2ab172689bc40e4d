// One VM as a client listed it, under whatever names that client gives its columns, turned into a report.
import type { Fact } from '../../domain/events/dictionary.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import { addressesOf, apiStatus, instantOf, isUuid, powerState, taskState, vmState } from './nova-words.ts';
import { isMissing } from './transcript/typography.ts';

type VmReported = Extract<Fact, { type: 'vm.reported' }>;
export type VmReport = {
  /** UUID where the source gave one. */
  readonly id: string | null;
  readonly name: string | null;
  /** Nova's `updated`, milliseconds since 1970. */
  readonly updated: number | null;
  readonly networks: readonly string[];
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
  'os-ext-sts:task_state': 'task',
  'power state': 'power',
  power_state: 'power',
  'os-ext-sts:power_state': 'power',
  'vm state': 'vm',
  'os-ext-sts:vm_state': 'vm',
  host: 'host',
  'os-ext-srv-attr:host': 'host',
  'os-ext-srv-attr:hypervisor_hostname': 'hypervisor',
  networks: 'networks',
  addresses: 'networks',
  updated: 'updated',
  updated_at: 'updated',
  flavor: 'flavor',
  'flavor name': 'flavor',
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
  flavor: (v, missing) => (missing ? {} : { flavor: named(v) }),
  image: (v, missing) => ({ image: missing || /booted from volume|N\/A/i.test(v) ? null : named(v) }),
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
    data,
  });
};
