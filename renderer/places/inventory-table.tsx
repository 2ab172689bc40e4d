// What every host has and what is allocated on it at the instant, as Placement counts it.
import { useDesk } from '../session/desk.ts';
import { mebibytes, percent } from '../../domain/readout/words.ts';
import type { HostState } from '../../domain/readout/state.ts';
import { DataTable, type Column } from './data-table.tsx';

const NEARLY_FULL = 0.9;

const share = (used: number, total: number | null): number | null =>
  total === null || total === 0 ? null : used / total;

type MeterProps = {
  readonly used: number;
  readonly total: number | null;
  /** Null where the release's default applies, which the log does not name. */
  readonly ratio: number | null;
  readonly text: string;
};

/** Amber only against a limit the log knows: by default more than the physical total may be allowed. */
const Meter = ({ used, total, ratio, text }: MeterProps) => {
  const s = share(used, total);
  return (
    <span class="meter">
      <span>{text}</span>
      {s !== null && (
        <span class="bar" title={percent(s)}>
          <i
            class={ratio !== null && s > NEARLY_FULL * ratio ? 'full' : ''}
            style={{ width: `${Math.min(100, s * 100)}%` }}
          />
        </span>
      )}
    </span>
  );
};

const MIB_PER_TIB = 1024 ** 2;
const MIB_PER_GIB = 1024;

/** `122 / 128 GiB`, `0.59 / 3.52 TiB`: both in the unit of the total. */
const ofTotal = (usedMiB: number, totalMiB: number | null): string => {
  if (totalMiB === null) return `${mebibytes(usedMiB)} / unknown`;
  const per = totalMiB < MIB_PER_GIB ? 1 : totalMiB < MIB_PER_TIB ? MIB_PER_GIB : MIB_PER_TIB;
  return `${Number((usedMiB / per).toFixed(usedMiB < 100 * per ? 2 : 0))} / ${mebibytes(totalMiB)}`;
};

const COLUMNS: readonly Column<HostState>[] = [
  { name: 'host', value: (h) => h.name, cell: (h) => <b class={h.up === false ? 'critical-ink' : ''}>{h.name}</b> },
  { name: 'rack', value: (h) => h.rack },
  { name: 'zone', value: (h) => h.az },
  { name: 'VMs', value: (h) => h.vms.length, right: true },
  {
    name: 'vCPU',
    value: (h) => share(h.vcpusUsed, h.vcpus) ?? h.vcpusUsed,
    cell: (h) => (
      <Meter used={h.vcpusUsed} total={h.vcpus} ratio={h.vcpuRatio} text={`${h.vcpusUsed} / ${h.vcpus ?? 'unknown'}`} />
    ),
  },
  {
    name: 'RAM',
    value: (h) => share(h.ramMiBUsed, h.ramMiB) ?? h.ramMiBUsed,
    cell: (h) => (
      <Meter used={h.ramMiBUsed} total={h.ramMiB} ratio={h.ramRatio} text={ofTotal(h.ramMiBUsed, h.ramMiB)} />
    ),
  },
  {
    name: 'disk',
    value: (h) => share(h.diskGiBUsed, h.diskGiB) ?? h.diskGiBUsed,
    cell: (h) => (
      <Meter
        used={h.diskGiBUsed}
        total={h.diskGiB}
        ratio={h.diskRatio}
        text={ofTotal(h.diskGiBUsed * MIB_PER_GIB, h.diskGiB === null ? null : h.diskGiB * MIB_PER_GIB)}
      />
    ),
  },
];

export const InventoryTable = ({ hosts }: { readonly hosts: readonly HostState[] }) => {
  const desk = useDesk();
  return (
    <>
      <p class="pad fit-note">Against physical totals; a VM in flight is charged on both ends.</p>
      <DataTable
        rows={hosts}
        columns={COLUMNS}
        keyOf={(h) => `host:${h.name}`}
        noun="host"
        selected={desk.selection.value}
        onOpen={(h) => desk.select(`host:${h.name}`)}
      />
    </>
  );
};
