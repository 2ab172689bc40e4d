// Tells when a listing of VMs is the whole truth: then a VM that is not in it is gone.
import { columnOf } from './directory.ts';
import type { Draft } from './moment.ts';
import type { Table } from './scan.ts';

/** `[DEFAULT] max_limit` of Nova's API: the clients print one page of so many unless they are told `--limit -1`. */
const PAGE_ROWS = 1000;

/** Options of `nova list` and `openstack server list` that leave no VM out. */
const HARMLESS =
  /^--(?:all-projects|all-tenants|long|fields|sort|sort-column|format|column|no-name-lookup|name-lookup-one-by-one|limit|wide|minimal|os-[\w-]+|insecure|debug|timing|noindent|quote|max-width|fit-width|print-empty)(?:=|$)/;
const SHORT = /^-[cnfv]+$/;

/**
 * True for a command whose listing has every VM of the cloud in it: of all projects, and with no option that filters or
 * pages. A listing saved without its command is never taken for one, because nothing in it says what was left out.
 */
export const asksForAll = (words: readonly string[]): boolean => {
  const isList = words[0] === 'nova' ? words.includes('list') : words[0] === 'openstack' && isServerList(words);
  if (!isList) return false;
  const options = words.filter((word) => word.startsWith('-'));
  const everywhere = options.some((option) => /^--all-(?:projects|tenants)(?:=1|=true)?$/i.test(option));
  const limit = words[words.indexOf('--limit') + 1];
  const paged = words.includes('--limit') && limit !== '-1';
  const piped = words.some((word) => word === '|' || word === '>');
  return everywhere && !paged && !piped && options.every((o) => HARMLESS.test(o) || SHORT.test(o) || o === '-1');
};

const isServerList = (words: readonly string[]): boolean => {
  const at = words.indexOf('server');
  return at > 0 && words[at + 1] === 'list';
};

/** The fact that a table of VMs is complete; none where it may be the first page only, or is about something else. */
export const completed = (table: Table): readonly Draft[] => {
  const id = columnOf(table, /^id$/i);
  const isVms = id >= 0 && columnOf(table, /^networks$/i) >= 0 && columnOf(table, /^status$/i) >= 0;
  const full = table.rows.length > 0 && table.rows.length % PAGE_ROWS === 0;
  if (!isVms || full) return [];
  const ids = table.rows.map(({ cells }) => (cells[id] ?? '').toLowerCase());
  return [
    {
      type: 'vm.listing_completed',
      v: 1,
      entity: 'cluster:',
      line: table.line,
      evidence: 'observed',
      data: { project: null, ids },
    },
  ];
};
