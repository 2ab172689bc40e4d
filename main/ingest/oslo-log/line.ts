// One line of oslo.log: when, who, about which VM, and the message.
import { instantOf } from '../nova-words.ts';

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

// `[file name, container's stamp, "path:" of grep] 2017-05-16 00:00:04.500 2931 INFO …`
const LINE = new RegExp(
  `^(?:(.{1,200}?)[\\s:])??((\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d[.,]\\d{3,6}(?:Z|[+-]\\d\\d:?\\d\\d)?) (\\d+) ${SAID})$`,
);
// journald and syslog, as devstack and packaged services write to them:
// `May 16 00:00:04 compute-1 nova-compute[2931]: INFO …`, `2017-05-16T00:00:04.500000+0000 compute-1 nova-compute[2931]: INFO …`
const JOURNAL = new RegExp(
  `^(?:([A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?)|(\\d{4}-\\d\\d-\\d\\dT\\S{8,32})) ([\\w.-]+) ([\\w.@-]+)\\[(\\d+)\\]: ${SAID}$`,
);

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

const journalLine = (line: string, written: number): LogLine | null => {
  const parts = JOURNAL.exec(line);
  if (parts === null) return null;
  const [, short, iso, host = '', program = '', pid = '', level = '', logger = '', context, vm, message = ''] = parts;
  const at = short === undefined ? instantOf(iso ?? '') : inYear(short, written);
  if (at === null) return null;
  const writer = `${host} ${program} ${pid}`;
  return { at, writer, host, level, logger, request: requestIn(context), vm: vm ?? null, message, text: line };
};

/**
 * Reads one line; null when it is the continuation of another (a traceback) or no such line. `written` is when the file
 * was, in milliseconds since 1970: syslog's stamps have no year.
 */
export const logLineIn = (line: string, written: number): LogLine | null => {
  const parts = LINE.exec(line);
  if (parts === null) return journalLine(line, written);
  const [, prefix = '', text = '', time = '', pid = '', level = '', logger = '', context, vm, message = ''] = parts;
  const at = instantOf(time.replace(',', '.'));
  if (at === null) return null;
  const writer = `${fileOf(prefix)} ${pid}`;
  return { at, writer, host: null, level, logger, request: requestIn(context), vm: vm ?? null, message, text };
};

/** A message with what varies taken out, short enough to count by. */
export const templateOf = ({ logger, message }: Pick<LogLine, 'logger' | 'message'>): string =>
  `${logger}: ${message
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')
    .replace(/'[^']*'|"[^"]*"|\/\S+/g, '*')
    .replace(/\b[0-9a-f]{16,}\b/g, '*')
    .replace(/\d+(?:\.\d+)*/g, '*')}`.slice(0, 100);
