// The incident marks of a timeline: what a person looking for trouble would stop at, told once each.
import type { LogEvent } from '../events/dictionary.ts';
import { entity } from '../events/entity.ts';
import type { Mark } from './picture-types.ts';
import { type NameOf, sentenceOf } from './sentence.ts';
import type { AnomalyState } from './state.ts';

/** Moves are marked one by one only while there are few enough to tell apart; failed ones always are. */
const MOST_MOVES_MARKED = 60;

/** What a host's marks depend on: a failure is one mark, however many sources report it and however many VMs it moves. */
type Told = { readonly down: Set<string>; readonly disabled: Set<string>; readonly evacuated: Set<string> };

const hostReported = (e: LogEvent & { type: 'host.service_reported' }, told: Told): Mark['kind'] | null => {
  const { up, enabled } = e.data;
  if (up === true) told.evacuated.delete(e.entity);
  if (enabled === true) told.disabled.delete(e.entity);
  if (up === true && told.down.delete(e.entity)) return 'host-up';
  if (up === false && !told.down.has(e.entity)) {
    told.down.add(e.entity);
    return 'host-down';
  }
  if (enabled === false && up !== false && !told.disabled.has(e.entity)) {
    told.disabled.add(e.entity);
    return 'drain';
  }
  return null;
};

const accepted = (e: LogEvent & { type: 'migration.accepted' }, told: Told): Mark['kind'] | null => {
  if (e.data.type !== 'evacuation') return 'migration';
  const source = entity('host', e.data.source ?? '');
  if (told.evacuated.has(source)) return null;
  told.evacuated.add(source);
  return 'evacuation';
};

const kindOfMark = (e: LogEvent, told: Told): Mark['kind'] | null => {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- every fact not named here leaves no mark
  switch (e.type) {
    case 'host.failed':
      told.evacuated.delete(e.entity);
      if (told.down.has(e.entity)) return null;
      told.down.add(e.entity);
      return 'host-down';
    case 'host.fenced':
      return 'fenced';
    case 'host.returned':
      return told.down.delete(e.entity) ? 'host-up' : null;
    case 'host.service_reported':
      return hostReported(e, told);
    case 'storage_node.failed':
      return 'error';
    case 'migration.accepted':
      return accepted(e, told);
    case 'migration.status_changed':
      return e.data.status === 'failed' || e.data.status === 'error' ? 'error' : null;
    case 'vm.state_changed':
      return e.data.vmState === 'error' ? 'error' : null;
    case 'fault.injected':
      return 'fault';
    case 'note.written':
      return 'note';
    default:
      return null;
  }
};

const label = (sentence: string): string => sentence.replace(/\.$/, '');

/** Collects marks from events in event-time order; `marks` closes the collection with the anomalies found by the fold. */
export const markCollector = (
  nameOf: NameOf,
): {
  readonly see: (e: LogEvent) => void;
  readonly marks: (anomalies: readonly AnomalyState[]) => readonly Mark[];
} => {
  const told: Told = { down: new Set(), disabled: new Set(), evacuated: new Set() };
  const found: Mark[] = [];
  return {
    see: (e) => {
      const kind = kindOfMark(e, told);
      if (kind === null) return;
      found.push({ seq: e.seq, at: e.at, kind, label: label(sentenceOf(e, nameOf)), entity: e.entity });
    },
    marks: (anomalies) => {
      const moves = found.filter(({ kind }) => kind === 'migration').length;
      const kept = moves > MOST_MOVES_MARKED ? found.filter(({ kind }) => kind !== 'migration') : found;
      const wrong = anomalies
        .filter(({ severity }) => severity === 'contradiction')
        .map(({ seq, at, entity, detail }): Mark => {
          return { seq, at: Date.parse(at), kind: 'anomaly', label: label(detail), entity };
        });
      return [...kept, ...wrong].sort((a, b) => a.at - b.at || a.seq - b.seq);
    },
  };
};
