// Small vocabularies as bytes: 0 is "nobody said", n + 1 is the nth word.
import { EVIDENCE, type Evidence } from '../events/dictionary.ts';
import { MIGRATION_KINDS, MIGRATION_TYPES } from '../events/migration-events.ts';
import { POWER_STATES, STORAGE_KINDS, TASK_STATES, VM_STATES } from '../events/vm-events.ts';

export type Codes<W extends string> = {
  readonly words: readonly W[];
  readonly code: (word: W | null | undefined) => number;
  readonly word: (code: number) => W | null;
};

const codes = <const W extends string>(words: readonly W[]): Codes<W> => {
  const byWord = new Map<string, number>(words.map((w, i) => [w, i + 1]));
  return {
    words,
    code: (word) => (word === null || word === undefined ? 0 : (byWord.get(word) ?? 0)),
    word: (code) => words[code - 1] ?? null,
  };
};

/** `idle` is Nova's null task, told apart from "nobody said". */
export const IDLE_TASK = 1;

export const vmStates = codes(VM_STATES);
export const taskStates = codes(['idle', ...TASK_STATES]);
export const powerStates = codes(POWER_STATES);
export const storageKinds = codes(STORAGE_KINDS);
export const migrationTypes = codes(MIGRATION_TYPES);
export const migrationKinds = codes(MIGRATION_KINDS);
export const evidences = codes(EVIDENCE);

/** Evidence of a byte; unwritten is taken as assumed. */
export const evidenceOf = (code: number): Evidence => evidences.word(code) ?? 'assumed';

/** Three-valued truth: 0 unknown, 1 no, 2 yes. */
export const triCode = (value: boolean): number => (value ? 2 : 1);
export const triOf = (code: number): boolean | null => (code === 0 ? null : code === 2);

/** How a VM's host is known; `unrecorded`: a report shows it elsewhere, and no move on record explains it. */
export const HOST_BY = { nothing: 0, report: 1, move: 2, creation: 3, unrecorded: 4 } as const;
