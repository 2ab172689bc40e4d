// First pass over a document: who is who, so that a VM named before its UUID is printed is the same VM throughout.
import { entity } from '../../../domain/events/entity.ts';
import { isUuid } from '../nova-words.ts';
import { NO_NAMES, type SharedNames } from '../shared-names.ts';
import { inOldWords } from './openstack-words.ts';
import type { Block, Command, Table } from './scan.ts';
import { isMissing } from './typography.ts';
import { argumentsOf } from './words.ts';

/** What this document says, else what those beside it say. */
type Lookup = Pick<ReadonlyMap<string, string>, 'get' | 'has'>;

export type Directory = {
  /** UUID of a VM's name. */
  readonly uuidOf: Lookup;
  /** The same as this document alone has it. */
  readonly ownUuidOf: ReadonlyMap<string, string>;
  readonly hosts: ReadonlySet<string>;
  readonly providers: Lookup;
  readonly networks: Lookup;
  /** VMs (as addresses) that were moved with their disks, and without. */
  readonly blockMoved: ReadonlySet<string>;
  readonly diskStayed: ReadonlySet<string>;
};

const HOST_COLUMNS = /^(?:host|host_name|hypervisor hostname|os-ext-srv-attr:host)$/i;

export const columnOf = (table: Table, name: RegExp): number => table.header.findIndex((column) => name.test(column));

export const has = (table: Table, ...columns: readonly RegExp[]): boolean =>
  columns.every((column) => columnOf(table, column) >= 0);

/** A listing of VMs, whatever columns were asked for: their own are those that no volume, port or service has. */
export const isVmList = (table: Table): boolean =>
  has(table, /^id$/i) &&
  has(table, /^(?:name|status)$/i) &&
  !has(table, /^binary$/i) &&
  has(table, /^(?:networks|task state|power state|flavor(?: name)?|host)$/i);

const isPropertyTable = (table: Table): boolean =>
  table.header.length === 2 && /^(?:property|field)$/i.test(table.header[0] ?? '');

/**
 * Rows of a Property/Value table; a value wrapped over several rows is joined: with a blank where the line broke between
 * words, without one where it was full and broke inside a word.
 */
export const propertiesOf = (table: Table): ReadonlyMap<string, string> | null => {
  if (!isPropertyTable(table)) return null;
  const width = Math.max(...table.rows.map(({ cells }) => cells[1]?.length ?? 0));
  const properties = new Map<string, string>();
  let last = '';
  let wasFull = false;
  for (const { cells } of table.rows) {
    const [name = '', value = ''] = cells;
    if (name !== '') properties.set(name, value);
    else properties.set(last, `${properties.get(last) ?? ''}${wasFull || value === '' ? '' : ' '}${value}`);
    if (name !== '') last = name;
    wasFull = value.length === width;
  }
  return properties;
};

/** The address of a VM known by name or UUID. */
export const vmAddress = (directory: Pick<Directory, 'uuidOf'>, name: string): string =>
  entity('vm', isUuid(name) ? name.toLowerCase() : (directory.uuidOf.get(name) ?? name));

const isNetwork = (properties: ReadonlyMap<string, string>): boolean =>
  properties.has('provider:network_type') || properties.has('router:external');

const NO_VALUES: ReadonlySet<string> = new Set();

const readNames = (table: Table, uuidOf: Map<string, string>, hosts: Set<string>): void => {
  const properties = propertiesOf(table);
  if (properties !== null) {
    const [id, name] = [properties.get('id') ?? '', properties.get('name') ?? ''];
    if (isUuid(id) && name !== '' && properties.has('status') && !isNetwork(properties))
      uuidOf.set(name, id.toLowerCase());
    for (const [property, value] of properties) if (HOST_COLUMNS.test(property) && !isMissing(value)) hosts.add(value);
    return;
  }
  const [id, name, host] = [/^id$/i, /^name$/i, HOST_COLUMNS].map((c) => columnOf(table, c));
  const ofVms = isVmList(table);
  for (const { cells } of table.rows) {
    const [uuid, called] = [cells[id ?? -1] ?? '', cells[name ?? -1] ?? ''];
    if (ofVms && isUuid(uuid) && called !== '') uuidOf.set(called, uuid.toLowerCase());
    const hostName = cells[host ?? -1] ?? '';
    if (!isMissing(hostName)) hosts.add(hostName);
  }
};

const readMoves = (
  command: Command,
  directory: Pick<Directory, 'uuidOf'>,
  moved: Set<string>,
  stayed: Set<string>,
  hosts: Set<string>,
): void => {
  const words = inOldWords(command.words);
  const [program, verb] = words;
  if (program !== 'nova' || (verb !== 'live-migration' && verb !== 'evacuate')) return;
  const { operands, options } = argumentsOf(words.slice(2), NO_VALUES);
  const [vm, dest] = operands;
  if (dest !== undefined) hosts.add(dest);
  if (vm === undefined || verb === 'evacuate') return;
  (options.has('block-migrate') ? moved : stayed).add(vmAddress(directory, vm));
};

/** `nova show X` prints an `id` and may leave the name out: then X is the name of that VM. */
const readShown = (command: Command, table: Table, uuidOf: Map<string, string>): void => {
  const [program, verb, name = ''] = inOldWords(command.words);
  const properties = propertiesOf(table);
  const id = properties?.get('id') ?? '';
  const isNamed =
    properties?.has('name') === false && name !== '' && !name.startsWith('-') && !isUuid(name) && !uuidOf.has(name);
  if (program === 'nova' && verb === 'show' && isNamed && isUuid(id)) uuidOf.set(name, id.toLowerCase());
};

/** `openstack resource provider list`; asked for with `-c`, it may lack the generation. */
export const isProviderList = (table: Table): boolean => has(table, /^uuid$/i, /^name$/i) && !has(table, /^status$/i);

const readProviders = (table: Table, providers: Map<string, string>): void => {
  if (!isProviderList(table)) return;
  const [uuid, name] = [/^uuid$/i, /^name$/i].map((c) => columnOf(table, c));
  for (const { cells } of table.rows) providers.set(cells[uuid ?? -1] ?? '', cells[name ?? -1] ?? '');
};

/** `openstack network show`, and `list`: ID, Name, Subnets. */
const readNetworks = (table: Table, networks: Map<string, string>): void => {
  const properties = propertiesOf(table);
  if (properties !== null && isNetwork(properties))
    networks.set(properties.get('id') ?? '', properties.get('name') ?? '');
  const [id, name, subnets] = [/^id$/i, /^name$/i, /^subnets$/i].map((c) => columnOf(table, c));
  if ((subnets ?? -1) < 0) return;
  for (const { cells } of table.rows)
    if (isUuid(cells[id ?? -1] ?? '')) networks.set(cells[id ?? -1] ?? '', cells[name ?? -1] ?? '');
};

/** What a document calls things. */
export const namesOf = (blocks: readonly Block[]): SharedNames => {
  const uuidOf = new Map<string, string>();
  const hosts = new Set<string>();
  const providers = new Map<string, string>();
  const networks = new Map<string, string>();
  for (const block of blocks) {
    if (block.kind !== 'table') continue;
    readNames(block, uuidOf, hosts);
    readProviders(block, providers);
    readNetworks(block, networks);
  }
  // After every name that is printed: what a table says of itself is better than what stood above it.
  let above: Command | null = null;
  for (const block of blocks) {
    if (block.kind === 'command') above = block;
    if (block.kind !== 'table') continue;
    if (above !== null) readShown(above, block, uuidOf);
    above = null; // a command prints one table
  }
  return { uuidOf, hosts, providers, networks };
};

/** Not copied: a folder of a thousand hosts' dumps may stand beside a list of 20,000 VMs. */
const layered = (own: ReadonlyMap<string, string>, beside: ReadonlyMap<string, string>): Lookup => ({
  get: (name) => own.get(name) ?? beside.get(name),
  has: (name) => own.has(name) || beside.has(name),
});

/** `beside`: what other documents call things; what this one says itself comes first. */
export const directoryOf = (blocks: readonly Block[], beside: SharedNames = NO_NAMES): Directory => {
  const own = namesOf(blocks);
  const uuidOf = layered(own.uuidOf, beside.uuidOf);
  const hosts = new Set([...own.hosts, ...beside.hosts]);
  const blockMoved = new Set<string>();
  const diskStayed = new Set<string>();
  for (const block of blocks) {
    if (block.kind === 'command') readMoves(block, { uuidOf }, blockMoved, diskStayed, hosts);
  }
  const [providers, networks] = [layered(own.providers, beside.providers), layered(own.networks, beside.networks)];
  return { uuidOf, ownUuidOf: own.uuidOf, hosts, providers, networks, blockMoved, diskStayed };
};
