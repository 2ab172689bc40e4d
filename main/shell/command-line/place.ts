// An instant of a timeline in one word, as the command line takes it where two are compared.
import { ok, type Result } from '../../../domain/base/result.ts';
import type { At } from '../../../domain/contract/contract.ts';
import type { Opened } from './open.ts';

export type Place = { readonly timeline: string; readonly at: At | null };

/** `main`, `what-if`, `main@10:36` or `what-if@#184`. */
export const placeNamed = (open: Pick<Opened, 'moment'>, written: string): Result<Place, string> => {
  const mark = written.indexOf('@');
  const timeline = mark < 0 ? written : written.slice(0, mark);
  const at = open.moment(timeline, mark < 0 ? undefined : written.slice(mark + 1));
  return at.ok ? ok({ timeline, at: at.value }) : at;
};
