// One line of oslo.log: when, who, about which VM, and the message.
import { instantOf } from '../nova-words.ts';
import { unwrapped, type Wrapped } from './wrapped.ts';

export type LogLine = {
  /** Milliseconds since 1970; oslo.log writes the host's local time without a zone, taken as UTC. */
  readonly at: number;
  /** The process that wrote it (file prefix and pid): all its lines are of one host. */
  readonly writer: string;
  /** The host, where whatever collected the lines put it before them; null elsewhere. */
  readonly host: string | null;
  readonly level: string;
  readonly logger: string;
  /** `req-…`; null for periodic tasks that have none. */
  readonly request: string | null;
  /** UUID of the VM; null when it is about none. */
  readonly vm: string | null;
  readonly message: string;
  /** The line without what a log collection puts before the date. */
  readonly text: string;
};

const LEVEL = 'TRACE|DEBUG|INFO|AUDIT|WARNING|WARN|ERROR|CRITICAL';
/** `INFO nova.compute.manager [None req-… - - -] [instance: UUID] message`: what every form ends in. */
const SAID = `(${LEVEL}) ([\\w.]+) (?:\\[(?!instance: )([^\\]]*)\\] ?)?(?:\\[instance: ([0-9a-f-]{36})\\] ?)?(.*)`;

// `[file name, container's stamp, "path:" of grep] 2017-05-16 00:00:04.500 2931 INFO …`; a format without the process or the
// milliseconds is somebody's own, so it has to be a logger of OpenStack's.
const LINE = new RegExp(
  `^(?:(.{1,200}?)[\\s:])??((\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{3,6})?(?:Z|[+-]\\d\\d:?\\d\\d)?)(?: (\\d+)|(?= [A-Z]+ (?:nova|oslo|masakari)[._])) ${SAID})$`,
);
/** After syslog's header, as devstack and packaged services write to it: without a date of its own. */
const DATELESS = new RegExp(`^${SAID}$`);

/** Stamps of a container runtime differ from line to line; the rest of what stands before the date is the file. */
const fileOf = (prefix: string): string => prefix.replace(/\d{4}-\d\d-\d\dT\S+\s*/, '').replace(/\.log.*$/, '');

const DAY_MS = 86_400_000;
/** `May 16 00:00:04` says no year: the newest in which it is not after `before` (with a day for zones). */
const inYear = (stamp: string, before: number): number | null => {
  const year = new Date(before + DAY_MS).getUTCFullYear();
  for (const each of [year, year - 1]) {
    const at = Date.parse(`${stamp.slice(0, 6)} ${each} ${stamp.slice(7)} UTC`);
    if (!Number.isNaN(at) && at <= before + DAY_MS) return at;
  }
  return null;
};

const requestIn = (context: string | undefined): string | null => /req-[0-9a-f-]{36}/.exec(context ?? '')?.[0] ?? null;

/** A line whose date is its header's. */
const journalLine = (line: string, { header, text }: Wrapped, written: number): LogLine | null => {
  const parts = header === null ? null : DATELESS.exec(text);
  if (header === null || parts === null) return null;
  const at = /^\d/.test(header.stamp) ? instantOf(header.stamp) : inYear(header.stamp, written);
  if (at === null) return null;
  const [, level = '', logger = '', context, vm, message = ''] = parts;
  const writer = `${header.host} ${header.program}`;
  const { host } = header;
  return { at, writer, host, level, logger, request: requestIn(context), vm: vm ?? null, message, text: line };
};

/**
 * Reads one line; null when it is the continuation of another (a traceback) or no such line. `written` is when the file
 * was, in milliseconds since 1970: syslog's stamps have no year.
 */
export const logLineIn = (line: string, written: number): LogLine | null => {
  const wrapped = unwrapped(line);
  const parts = LINE.exec(wrapped.text);
  if (parts === null) return journalLine(line, wrapped, written);
  const [, prefix = '', text = '', time = '', pid = '', level = '', logger = '', context, vm, message = ''] = parts;
  const at = instantOf(time.replace(',', '.'));
  if (at === null) return null;
  const { header } = wrapped;
  const writer = header === null ? `${fileOf(prefix)} ${pid}` : `${header.host} ${header.program}`;
  const host = header?.host ?? null;
  return { at, writer, host, level, logger, request: requestIn(context), vm: vm ?? null, message, text };
};

/** A message with what varies taken out, short enough to count by. */
export const templateOf = ({ logger, message }: Pick<LogLine, 'logger' | 'message'>): string =>
  `${logger}: ${message
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')
    .replace(/'[^']*'|"[^"]*"|\/\S+/g, '*')
    .replace(/\b[0-9a-f]{16,}\b/g, '*')
    .replace(/\d+(?:\.\d+)*/g, '*')}`.slice(0, 100);
