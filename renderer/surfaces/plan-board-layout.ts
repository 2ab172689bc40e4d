// The board of a plan: VMs down, destinations and then time across; pure.
import type { LinkLoad } from '../../domain/planning/link-load.ts';
import {
  type BlockerMatrix,
  type CellVerdict,
  findingsAt,
  type MatrixVm,
  verdictAt,
} from '../../domain/planning/matrix.ts';
import type { Plan, PlannedMove } from '../../domain/planning/plan.ts';

export type BoardCell = {
  /** Index into the matrix's hosts. */
  readonly host: number;
  readonly verdict: CellVerdict;
  /** Three letters for what refuses; empty where nothing does. */
  readonly code: string;
  /** Chosen by the plan. */
  readonly chosen: boolean;
};

export type BoardRow = {
  readonly vm: MatrixVm;
  /** Row in the matrix. */
  readonly index: number;
  readonly y: number;
  readonly h: number;
  readonly cells: readonly BoardCell[];
  /** In order; two where the VM passes through a third host. */
  readonly moves: readonly PlannedMove[];
  /** Why it stays; null where it leaves, or where there is no plan. */
  readonly stays: string | null;
  /** The code that refuses every destination: the VM itself cannot move live. */
  readonly wholly: string | null;
};

export type BoardColumn = {
  readonly host: number;
  readonly name: string;
  readonly short: string;
  readonly x: number;
  readonly w: number;
};

export type BoardLayout = {
  readonly rows: readonly BoardRow[];
  readonly columns: readonly BoardColumn[];
  readonly prefix: string;
  /** Destinations for which there is no room. */
  readonly more: number;
  /** Right edge of the names, left edge of the columns. */
  readonly left: number;
  /** Null where no plan is drawn. */
  readonly gantt: {
    readonly x: number;
    readonly w: number;
    readonly spanMs: number;
    readonly at: (ms: number) => number;
  } | null;
  readonly height: number;
};

const ROW_MIN = 19;
const ROW_MAX = 28;
const NAMES_PX = 178;
const NAMES_NARROW_PX = 150;
const COLUMN_MIN = 18;
const COLUMN_LEAST = 13; // two digits of the smallest type: every host beside each other
const COLUMN_MAX = 34;
const GAP = 14;
const RIGHT = 64; // room for a bar's duration beside its end
const COLUMNS_SHARE = 0.5; // of what names leave: the Gantt is the answer, the columns its reason
const LEAST_SPAN_MS = 10_000;

const CODES: Readonly<Record<string, string>> = {
  'ram-capacity': 'RAM',
  'vcpu-capacity': 'CPU',
  'disk-capacity': 'DSK',
  'anti-affinity': 'GRP',
  affinity: 'GRP',
  'dest-disabled': 'OFF',
  'dest-down': 'DWN',
  'zone-pin': 'AZ',
  'vm-state': 'STA',
  'power-state': 'PWR',
  'task-state': 'TSK',
  'port-binding': 'NET',
  'storage-not-mounted': 'POOL',
  'storage-unknown': 'STO',
  'cpu-model': 'CPU',
  'cpu-flags': 'CPU',
  'hypervisor-older': 'VER',
  'hypervisor-version': 'VER',
  'source-down': 'SRC',
};

/** Three letters or so for a finding's code. */
export const shortCode = (code: string): string => CODES[code] ?? code.slice(0, 3).toUpperCase();

/** What all names begin with, up to a separator: `compute-`. Empty for fewer than two names. */
export const commonPrefix = (names: readonly string[]): string => {
  const [first = ''] = names;
  if (names.length < 2) return '';
  let end = first.length;
  for (const name of names) while (!name.startsWith(first.slice(0, end))) end -= 1;
  return /^.*[-_.]/.exec(first.slice(0, end))?.[0] ?? '';
};

const byNumber = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** The code that stands in every cell of a VM: its own state refuses, not the destinations. */
const whollyOf = (m: BlockerMatrix, vm: number): string | null => {
  const asked = m.hosts.map((_, h) => h).filter((h) => verdictAt(m, vm, h) !== 'own');
  const [first] = asked;
  if (first === undefined) return null;
  const everywhere = findingsAt(m, vm, first).find(
    (f) => f.kind === 'blocker' && asked.every((h) => findingsAt(m, vm, h).some((g) => g.code === f.code)),
  );
  return everywhere?.code ?? null;
};

const cellOf = (m: BlockerMatrix, vm: number, host: number, dests: ReadonlySet<string>): BoardCell => {
  const verdict = verdictAt(m, vm, host);
  const against = findingsAt(m, vm, host).find((f) => f.kind === 'blocker' || f.kind === 'undecided');
  return {
    host,
    verdict,
    code: against === undefined ? '' : shortCode(against.code),
    chosen: dests.has(m.hosts[host] ?? ''),
  };
};

type Asked = {
  readonly matrix: BlockerMatrix;
  readonly plan: Plan | null;
  /** False: every destination, and no time axis. */
  readonly showsTime: boolean;
  readonly width: number;
  readonly height: number;
};

/** Beside a time axis the destinations of the plan; else every host that somebody could go to. */
const shownHosts = (
  { matrix, plan, showsTime }: Asked,
  most: number,
): { readonly hosts: readonly number[]; readonly left: number } => {
  const all = matrix.hosts.map((name, host) => ({ name, host })).sort((a, b) => byNumber(a.name, b.name));
  const leaving = new Set(plan?.drained ?? matrix.vms.map((v) => v.source));
  const used = new Set(plan?.moves.map((m) => m.dest));
  const wanted = all.filter(({ name }) => !leaving.has(name) && (!showsTime || used.has(name)));
  return { hosts: wanted.slice(0, most).map(({ host }) => host), left: Math.max(0, wanted.length - most) };
};

export const layoutBoard = (asked: Asked): BoardLayout => {
  const { matrix, showsTime, width, height } = asked;
  const plan = asked.plan;
  const left = width < 760 ? NAMES_NARROW_PX : NAMES_PX;
  const forColumns = (width - left - GAP) * (showsTime ? COLUMNS_SHARE : 1);
  const least = showsTime ? COLUMN_MIN : COLUMN_LEAST;
  const { hosts, left: more } = shownHosts(asked, Math.max(1, Math.floor(forColumns / least)));
  const w = Math.max(least, Math.min(COLUMN_MAX, Math.floor(forColumns / Math.max(1, hosts.length))));
  const prefix = commonPrefix(hosts.map((h) => matrix.hosts[h] ?? ''));
  const columns = hosts.map((host, i): BoardColumn => {
    const name = matrix.hosts[host] ?? '';
    return { host, name, short: name.slice(prefix.length), x: left + i * w, w };
  });
  const ganttX = left + columns.length * w + GAP;
  const ganttW = Math.max(60, width - ganttX - RIGHT);
  const spanMs = Math.max(LEAST_SPAN_MS, plan?.makespanMs ?? 0);
  const movesOf = Map.groupBy(plan?.moves ?? [], (m) => m.vm);
  const staysOf = new Map(plan?.blocked.map((b) => [b.vm, b.reasons[0]]));
  const order = matrix.vms
    .map((vm, index) => ({ vm, index, moves: movesOf.get(vm.id) ?? [] }))
    .sort(
      (a, b) =>
        Number(staysOf.has(b.vm.id)) - Number(staysOf.has(a.vm.id)) ||
        (a.moves[0]?.startMs ?? 0) - (b.moves[0]?.startMs ?? 0) ||
        byNumber(a.vm.name, b.vm.name),
    );
  const h = Math.max(ROW_MIN, Math.min(ROW_MAX, Math.floor(height / Math.max(1, order.length))));
  const rows = order.map(({ vm, index, moves }, i): BoardRow => {
    const dests = new Set(moves.filter((m) => m.kind !== 'stop').map((m) => m.dest));
    const reason = staysOf.get(vm.id);
    return {
      vm,
      index,
      y: i * h,
      h,
      cells: columns.map((c) => cellOf(matrix, index, c.host, dests)),
      moves,
      stays: reason === undefined ? null : `${reason.code}: ${reason.detail}`,
      wholly: whollyOf(matrix, index),
    };
  });
  return {
    rows,
    columns,
    prefix,
    more,
    left,
    gantt: !showsTime ? null : { x: ganttX, w: ganttW, spanMs, at: (ms) => ganttX + (ms / spanMs) * ganttW },
    height: Math.max(height, rows.length * h),
  };
};

/** The adapter that carries most, which is what a drain waits for. */
export const busiest = (loads: readonly LinkLoad[]): LinkLoad | null => loads[0] ?? null;
