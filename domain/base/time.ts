// Instants as people write them: ISO 8601 in UTC.
import { type Instant, instant } from './brand.ts';

/** `2013-08-06T10:36:35Z`; milliseconds only where there are any. (`new Date(ms)` with an argument asks no clock.) */
export const isoInstant = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z');

const ISO = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** Reads an ISO instant (`T` or a space between, UTC where no zone is given); null when it is none or does not exist. */
export const parseInstant = (text: string): Instant | null => {
  if (!ISO.test(text)) return null;
  const written = text.replace(' ', 'T').replace(',', '.');
  const ms = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(written) ? written : `${written}Z`);
  if (Number.isNaN(ms)) return null;
  // Date.parse moves 30 February into March: a day that does not exist is refused instead.
  const day = Number(text.slice(8, 10));
  const lastOfMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return day > lastOfMonth ? null : instant(ms);
};
