// What Placement's clients print about allocations: of one consumer over its providers, or of one provider over its consumers.
import { entity } from '../../../domain/events/entity.ts';
import { isUuid } from '../nova-words.ts';
import { columnOf, vmAddress } from './directory.ts';
import type { Memory } from './memory.ts';
import type { Draft } from './moment.ts';
import type { ListingReading } from './listings.ts';
import type { Broken, Table } from './scan.ts';

type Allocation = Extract<Draft, { type: 'vm.allocations_reported' }>['data']['allocations'][number];

/** `{'MEMORY_MB': 8192, 'VCPU': 4}`, `VCPU=4; MEMORY_MB=8192`: as Python, JSON and YAML print it. */
const amount = (text: string, name: string): number | null => {
  const found = new RegExp(`\\b${name}['"]?\\s*[:=]\\s*(\\d{1,12})`).exec(text)?.[1];
  return found === undefined ? null : Number(found);
};
const allocationOn = (host: string, text: string): Allocation => ({
  host,
  vcpus: amount(text, 'VCPU'),
  ramMiB: amount(text, 'MEMORY_MB'),
  diskGiB: amount(text, 'DISK_GB'),
});
const reported = (vm: string, line: number, allocations: Allocation[]): Draft => ({
  type: 'vm.allocations_reported',
  v: 1,
  entity: vm,
  line,
  evidence: 'observed',
  data: { allocations },
});

/** `openstack resource provider allocation show CONSUMER`; `asked` is the consumer. Migrations, which are consumers too, have no VM. */
export const consumerAllocations = (table: Table, asked: string | null, memory: Memory): ListingReading => {
  if (asked === null || !isUuid(asked))
    return {
      facts: [],
      refused: [{ line: table.line, why: 'no command above says whose allocations these are', text: '' }],
    };
  const [provider, resources] = [columnOf(table, /^resource_provider$/i), columnOf(table, /^resources$/i)];
  const refused: Broken[] = [];
  const allocations: Allocation[] = [];
  for (const { line, cells } of table.rows) {
    const host = memory.directory.providers.get(cells[provider] ?? '');
    if (host !== undefined) allocations.push(allocationOn(host, cells[resources] ?? ''));
    else {
      const why = 'this allocation is on a resource provider whose name the document does not give';
      refused.push({ line, why, text: cells.join(' | ') });
    }
  }
  const facts = allocations.length === 0 ? [] : [reported(vmAddress(memory.directory, asked), table.line, allocations)];
  return { facts, refused };
};

const CONSUMER = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})['"]?\s*[:=]/g;

/** `openstack resource provider show --allocations UUID`: the provider's name, and all who consume it. */
export const providerAllocations = (properties: ReadonlyMap<string, string>, line: number): readonly Draft[] => {
  const [host = '', text = ''] = [properties.get('name'), properties.get('allocations')];
  const found = [...text.matchAll(CONSUMER)];
  return found.map((match, i) => {
    const own = text.slice(match.index, found[i + 1]?.index);
    return reported(entity('vm', match[1] ?? ''), line, [allocationOn(host, own)]);
  });
};
