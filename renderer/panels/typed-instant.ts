// Instants as people type them into the find field.
import { parseInstant } from '../../domain/base/time.ts';
import { moment } from '../../domain/readout/words.ts';

const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?Z?$/;
const RELATIVE = /^([+-])(\d+)\s*(s|m|min|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY_MS = 86_400_000;
const DAY_ONLY = '2026-11-17'.length;

/** A typed instant: `10:41`, `10:41:07`, `-5m`, `2026-11-17 10:41:07Z`; null when the text is none. */
export const typedInstant = (text: string, now: number): { readonly at: number; readonly says: string } | null => {
  const trimmed = text.trim();
  const clock = CLOCK.exec(trimmed);
  if (clock !== null) {
    const [, h = '0', m = '0', s = '0'] = clock;
    if (Number(h) > 23 || Number(m) > 59 || Number(s) > 59) return null;
    const at = Math.floor(now / DAY_MS) * DAY_MS + ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1_000;
    return { at, says: moment(at) };
  }
  const relative = RELATIVE.exec(trimmed);
  if (relative !== null) {
    const [, sign, n = '0', unit = 's'] = relative;
    const at = now + (sign === '-' ? -1 : 1) * Number(n) * (UNIT_MS[unit] ?? 0);
    return { at, says: moment(at) };
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return null;
  const at = parseInstant(trimmed.length === DAY_ONLY ? `${trimmed} 00:00` : trimmed);
  return at === null ? null : { at, says: moment(at) };
};
