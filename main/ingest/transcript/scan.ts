// Cuts a pasted terminal session into commands, tables and the text between them.
import type { Line } from '../lines.ts';
import { clean } from './typography.ts';
import { wordsOf } from './words.ts';

export type Command = {
  readonly kind: 'command';
  readonly line: number;
  readonly words: readonly string[];
  /** The host whose prompt it was typed at; null without a prompt. */
  readonly promptHost: string | null;
  /** The author's words just above it; '' without. */
  readonly narration: string;
};
export type Row = { readonly line: number; readonly cells: readonly string[] };
export type Broken = { readonly line: number; readonly why: string; readonly text: string };
export type Table = {
  readonly kind: 'table';
  readonly line: number;
  readonly header: readonly string[];
  readonly rows: readonly Row[];
  readonly broken: readonly Broken[];
};
export type Text = {
  readonly kind: 'text';
  readonly line: number;
  /** Without the blanks it begins with, of which there were `indent`. */
  readonly text: string;
  readonly indent: number;
};
export type Block = Command | Table | Text;

/** Programs whose command lines are known by their first word, because pastes often lose the prompt. */
const PROGRAMS = new Set(
  (
    'nova openstack cinder neutron glance keystone gluster ceph rbd virsh ovs-vsctl ovs-ofctl ovs-appctl ovs-dpctl ' +
    'service systemctl chkconfig yum dnf apt apt-get mount umount mount.glusterfs mount.nfs mkfs mkfs.xfs mkfs.ext4 ' +
    'mkdir chown chmod echo shutdown poweroff reboot halt ifconfig ip ping arping unlink ln mysql neutron-db-manage ' +
    'nova-manage qemu-img modprobe sysctl iperf iperf3'
  ).split(' '),
);
/** Words of English that also name programs: only with an argument that a sentence would not have. */
const ALSO_ENGLISH = new Set(['service', 'mount', 'echo', 'shutdown', 'reboot', 'halt', 'ping', 'ip', 'unlink']);

// No two neighbouring repetitions match the same character: a long line costs its length, not its square.
const PROMPT = /^(?:\([\w.-]{1,40}\) {0,3})?(?:\[[\w.-]+@([\w.-]+)[^\]]*\]\s*|[\w.-]+@([\w.-]+):[^#$]*)[#$]\s*(.*)$/; // `(venv) [stack@director ~]$`
const BARE_PROMPT = /^(?:\([\w.-]{1,40}\) {0,3})?[#$]\s+(\S.*)$/;
/** What stands before a command that runs it as somebody else or in a container. */
const WRAPPER =
  /^(?:sudo(?:\s+-[A-Za-z]|\s+-u\s+\S+)*|(?:docker|podman)\s+exec(?:\s+-{1,2}\w+)*\s+[\w.-]+)\s+(?=[a-z])/;
const CJK = /[\u3000-\u9fff\uff00-\uffef]/;
const RULE = /^\+[-=+]{2,}$/;

const looksTyped = (text: string): boolean => {
  const [program = '', first = ''] = text.split(/\s+/, 2);
  const base = program.replace(/^.*\//, '');
  if (CJK.test(text) || text.endsWith(':') || /^[(A-Z]/.test(first)) return false; // `ovs-vsctl (Open vSwitch) 2.3.2`
  if (/^\/(?:etc\/init\.d|usr\/s?bin|usr\/local\/s?bin|s?bin)\//.test(program)) return true;
  if (!PROGRAMS.has(base)) return false;
  if (ALSO_ENGLISH.has(base)) return /^(?:now|-|\/|\w+d\b|[\w-]+-\w+|\S*[./:"'<]\S*|netns|link|addr)/.test(first);
  return !/[.!?]$/.test(text) || text.split(' ').length < 4;
};

/** Lines that one command may be continued over. */
const CONTINUED_LINES_MAX = 500;

const isRow = (text: string): boolean => text.startsWith('|');
const isTableLine = (text: string): boolean => isRow(text) || /^\+[-=+]+/.test(text);
const cellsOf = (text: string): readonly string[] =>
  text
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split('|')
    .map((cell) => cell.trim());

type OpenTable = {
  line: number;
  ruled: boolean;
  header: readonly string[] | null;
  rows: Row[];
  broken: Broken[];
  closed: boolean;
};

const isProperties = (header: readonly string[]): boolean => /^(?:property|field)$/i.test(header[0] ?? '');

/** Reads the blocks of a document. `lines` may end anywhere; what is cut off by the end is broken, not guessed. */
export const scan = (lines: Iterable<Line>): readonly Block[] => {
  const blocks: Block[] = [];
  let table: OpenTable | null = null;
  let narration = '';
  let pending: { readonly line: number; readonly parts: string[] } | null = null;

  const finish = (atEnd: boolean): void => {
    if (table === null) return;
    const { line, header, rows, broken } = table;
    const listing = header !== null && !isProperties(header);
    const cut = atEnd && !table.closed && table.ruled && (rows.length === 0 || listing || broken.length > 0);
    if (cut) {
      const why = 'the table that begins here is cut off at the end of the document';
      blocks.push({ kind: 'table', line, header: header ?? [], rows: [], broken: [{ line, why, text: '' }] });
    } else if (header !== null) {
      blocks.push({ kind: 'table', line, header, rows, broken });
    }
    table = null;
  };

  const rule = (line: number, text: string): void => {
    if (table?.closed === true) finish(false);
    table ??= { line, ruled: true, header: null, rows: [], broken: [], closed: false };
    if (!RULE.test(text)) table.broken.push({ line, why: 'this rule of a table is cut off', text });
    else if (table.rows.length > 0) table.closed = true;
  };

  const row = (line: number, text: string): void => {
    if (table?.closed === true) finish(false);
    table ??= { line, ruled: false, header: null, rows: [], broken: [], closed: false };
    const cells = cellsOf(text);
    if (table.header === null) {
      table.header = cells;
    } else if (cells.length !== table.header.length || !text.endsWith('|')) {
      const why = `this row has ${cells.length} cells where its table has ${table.header.length}, or is cut off`;
      table.broken.push({ line, why, text });
    } else {
      table.rows.push({ line, cells });
    }
  };

  const other = (line: number, text: string, indent: number): void => {
    const prompt = PROMPT.exec(text);
    const typed = (prompt?.[3] ?? BARE_PROMPT.exec(text)?.[1] ?? text).replace(WRAPPER, '');
    if (typed !== '' && (prompt !== null || looksTyped(typed))) {
      const words = wordsOf(typed);
      const promptHost = prompt?.[1] ?? prompt?.[2] ?? null;
      if (words.length > 0) blocks.push({ kind: 'command', line, words, promptHost, narration });
      narration = '';
      return;
    }
    blocks.push({ kind: 'text', line, text, indent });
    narration = text;
  };

  for (const { number, text: raw } of lines) {
    const shown = clean(raw);
    let text = shown.trimStart();
    const indent = shown.length - text.length;
    let line = number;
    if (pending !== null) {
      pending.parts.push(text.endsWith('\\') ? text.slice(0, -1).trimEnd() : text);
      if (text.endsWith('\\') && pending.parts.length < CONTINUED_LINES_MAX) continue;
      text = pending.parts.join(' ');
      line = pending.line;
      pending = null;
    }
    if (text.endsWith('\\')) {
      pending = { line, parts: [text.slice(0, -1).trimEnd()] };
    } else if (isTableLine(text)) {
      if (isRow(text)) row(line, text);
      else rule(line, text);
    } else if (text !== '') {
      finish(false);
      other(line, text, indent);
    }
  }
  if (pending !== null) other(pending.line, pending.parts.join(' '), 0);
  finish(true);
  return blocks;
};
