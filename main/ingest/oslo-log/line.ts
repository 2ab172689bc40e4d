// One line of oslo.log: when, who, about which VM, and the message.
import { instantOf } from '../nova-words.ts';

export type LogLine = {
  /** Milliseconds since 1970; oslo.log writes the host's local time without a zone, taken as UTC. */
  readonly at: number;
  /** The process that wrote it (file prefix and pid): all its lines are of one host. */
  readonly writer: string;
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

// `[prefix] 2017-05-16 00:00:04.500 2931 INFO nova.compute.manager [req-… - - - - -] [instance: UUID] message`
const LINE =
  /^(?:(\S+)\s+)??((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,]\d{3,6}) (\d+) (TRACE|DEBUG|INFO|AUDIT|WARNING|WARN|ERROR|CRITICAL) ([\w.]+) (?:\[([^\]]*)\] )?(?:\[instance: ([0-9a-f-]{36})\] ?)?(.*))$/;

/** Reads one line; null when it is the continuation of another (a traceback) or no such line. */
export const logLineIn = (line: string): LogLine | null => {
  const parts = LINE.exec(line);
  if (parts === null) return null;
  const [, prefix = '', text = '', time = '', pid = '', level = '', logger = '', context = '', vm, message = ''] =
    parts;
  const at = instantOf(time.replace(',', '.'));
  if (at === null) return null;
  const request = /req-[0-9a-f-]{36}/.exec(context)?.[0] ?? null;
  return {
    at,
    writer: `${prefix.replace(/\.log.*$/, '')} ${pid}`,
    level,
    logger,
    request,
    vm: vm ?? null,
    message,
    text,
  };
};

/** A message with what varies taken out, short enough to count by. */
export const templateOf = ({ logger, message }: Pick<LogLine, 'logger' | 'message'>): string =>
  `${logger}: ${message
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '*')
    .replace(/'[^']*'|"[^"]*"|\/\S+/g, '*')
    .replace(/\b[0-9a-f]{16,}\b/g, '*')
    .replace(/\d+(?:\.\d+)*/g, '*')}`.slice(0, 100);
