// Instants, durations, sizes and counts as a person reads them, the same in the window, in reports and on the command line.
import { isoInstant } from '../base/time.ts';
import { instant } from '../base/brand.ts';

const THIN = '\u202f'; // narrow, and a line never breaks at it
const MS_PER_S = 1_000;
const S_PER_MIN = 60;
const S_PER_H = 3_600;

const two = (n: number): string => String(n).padStart(2, '0');

/** `184 207`, with thin spaces. */
export const count = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, THIN);

/** As a sentence begins. */
export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** `10:41:07` in UTC. */
export const clock = (ms: number): string => isoInstant(instant(Math.floor(ms / MS_PER_S) * MS_PER_S)).slice(11, 19);

/** `2026-11-17` in UTC. */
export const day = (ms: number): string => isoInstant(instant(ms)).slice(0, 10);

/** `2026-11-17 10:41:07Z`. */
export const moment = (ms: number): string => `${day(ms)} ${clock(ms)}Z`;

/** `0.48 s`, `41 s`, `4 min 29 s`, `2 h 05 min`, `3 d 4 h`. */
export const duration = (ms: number): string => {
  const s = ms / MS_PER_S;
  if (s < 10 && s !== Math.round(s)) return `${Number(s.toPrecision(2))} s`;
  const whole = Math.round(s);
  if (whole < S_PER_MIN) return `${whole} s`;
  if (whole < S_PER_H) return `${Math.floor(whole / S_PER_MIN)} min ${two(whole % S_PER_MIN)} s`;
  if (whole < 24 * S_PER_H)
    return `${Math.floor(whole / S_PER_H)} h ${two(Math.floor((whole % S_PER_H) / S_PER_MIN))} min`;
  return `${Math.floor(whole / (24 * S_PER_H))} d ${Math.floor((whole % (24 * S_PER_H)) / S_PER_H)} h`;
};

/** `12.3 s`, `471.0 s`: for figures that are set beside each other. */
export const seconds = (ms: number): string => `${(ms / MS_PER_S).toFixed(1)} s`;

/** `4:29` or `1:04:29`, for narrow columns whose head says the unit. */
export const brief = (ms: number): string => {
  const s = Math.round(ms / MS_PER_S);
  const h = Math.floor(s / S_PER_H);
  const rest = `${h > 0 ? two(Math.floor((s % S_PER_H) / S_PER_MIN)) : Math.floor(s / S_PER_MIN)}:${two(s % S_PER_MIN)}`;
  return h > 0 ? `${h}:${rest}` : rest;
};

/** `63 %` of a share 0..1. */
export const percent = (share: number): string => `${Math.round(share * 100)}${THIN}%`;

const three = (n: number): string => String(Number(n.toPrecision(3)));

/** MiB as `512 MiB`, `8 GiB`, `1.5 TiB`. */
export const mebibytes = (mib: number): string => {
  if (Math.abs(mib) < 1024) return `${three(mib)} MiB`;
  return mib < 1024 ** 2 ? `${three(mib / 1024)} GiB` : `${three(mib / 1024 ** 2)} TiB`;
};

export const gibibytes = (gib: number): string => mebibytes(gib * 1024);

/** `1 VM`, `3 VMs`. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;
/** UUIDs are shortened in the middle; names never are. */
export const shortId = (id: string): string => (UUID.test(id) ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

/** The sign is always written: `+12`, `−3`, `0`. */
export const signed = (n: number): string => (n > 0 ? `+${count(n)}` : n < 0 ? `−${count(-n)}` : '0');
