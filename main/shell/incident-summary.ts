// The incident told in a dozen lines, from the record: what moved, what failed, how it ended, what the record gets wrong.
import { instant } from '../../domain/base/brand.ts';
import { isoInstant } from '../../domain/base/time.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
import { bareName, sentenceOf } from '../../domain/readout/sentence.ts';
import type { ClusterState, MigrationState } from '../../domain/readout/state.ts';
import { counted } from './command-line/table.ts';

const KIND_WORDS = { block: 'block', shared: 'shared-storage', volume: 'volume-backed' } as const;
/** Events worth a line of their own; moves are told from the state, where they know how they ended. */
const TOLD = new Set(['host.failed', 'host.fenced', 'host.returned', 'storage_node.failed']);

/** `mark` is `~` where the instant was concluded, because the record gives the command no time. */
type Line = { readonly at: string; readonly mark: string; readonly says: string };

const moveLine = (move: MigrationState, nameOf: (id: string) => string): Line => {
  const kind = move.kind === null ? '' : `${KIND_WORDS[move.kind]} `;
  const way = `${move.source ?? 'somewhere'} to ${move.dest ?? 'somewhere'}`;
  const end = move.endedAt === null ? 'not ended' : `${move.status} by ${move.endedAt.slice(11, 19)}`;
  const mark = move.evidence === 'observed' ? '' : '~';
  return { at: move.startedAt, mark, says: `${nameOf(move.vm)}: ${kind}${move.type}, ${way}, ${end}` };
};

const ending = (state: ClusterState): string => {
  const down = state.hosts.filter((host) => host.up === false).map((host) => host.name);
  const vms = state.vms.map((vm) => `${vm.name} ${vm.status} on ${vm.host ?? 'no host'}`);
  return [...down.map((name) => `${name} down`), ...vms].join('; ');
};

/** Lines without line ends. `events` is the whole lineage in event-time order, `state` the cluster at its end. */
export const incidentSummary = (state: ClusterState, events: Iterable<LogEvent>): readonly string[] => {
  const names = new Map(state.vms.map((vm) => [vm.id, vm.name]));
  const lines: Line[] = state.migrations.map((move) => moveLine(move, (id) => names.get(id) ?? id));
  for (const event of events) {
    if (TOLD.has(event.type)) {
      const mark = event.evidence === 'observed' ? '' : '~';
      lines.push({ at: isoInstant(instant(event.at)), mark, says: sentenceOf(event, bareName).replace(/\.$/, '') });
    }
  }
  lines.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const wrong = state.anomalies.filter(({ severity }) => severity === 'contradiction');
  return [
    `${state.timeline}: a real operator's record of ${state.at.slice(0, 10)}, ` +
      `${counted(state.hosts.length, 'host')}, ${counted(state.vms.length, 'VM')}.`,
    ...lines.map(({ at, mark, says }) => `  ${mark.padStart(1)}${at.slice(11, 19)}  ${says}`),
    ...(lines.some(({ mark }) => mark !== '') ? ['  (~ the record gives no time; inferred from its neighbours)'] : []),
    `  At the end: ${ending(state)}.`,
    ...(wrong.length === 0 ? [] : [`  Where the record contradicts itself (${wrong.length}):`]),
    ...wrong.map(({ detail }) => `    ${detail}`),
  ];
};
