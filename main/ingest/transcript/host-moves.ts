// What the client's loops over one host's VMs print: `nova host-evacuate`, `host-evacuate-live` and `host-servers-migrate`.
import { entity } from '../../../domain/events/entity.ts';
import { isUuid } from '../nova-words.ts';
import { columnOf } from './directory.ts';
import type { ListingReading } from './listings.ts';
import type { Memory } from './memory.ts';
import type { Draft } from './moment.ts';
import type { Table } from './scan.ts';
import { argumentsOf } from './words.ts';

type MoveType = Extract<Draft, { type: 'migration.accepted' }>['data']['type'];

/** The column that says whether Nova accepted a row's move, and the move. */
const ACCEPTED: readonly (readonly [RegExp, MoveType])[] = [
  [/^live migration accepted$/i, 'live-migration'],
  [/^evacuate accepted$/i, 'evacuation'],
  [/^migration accepted$/i, 'migration'],
];
const VALUED = new Set(['target-host', 'max-servers']);

/**
 * One move for each row that was accepted; a row that was not has Nova's reason, which becomes a note. `words` are those of
 * the command above, which names the host. Null when the table is none of these.
 */
export const hostMoves = (table: Table, words: readonly string[], memory: Memory): ListingReading | null => {
  const kind = ACCEPTED.find(([column]) => columnOf(table, column) >= 0);
  if (kind === undefined || columnOf(table, /^server uuid$/i) < 0) return null;
  const [column, type] = kind;
  const [id, accepted, error] = [/^server uuid$/i, column, /^error message$/i].map((c) => columnOf(table, c));
  const { operands, options } = argumentsOf(words.slice(2), VALUED);
  const [source = null] = words[1]?.startsWith('host-') === true ? operands : [];
  const dest = options.get('target-host') ?? null;
  const facts = table.rows.flatMap(({ line, cells }): readonly Draft[] => {
    const vm = (cells[id ?? -1] ?? '').toLowerCase();
    if (!isUuid(vm)) return [];
    const address = entity('vm', vm);
    if (cells[accepted ?? -1]?.toLowerCase() !== 'true') {
      const text = `Nova refused the ${type} of this VM: ${cells[error ?? -1] || 'no reason given'}`;
      return [{ type: 'note.written', v: 1, entity: address, line, evidence: 'observed', data: { text } }];
    }
    if (dest === null) memory.hostOf.delete(address);
    else memory.hostOf.set(address, dest);
    const data = { vm, type, kind: null, source, dest };
    const move = entity('migration', `${vm}/${type}`); // `transcript.ts` adds the instant
    return [{ type: 'migration.accepted', v: 1, entity: move, line, evidence: 'inferred', data }];
  });
  return { facts, refused: [] };
};
