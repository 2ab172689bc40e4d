// What collectors put around a line of a log: syslog's header in its forms, and JSON with the line inside.
import { isFields, textAt } from '../json-records.ts';

const STAMP = '[A-Z][a-z]{2} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?|\\d{4}-\\d\\d-\\d\\dT\\S{8,32}';
// `May 16 00:00:04 compute-1 nova-compute[2931]: …`, `2017-05-16T00:00:04.500000+0000 compute-1 nova-compute: …`
const HEADER = new RegExp(`^(${STAMP}) ([\\w.-]+) ([\\w.@-]+)(?:\\[(\\d+)\\])?:(?: |$)`);
// RFC 5424: `1 2017-05-16T00:00:04.500Z compute-1 nova-compute 2931 - - …`; the last two are an id and structured data.
const RFC5424 = /^1 (\d{4}-\d\d-\d\dT\S{8,32}) ([\w.-]+) ([\w.@-]+) (\d+|-) \S+ (?:-|\[.*?\])(?: \uFEFF?|$)/;
const PRIORITY = /^<\d{1,3}>/;

export type Header = {
  /** As it stands there: a syslog stamp without a year, or ISO 8601. */
  readonly stamp: string;
  readonly host: string;
  /** Program and process: all its lines are one writer's. */
  readonly program: string;
};
export type Wrapped = { readonly header: Header | null; readonly text: string };

const named = ([, stamp = '', host = '', program = '', pid = '']: readonly string[]): Header => ({
  stamp,
  host,
  program: `${program} ${pid}`,
});

/** Docker's json-file driver keeps a line under `log`; `journalctl -o json` under MESSAGE, with what syslog would say beside it. */
const inJson = (line: string): Wrapped | null => {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isFields(fields)) return null;
  const log = textAt(fields, 'log');
  if (log !== null) return { header: null, text: log.trimEnd() };
  const [text, host] = [textAt(fields, 'MESSAGE'), textAt(fields, '_HOSTNAME')];
  const micros = Number(textAt(fields, '__REALTIME_TIMESTAMP') ?? Number.NaN);
  if (text === null || host === null || !(micros > 0 && micros < 8.64e18)) return null;
  const program = `${textAt(fields, 'SYSLOG_IDENTIFIER') ?? ''} ${textAt(fields, '_PID') ?? ''}`;
  return { header: { stamp: new Date(Math.trunc(micros / 1000)).toISOString(), host, program }, text };
};

/** Takes off what a collector put around a line; the line itself where nothing is. */
export const unwrapped = (line: string): Wrapped => {
  if (line.startsWith('{')) return inJson(line) ?? { header: null, text: line };
  const bare = line.startsWith('<') ? line.replace(PRIORITY, '') : line;
  const header = RFC5424.exec(bare) ?? HEADER.exec(bare);
  return header === null ? { header: null, text: bare } : { header: named(header), text: bare.slice(header[0].length) };
};
