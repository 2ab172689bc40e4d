// Tables as OpenStack's clients print them: which listing it is, and the facts its rows hold.
import { entity, idOf } from '../../../domain/events/entity.ts';
import { isUuid } from '../nova-words.ts';
import { type VmReport, vmReportOf } from '../vm-report.ts';
import { consumerAllocations, providerAllocations } from './allocations.ts';
import { columnOf, directoryOf, has, isProviderList, isVmList, propertiesOf, vmAddress } from './directory.ts';
import { type ListingReading, readListing } from './listings.ts';
import { type Memory, newMemory } from './memory.ts';
import type { Draft, Moment } from './moment.ts';
import type { Broken, Table } from './scan.ts';
import { isMissing } from './typography.ts';

export type TableReading = {
  /** The VM and its `updated`, for a table about one VM. */
  readonly vm: Moment['vm'];
  readonly updated: Moment['updated'];
  readonly facts: readonly Draft[];
  readonly refused: readonly Broken[];
};

/** Volumes listed with their VM: which of them it boots from is only known where there is one. */
const attachments = (vm: string, { volumes, data }: VmReport, line: number): readonly Draft[] =>
  volumes.map((volume) => ({
    type: 'volume.attached',
    v: 1,
    entity: entity('volume', volume),
    line,
    evidence: 'observed',
    data: { vm: idOf(vm), device: null, boot: data.storage === 'volume' && volumes.length === 1 },
  }));

/** Nova shows the fault only while the VM is in ERROR, and says when it happened: that is when it went there. */
const faults = (vm: string, { fault, data }: VmReport, line: number): readonly Draft[] => {
  if (fault === null || (data.status !== 'ERROR' && data.vmState !== 'error')) return [];
  const change = { vmState: 'error' as const, fault: fault.message };
  return [{ type: 'vm.state_changed', v: 1, entity: vm, line, evidence: 'inferred', at: fault.at, data: change }];
};

/** Facts of one listed VM; remembers where it is. `storage` is told once, as soon as the document lets it be known. */
const vmFacts = (vm: string, report: VmReport, line: number, memory: Memory): readonly Draft[] => {
  const facts: Draft[] = [];
  for (const name of report.networks) {
    const address = entity('network', name);
    if (memory.met.has(address)) continue;
    memory.met.add(address);
    facts.push({ type: 'network.reported', v: 1, entity: address, line, evidence: 'observed', data: { name } });
  }
  if (typeof report.data.host === 'string') memory.hostOf.set(vm, report.data.host);
  facts.push(...faults(vm, report, line));
  facts.push({ type: 'vm.reported', v: 1, entity: vm, line, evidence: 'observed', data: report.data });
  facts.push(...attachments(vm, report, line));
  if (!memory.storageOf.has(vm) && memory.directory.blockMoved.has(vm)) {
    memory.storageOf.set(vm, 'local');
    const data = { storage: 'local' as const };
    facts.push({ type: 'vm.reported', v: 1, entity: vm, line, evidence: 'inferred', data });
  }
  return facts;
};

const fieldsOf = (header: readonly string[], cells: readonly string[]): ReadonlyMap<string, string> =>
  new Map(header.map((column, i) => [column, cells[i] ?? '']));

const vmList = (table: Table, memory: Memory): TableReading => {
  const facts: Draft[] = [];
  const refused: Broken[] = [];
  let only: Pick<TableReading, 'vm' | 'updated'> = { vm: null, updated: null };
  for (const { line, cells } of table.rows) {
    const report = vmReportOf(fieldsOf(table.header, cells));
    if (!report.ok) refused.push({ line, why: report.error, text: cells.join(' | ') });
    else if (report.value.id === null) refused.push({ line, why: 'this row has no ID', text: cells.join(' | ') });
    else {
      const vm = entity('vm', report.value.id);
      facts.push(...vmFacts(vm, report.value, line, memory));
      if (table.rows.length === 1) only = { vm, updated: report.value.updated };
    }
  }
  return { ...only, facts, refused };
};

const vmShow = (
  table: Table,
  properties: ReadonlyMap<string, string>,
  asked: string | null,
  memory: Memory,
): TableReading => {
  const nothing = { vm: null, updated: null, facts: [] };
  const refuse = (why: string): TableReading => ({ ...nothing, refused: [{ line: table.line, why, text: '' }] });
  const report = vmReportOf(properties);
  if (!report.ok) return refuse(report.error);
  const name = report.value.id ?? report.value.name ?? asked;
  if (name === null) return refuse('neither this table nor a command above it says which VM it is about');
  const vm = vmAddress(memory.directory, name);
  const data =
    report.value.data.name === undefined && asked !== null && vm !== entity('vm', asked) ? { name: asked } : {};
  const named = { ...report.value, data: { ...report.value.data, ...data } };
  return { vm, updated: report.value.updated, facts: vmFacts(vm, named, table.line, memory), refused: [] };
};

/** `nova host-list`: services by host; only those of nova-compute are hosts of VMs. */
const hostList = (table: Table): TableReading => {
  const [host, service, zone] = [/^host_name$/i, /^service$/i, /^zone$/i].map((name) => columnOf(table, name));
  const facts = table.rows.flatMap(({ line, cells }): readonly Draft[] => {
    const name = cells[host ?? -1] ?? '';
    if (isMissing(name) || cells[service ?? -1] !== 'compute') return [];
    const zoneName = cells[zone ?? -1] ?? '';
    const data = isMissing(zoneName) ? {} : { zone: zoneName };
    return [{ type: 'host.reported', v: 1, entity: entity('host', name), line, evidence: 'observed', data }];
  });
  return { vm: null, updated: null, facts, refused: [] };
};

/** Placement's resource classes, and what the dictionary calls their figures. */
const CLASSES = {
  VCPU: ['vcpus', 'vcpuRatio', 'reservedVcpus'],
  MEMORY_MB: ['ramMiB', 'ramRatio', 'reservedRamMiB'],
  DISK_GB: ['diskGiB', 'diskRatio', 'reservedDiskGiB'],
  PCPU: ['pcpus', null, 'reservedPcpus'], // its ratio is 1 and never another
} as const;
type Units = NonNullable<Extract<Draft, { type: 'host.reported' }>['data']['units']>;

const isClass = (name: string): name is Units[number]['resource'] => name in CLASSES;

/** `inventory-compute-1.json`: a file's name may say whose inventory it holds, because the inventory does not. */
const NAMED_AFTER_HOST =
  /^(?:.*[-_.])?inventor(?:y|ies)[-_.](?!(?:list|show)\b)([\w.-]+?)(?:\.(?:json|ya?ml|csv|txt))$/i;

export const inventoryNamed = (fileName: string): string | null => NAMED_AFTER_HOST.exec(fileName)?.[1] ?? null;

const providerOf = (asked: string | null, { directory, fileName }: Memory): string | null => {
  const meant = asked ?? inventoryNamed(fileName);
  if (meant === null) return null;
  return directory.providers.get(meant) ?? (asked === null && !isUuid(meant) ? meant : null);
};

/** `openstack resource provider inventory list UUID`; the host is the provider's name, where document or file give it. */
const inventory = (table: Table, asked: string | null, memory: Memory): TableReading => {
  const provider = providerOf(asked, memory);
  if (provider === null) {
    const why =
      'this inventory is of a resource provider whose name the document does not give: name its file after the host, as inventory-compute-1.json';
    return { vm: null, updated: null, facts: [], refused: [{ line: table.line, why, text: '' }] };
  }
  const [name, total, ratio, reserved, min, max, step] = [
    'resource_class',
    'total',
    'allocation_ratio',
    'reserved',
    'min_unit',
    'max_unit',
    'step_size',
  ].map((column) => columnOf(table, new RegExp(`^${column}$`, 'i')));
  let data: Extract<Draft, { type: 'host.reported' }>['data'] = {};
  const units: Units = [];
  const figuresOf = (cells: readonly string[], columns: readonly (number | undefined)[]): readonly number[] =>
    columns.map((column) => Number(cells[column ?? -1] ?? Number.NaN));
  for (const { cells } of table.rows) {
    const resource = cells[name ?? -1] ?? '';
    if (!isClass(resource)) continue;
    const figures = figuresOf(cells, [total, ratio, reserved]);
    CLASSES[resource].forEach((figure, i) => {
      if (figure !== null && Number.isFinite(figures[i])) data = { ...data, [figure]: figures[i] };
    });
    const [minUnit = Number.NaN, maxUnit = Number.NaN, stepSize = Number.NaN] = figuresOf(cells, [min, max, step]);
    const isTold = [minUnit, maxUnit, stepSize].every(Number.isSafeInteger);
    if (isTold && (minUnit !== 1 || maxUnit !== figures[0] || stepSize !== 1)) {
      units.push({ resource, minUnit, maxUnit, stepSize });
    }
  }
  // A provider that keeps CPUs apart and lists no VCPU has none to share.
  if (data.pcpus !== undefined && data.vcpus === undefined) data = { ...data, vcpus: 0 };
  if (units.length > 0) data = { ...data, units };
  const fact: Draft = {
    type: 'host.reported',
    v: 1,
    entity: entity('host', provider),
    line: table.line,
    evidence: 'observed',
    data,
  };
  return { vm: null, updated: null, facts: [fact], refused: [] };
};

/**
 * Reads a table. `asked` is the VM, or the resource provider, that the command above it named.
 * @returns null when it is a listing that holds no fact the log has a name for.
 */
export const readTable = (table: Table, asked: string | null, memory: Memory): TableReading | null => {
  const cut: TableReading = { vm: null, updated: null, facts: [], refused: table.broken };
  const reading = readWhole(table, asked, memory);
  if (reading !== null) return { ...reading, refused: [...table.broken, ...reading.refused] };
  return table.broken.length > 0 ? cut : null;
};

/** What a client shows of one VM, under the API's names for it or the SDK's. */
const showsVm = (properties: ReadonlyMap<string, string>): boolean => {
  const names = [...properties.keys()];
  const isPrefixed = names.some((name) => /^(?:os-ext-sts|os-ext-srv-attr):/i.test(name));
  return isPrefixed || ['id', 'status', 'flavor', 'addresses'].every((name) => properties.has(name));
};

/** True where a table with this header, or with these properties of one thing, is one that is read. */
export const isKnown = (header: readonly string[], properties: readonly string[]): boolean => {
  const rows = properties.map((name) => ({ line: 1, cells: [name, ''] }));
  const table: Table = { kind: 'table', line: 1, header, rows, broken: [] };
  const names = newMemory(directoryOf([]), '');
  return readTable(table, null, names) !== null || isProviderList(table);
};

const readWhole = (table: Table, asked: string | null, memory: Memory): TableReading | null => {
  const properties = propertiesOf(table);
  if (properties !== null) {
    if (showsVm(properties)) return vmShow(table, properties, asked, memory);
    if (properties.has('allocations') && properties.has('name'))
      return listed({ facts: providerAllocations(properties, table.line), refused: [] });
    const one = { header: [...properties.keys()], rows: [{ line: table.line, cells: [...properties.values()] }] };
    return listed(readListing(one, memory.directory));
  }
  if (has(table, /^host_name$/i, /^service$/i)) return hostList(table);
  if (isVmList(table)) return vmList(table, memory);
  if (has(table, /^resource_provider$/i, /^resources$/i)) return listed(consumerAllocations(table, asked, memory));
  if (has(table, /^resource_class$/i, /^total$/i)) return inventory(table, asked, memory);
  return listed(readListing(table, memory.directory));
};

const listed = (reading: ListingReading | null): TableReading | null =>
  reading === null ? null : { vm: null, updated: null, ...reading };
