// Reads an instant as people write it: a time, a time of day, so long before the end, or a position in the log.
import { instant, type Instant, type Seq, seq } from '../../domain/base/brand.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';
import type { Cut } from '../../domain/timeline/order.ts';

/** What a moment is read against. */
export type MomentContext = {
  /** First and last instant of the lineage; null when it is empty. */
  readonly span: { readonly from: Instant; readonly to: Instant } | null;
  /** When the event with this seq happened; null when there is none. */
  readonly instantOf: (seq: Seq) => Instant | null;
};

const DAY_MS = 86_400_000;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: DAY_MS };

const POSITION = /^#?(\d{1,15})$/;
const BEFORE_END = /^-(\d{1,9})(ms|s|m|h|d)$/;
const TIME_OF_DAY = /^(\d{1,2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?Z?$/;
const FULL = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

const MEANT =
  'Write an instant as 2013-08-06T10:36:35Z, 10:36 (on the last day), -5m (before the end) or #184 (a position).';

const clock = (
  hour: string,
  minute: string,
  second: string | undefined,
  fraction: string | undefined,
): number | null => {
  const [h, m, s] = [Number(hour), Number(minute), Number(second ?? '0')];
  if (h > 23 || m > 59 || s > 59) return null;
  return ((h * 60 + m) * 60 + s) * 1000 + Math.floor(Number(`0${fraction ?? ''}`) * 1000);
};

const zoneMs = (zone: string | undefined): number => {
  if (zone === undefined || zone === 'Z') return 0; // times without a zone are UTC, as everywhere in the log
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
};

const absolute = (text: string, match: RegExpExecArray): Result<Instant, string> => {
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second, fraction, zone] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const ofDay = clock(hour, minute, second, fraction);
  const exists = new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`);
  if (!exists || ofDay === null) return err(`The instant ${text} does not exist.`);
  return ok(instant(midnight + ofDay - zoneMs(zone)));
};

/** A cut at the moment `text` names. Errors: a sentence that says what is wrong and how moments are written. */
export const parseMoment = (text: string, context: MomentContext): Result<Cut, string> => {
  const written = text.trim();
  const at = (moment: Result<Instant, string>): Result<Cut, string> =>
    moment.ok ? ok({ at: moment.value, seq: null }) : moment;

  const position = POSITION.exec(written);
  if (position !== null) {
    const number = seq(Number(position[1]));
    const when = context.instantOf(number);
    return when === null ? err(`There is no event #${number} on this timeline.`) : ok({ at: when, seq: number });
  }
  const full = FULL.exec(written);
  if (full !== null) return at(absolute(written, full));

  const { span } = context;
  const before = BEFORE_END.exec(written);
  const ofDay = TIME_OF_DAY.exec(written);
  if (before === null && ofDay === null) return err(`"${text}" is not an instant. ${MEANT}`);
  if (span === null) return err(`"${text}" needs a log with events: this timeline is empty.`);
  if (before !== null) return at(ok(instant(span.to - Number(before[1]) * (UNIT_MS[before[2] ?? ''] ?? 0))));
  const [, hour = '', minute = '', second, fraction] = ofDay ?? [];
  const ms = clock(hour, minute, second, fraction);
  if (ms === null) return err(`The time ${written} does not exist.`);
  return at(ok(instant(Math.floor(span.to / DAY_MS) * DAY_MS + ms)));
};
