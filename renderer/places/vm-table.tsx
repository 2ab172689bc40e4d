// Every VM of the instant as a table: what the map shows, in words that can be filtered, sorted and taken away.
import { useMemo } from 'preact/hooks';
import { useDesk } from '../session/desk.ts';
import { mebibytes, percent } from '../../domain/readout/words.ts';
import type { VmState } from '../../domain/readout/state.ts';
import { DataTable, type Column } from './data-table.tsx';

const IN_MOTION: ReadonlySet<string> = new Set(['BUILD', 'MIGRATING', 'REBUILD', 'RESIZE', 'REBOOT', 'HARD_REBOOT']);

const COLUMNS: readonly Column<VmState>[] = [
  { name: 'VM', value: (v) => v.name, cell: (v) => <b>{v.name}</b> },
  {
    name: 'status',
    value: (v) => v.status,
    cell: (v) => (
      <span class={v.status === 'ERROR' ? 'critical-ink' : IN_MOTION.has(v.status) ? 'motion-ink' : ''}>
        {v.status}
      </span>
    ),
  },
  {
    name: 'host',
    value: (v) => v.host,
    cell: (v) => (v.host === null || v.hostEvidence === 'observed' ? v.host : `${v.host} (${v.hostEvidence})`),
  },
  { name: 'flavor', value: (v) => v.flavor },
  { name: 'vCPUs', value: (v) => v.vcpus, right: true },
  { name: 'RAM', value: (v) => v.ramMiB, cell: (v) => (v.ramMiB === null ? null : mebibytes(v.ramMiB)), right: true },
  { name: 'storage', value: (v) => v.storage },
  { name: 'CPU', value: (v) => v.cpu, cell: (v) => (v.cpu === null ? null : percent(v.cpu)), right: true },
  { name: 'addresses', value: (v) => v.addresses.map((a) => a.ip).join(' ') },
];

export const VmTable = ({ vms }: { readonly vms: readonly VmState[] }) => {
  const desk = useDesk();
  const named = useMemo(() => vms.toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true })), [vms]);
  return (
    <div class="card fill">
      <h2>
        VMs <small>at this instant</small>
      </h2>
      <DataTable
        rows={named}
        columns={COLUMNS}
        keyOf={(v) => `vm:${v.id}`}
        noun="VM"
        selected={desk.selection.value}
        onOpen={(v) => desk.select(`vm:${v.id}`)}
      />
    </div>
  );
};
