// What the cluster map says in words: the name of a focused tile or cell, and the rows of a tooltip.
import type { CellState, HostTile, Picture, VmCell } from '../../domain/readout/picture-types.ts';
import { clock, percent, plural } from '../../domain/readout/words.ts';
import { hostWord } from './map-paint.ts';

const QUIET: ReadonlySet<CellState> = new Set(['ACTIVE']);

const tally = (vms: readonly VmCell[]): string => {
  const counts = new Map<CellState, number>();
  for (const vm of vms) counts.set(vm.state, (counts.get(vm.state) ?? 0) + 1);
  const parts = [...counts].filter(([state]) => !QUIET.has(state)).map(([state, n]) => `${n} ${state}`);
  return parts.length === 0 ? '' : `: ${parts.join(', ')}`;
};

const stateOf = (h: HostTile): string => {
  const word = hostWord(h) || 'up';
  if (h.downSince === null) return word;
  return `${word === 'down' ? word : `${word}, down`} since ${clock(h.downSince)}Z`;
};

/** "compute-23, fenced, down since 10:36:02Z, 17 VMs: 3 REBUILD, 5 QUEUED". */
export const hostSentence = (h: HostTile): string =>
  `${h.name}, ${stateOf(h)}${h.enabled === false && hostWord(h) !== 'disabled' ? ', disabled' : ''}, ${plural(h.vms.length, 'VM')}${tally(h.vms)}`;

export const vmSentence = (vm: VmCell, host: string): string =>
  `${vm.name}, ${vm.state}, on ${host}${vm.doubtful ? ' (inferred)' : ''}${vm.load >= 0 ? `, CPU ${percent(vm.load)}` : ''}`;

export type Row = readonly [string, string];

export const hostRows = (h: HostTile): readonly Row[] => {
  const rows: Row[] = [['service', stateOf(h)]];
  if (h.enabled !== null) rows.push(['scheduling', h.enabled ? 'enabled' : 'disabled']);
  rows.push(['VMs', `${h.vms.length}${tally(h.vms)}`]);
  if (h.cpu >= 0) rows.push([h.cpuSampled ? 'CPU sampled' : 'CPU of its VMs', percent(h.cpu)]);
  if (h.ram >= 0) rows.push(['RAM allocated', percent(h.ram)]);
  if (h.vcpus >= 0) rows.push(['vCPU allocated', percent(h.vcpus)]);
  return rows;
};

const STORAGE = { local: 'local disk, lost with the host', shared: 'shared', volume: 'volume' } as const;

export const vmRows = (vm: VmCell, host: string): readonly Row[] => {
  const rows: Row[] = [
    ['state', vm.state],
    ['host', vm.doubtful ? `${host}, inferred` : host],
  ];
  if (vm.storage !== null) rows.push(['storage', STORAGE[vm.storage]]);
  rows.push(['CPU', vm.load >= 0 ? percent(vm.load) : 'never sampled']);
  return rows;
};

/** The map as one sentence, for its label. */
export const mapSentence = (p: Picture): string => {
  const c = p.counts;
  const parts = [plural(c.hosts, 'host'), plural(c.vms, 'VM')];
  if (c.hostsDown > 0) parts.push(`${c.hostsDown} down`);
  if (c.moving > 0) parts.push(`${c.moving} moving`);
  if (c.rebuilding > 0) parts.push(`${c.rebuilding} rebuilding`);
  if (c.error > 0) parts.push(`${c.error} in ERROR`);
  return `Cluster map at ${clock(p.at)}Z: ${parts.join(', ')}`;
};
