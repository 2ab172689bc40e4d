// Which states a life cycle has been in, and when each was last entered: what the drawn machine lights.
import type { Instant } from '../base/brand.ts';
import { refAt, type RefColumn, setRef } from '../base/column.ts';
import type { Evidence } from '../events/dictionary.ts';
import type { Visit } from './records.ts';

const NONE: readonly Visit[] = [];

/** The states entered so far, in the order of their last entering. */
export const visitsAt = (column: RefColumn<readonly Visit[]>, row: number): readonly Visit[] =>
  refAt(column, row) ?? NONE;

/** Adds a visit; a state visited before moves to the end with its new instant, so the list stays as short as the machine. */
export const addVisit = (
  visits: readonly Visit[],
  state: string,
  at: Instant,
  evidence: Evidence,
): readonly Visit[] => {
  const next = visits.filter((v) => v[0] !== state);
  next.push([state, at, evidence]);
  return next;
};

export const visit = (
  column: RefColumn<readonly Visit[]>,
  row: number,
  state: string,
  at: Instant,
  evidence: Evidence,
): void => {
  setRef(column, row, addVisit(visitsAt(column, row), state, at, evidence));
};
