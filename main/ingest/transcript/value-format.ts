// What clients print with `-f value`: words without a header. The command line tells the columns, and what each of them
// can hold tells where a cell ends; a line that can be read in two ways is not read.
import { argumentsOf, PRINTING } from './words.ts';
import type { Broken, Row, Text } from './scan.ts';

/** Columns of `openstack … list` in the order the client prints them, whatever order they were asked for in (cliff). */
type List = {
  readonly command: string;
  readonly columns: string;
  /** The columns of the plain command, where every release has the same. */
  readonly plain?: string;
};
const LISTS: readonly List[] = [
  {
    command: 'server list',
    columns:
      'ID,Name,Project ID,User ID,Status,Task State,Power State,Networks,Image,Image Name,Image ID,Flavor,Flavor Name,' +
      'Flavor ID,Availability Zone,Pinned Availability Zone,Host,Properties,Scheduler Hints',
    plain: 'ID,Name,Status,Networks,Image,Flavor',
  },
  {
    command: 'hypervisor list',
    columns: 'ID,Hypervisor Hostname,Hypervisor Type,Host IP,State,vCPUs Used,vCPUs,Memory MB Used,Memory MB',
    plain: 'ID,Hypervisor Hostname,Hypervisor Type,Host IP,State',
  },
  {
    command: 'compute service list',
    columns: 'ID,Binary,Host,Zone,Status,State,Updated At,Disabled Reason,Forced Down',
    plain: 'ID,Binary,Host,Zone,Status,State,Updated At',
  },
  {
    command: 'server migration list',
    columns:
      'Id,UUID,Source Node,Dest Node,Source Compute,Dest Compute,Dest Host,Status,Server UUID,Old Flavor,New Flavor,' +
      'Type,Project,User,Created At,Updated At',
  },
  {
    command: 'volume list',
    columns: 'ID,Name,Status,Size,Type,Bootable,Attached to,Properties',
    plain: 'ID,Name,Status,Size,Attached to',
  },
  {
    command: 'flavor list',
    columns: 'ID,Name,RAM,Disk,Ephemeral,VCPUs,Is Public,Swap,RXTX Factor,Properties',
    plain: 'ID,Name,RAM,Disk,Ephemeral,VCPUs,Is Public',
  },
  { command: 'resource provider list', columns: 'uuid,name,generation,root_provider_uuid,parent_provider_uuid' },
  {
    command: 'resource provider inventory list',
    columns: 'resource_class,allocation_ratio,min_unit,max_unit,reserved,step_size,total,used',
    plain: 'resource_class,allocation_ratio,min_unit,max_unit,reserved,step_size,total,used',
  },
  {
    command: 'aggregate list',
    columns: 'ID,Name,Availability Zone,Properties,Hosts',
    plain: 'ID,Name,Availability Zone',
  },
  { command: 'network list', columns: 'ID,Name,Subnets', plain: 'ID,Name,Subnets' },
];

/** A dict or a list as Python prints it, with another level inside. */
const PYTHON = '\\{[^{}]*(?:\\{[^{}]*\\}[^{}]*)*\\}|\\[[^\\][]*(?:\\[[^\\][]*\\][^\\][]*)*\\]';
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NUMBER = '\\d+(?:\\.\\d+)?';
/** `net-a=10.0.0.3, 172.24.4.3`, as clients before the SDK print it. */
const ON_NETWORK = '[^\\s={]+=[\\da-f.:]+(?:, [\\da-f.:]+)*';
/** Columns whose cells nothing else looks like: a line of them is no prose. */
const TELLING: Readonly<Record<string, string>> = {
  id: `${UUID}|\\d+`,
  uuid: UUID,
  'server uuid': UUID,
  status: '[A-Z_]{3,}|enabled|disabled|in-use|available|[a-z-]+(?: \\(post-copy\\))?',
  state: 'up|down',
  binary: 'nova-\\w+',
  ram: NUMBER,
  vcpus: NUMBER,
  size: NUMBER,
  generation: NUMBER,
  resource_class: '[A-Z][A-Z0-9_]+',
  total: NUMBER,
  networks: `${PYTHON}|${ON_NETWORK}(?:; ?${ON_NETWORK})*|`,
};
/** Other columns whose cells may hold blanks in a way that ends where they end. */
const STRUCTURED: Readonly<Record<string, string>> = {
  properties: `${PYTHON}|\\S*`,
  'scheduler hints': `${PYTHON}|\\S*`,
  'attached to': `${PYTHON}|Attached to \\S+ on \\S+|\\S*`,
  hosts: `${PYTHON}|\\S*`,
  subnets: `${PYTHON}|\\S*`,
};
/** What people write as they like, with blanks or without. */
const FREE = /^(?:name|disabled reason|(?:image|flavor)(?: name)?|flavor id)$/;
const FROM_VOLUME = 'N/A \\(booted from volume\\)';

const pattern = (columns: readonly string[], free: string): RegExp => {
  const cells = columns.map((column) => {
    const name = column.toLowerCase();
    const cell = TELLING[name] ?? STRUCTURED[name] ?? (FREE.test(name) ? free : '\\S*');
    return `(${name.startsWith('image') ? `${FROM_VOLUME}|` : ''}${cell})`;
  });
  return new RegExp(`^${cells.join(' ')}$`);
};

/** Blanks at a line's end stand for empty cells, and are lost in pasting. */
const padded = (text: string): readonly string[] => ['', ' ', '  ', '   '].map((blanks) => text + blanks);

const cellsIn = (text: string, patterns: readonly RegExp[]): readonly string[] | null => {
  for (const each of patterns)
    for (const line of padded(text)) {
      const cells = each.exec(line)?.slice(1);
      if (cells !== undefined) return cells;
    }
  return null;
};

const VALUED = new Set([...PRINTING, 'host', 'project', 'status', 'name', 'flavor', 'limit', 'marker']);
/** What a pipe may do to lines without changing them. */
const WHOLE_LINES = /^(?:grep|egrep|sort|head|tail|less|more|cat|tee)$/;

const isWhole = (words: readonly string[]): boolean =>
  words.every((word, i) => word !== '|' || WHOLE_LINES.test(words[i + 1] ?? ''));

/** The columns of a command's output, in order; null where the command alone does not tell them. */
const columnsOf = (words: readonly string[]): readonly string[] | null => {
  const { operands } = argumentsOf(words.slice(1), VALUED);
  const line = ` ${operands.join(' ')} `;
  const known = LISTS.findLast(({ command }) => line.includes(` ${command} `));
  if (known === undefined) return null;
  const asked = new Set(
    words.filter((_, i) => /^(?:-c|--column)$/.test(words[i - 1] ?? '')).map((word) => word.toLowerCase()),
  );
  if (asked.size === 0) return words.includes('--long') ? null : (known.plain?.split(',') ?? null);
  const columns = known.columns.split(',').filter((column) => asked.has(column.toLowerCase()));
  return columns.length === asked.size ? columns : null;
};

/** A VM in ten networks takes a thousand characters; beyond this, trying where cells end takes longer than it is worth. */
const ROW_LENGTH_MAX = 2000;
/** After so many lines that are no rows the output is over. */
const MISSES_MAX = 20;

export type ValueRows = {
  readonly header: readonly string[];
  readonly rows: readonly Row[];
  readonly broken: readonly Broken[];
};

/** What a command printed with `-f value`, up to the last line that is a row; null where none is, or the columns are not known. */
export const valueRows = (words: readonly string[], texts: readonly Text[]): ValueRows | null => {
  const header = isWhole(words) ? columnsOf(words) : null;
  if (header?.some((column) => column.toLowerCase() in TELLING) !== true) return null;
  const free = header.filter((column) => FREE.test(column.toLowerCase())).length;
  // One cell with blanks is whatever the others leave; two would be a guess.
  const patterns = [pattern(header, '\\S*'), ...(free === 1 ? [pattern(header, '.*?')] : [])];
  const rows: Row[] = [];
  const broken: Broken[] = [];
  let misses: Broken[] = [];
  for (const { line, text } of texts) {
    const cells = text.length > ROW_LENGTH_MAX ? null : cellsIn(text, patterns);
    if (cells === null) {
      misses.push({ line, why: `its words are not the ${header.length} columns asked for in one way only`, text });
      if (misses.length > MISSES_MAX) break;
    } else {
      broken.push(...misses);
      misses = [];
      rows.push({ line, cells });
    }
  }
  return rows.length === 0 ? null : { header, rows, broken };
};
