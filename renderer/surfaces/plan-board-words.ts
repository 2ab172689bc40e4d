// What a cell and a row of the board say, for tooltips and for screen readers.
import { type BlockerMatrix, findingsAt, verdictAt } from '../../domain/planning/matrix.ts';
import type { PlannedMove } from '../../domain/planning/plan.ts';
import type { Finding } from '../../domain/scheduling/finding.ts';
import { duration } from '../../domain/readout/words.ts';
import type { BoardRow } from './plan-board-layout.ts';

const VERDICTS = {
  own: 'is here',
  open: 'can take it',
  undecided: 'cannot be decided',
  blocked: 'cannot take it',
} as const;

export const cellTitle = (m: BlockerMatrix, row: BoardRow, host: number): string =>
  `${row.vm.name} → ${m.hosts[host] ?? ''}: ${VERDICTS[verdictAt(m, row.index, host)]}`;

/** Blockers with their fix, then risks; what no log tells is told once, elsewhere. */
export const cellReasons = (m: BlockerMatrix, row: BoardRow, host: number): readonly Finding[] =>
  findingsAt(m, row.index, host).filter((f) => f.kind !== 'unknown');

export const cellSentence = (m: BlockerMatrix, row: BoardRow, host: number): string =>
  [cellTitle(m, row, host), ...cellReasons(m, row, host).map((f) => `${f.code}: ${f.detail}`)].join('. ');

/** `live to compute-04, 0 s to 49 s, down for 0.048 s`. */
export const moveSentence = (m: PlannedMove): string =>
  m.kind === 'stop'
    ? `stopped on ${m.source}`
    : `${m.kind} to ${m.dest}, ${duration(m.startMs)} to ${duration(m.endMs)}, ${m.downtimeMs === 0 ? 'off before and after' : `down for ${duration(m.downtimeMs)}`}`;

export const rowSentence = (row: BoardRow): string =>
  row.stays !== null
    ? `${row.vm.name} stays: ${row.stays}`
    : row.moves.length === 0
      ? row.vm.name
      : `${row.vm.name}: ${row.moves.map(moveSentence).join('; then ')}`;
