// The board of a plan and the chart of a move: places, order and points from values alone.
import { expect, test } from 'vitest';
import { pendingPoints } from '../../renderer/charts/rounds.ts';
import type { BlockerMatrix } from '../../domain/planning/matrix.ts';
import type { Plan, PlannedMove } from '../../domain/planning/plan.ts';
import { commonPrefix, layoutBoard } from '../../renderer/surfaces/plan-board-layout.ts';

const row = (id: string) => ({ id, name: id, source: 'n-1', ramMiB: 1024, storage: 'shared' as const });
const stopped = { kind: 'blocker' as const, code: 'vm-state', detail: 'is stopped', fix: null };
const full = { kind: 'blocker' as const, code: 'ram-capacity', detail: 'is full', fix: null };

const matrix: BlockerMatrix = {
  vms: [row('a'), row('b'), row('c')],
  hosts: ['n-1', 'n-2', 'n-3'],
  findings: [stopped, full],
  cells: [null, [], [1], null, [0], [0, 1], null, [], []],
  unknown: [],
};
const move = (vm: string, dest: string, startMs: number): PlannedMove => ({
  vm,
  name: vm,
  source: 'n-1',
  dest,
  kind: 'live',
  storage: 'shared',
  startMs,
  endMs: startMs + 20_000,
  downtimeMs: 30,
  bytes: 1e9,
  after: [],
  because: '',
});
const plan: Plan = {
  feasible: false,
  drained: ['n-1'],
  goals: [{ kind: 'drain', hosts: ['n-1'] }],
  moves: [move('c', 'n-2', 0), move('a', 'n-2', 20_000)],
  makespanMs: 40_000,
  lowerBoundMs: 40_000,
  blocked: [{ vm: 'b', name: 'b', reasons: [stopped] }],
  report: {
    considered: { vms: 3, destinations: 2, plans: [] },
    chosen: '',
    refused: {},
    lowerBound: '',
    spare: null,
    conflict: null,
    assumptions: [],
    notes: [],
  },
};
const SIZE = { width: 900, height: 400 };

test('who stays comes first, then by start; beside time only destinations in use', () => {
  const board = layoutBoard({ matrix, plan, showsTime: true, ...SIZE });
  expect(board.rows.map((r) => r.vm.id)).toEqual(['b', 'c', 'a']);
  expect(board.rows[0]).toMatchObject({ stays: 'vm-state: is stopped', wholly: 'vm-state' });
  expect(board.columns.map((c) => c.name)).toEqual(['n-2']);
  expect(board.rows.map((r) => r.cells[0]?.chosen)).toEqual([false, true, true]);
});

test('without time every destination has a column, and all of them fit the width', () => {
  const board = layoutBoard({ matrix, plan, showsTime: false, ...SIZE });
  expect(board.columns.map((c) => c.short)).toEqual(['2', '3']);
  expect(board.rows.find((r) => r.vm.id === 'a')?.cells.map((c) => c.verdict)).toEqual(['open', 'blocked']);
  expect(board.gantt).toBeNull();
});

test('bars lie one after the other inside the axis', () => {
  const { gantt } = layoutBoard({ matrix, plan, showsTime: true, ...SIZE });
  expect(gantt?.at(0)).toBe(gantt?.x);
  expect(gantt?.at(plan.makespanMs)).toBeCloseTo((gantt?.x ?? 0) + (gantt?.w ?? 0));
});

test.each([
  [['compute-01', 'compute-12'], 'compute-'],
  [['compute-1'], ''],
  [['a1', 'a2'], ''],
  [['r1.n1', 'r1.n2'], 'r1.'],
])('what %j begin with is %j', (names, prefix) => {
  expect(commonPrefix(names)).toBe(prefix);
});

test('pending falls within a round and rises at its sync', () => {
  const round = {
    startMs: 0,
    endMs: 1000,
    pendingStartBytes: 8e9,
    pendingEndBytes: 2e9,
    thresholdBytes: 1e9,
    sentBytes: 6e9,
    throttlePct: 0,
    repeats: 2,
  };
  const points = pendingPoints([round]);
  const half = points.filter(([s]) => s <= 0.5);
  expect(half[0]).toEqual([0, 8e9]);
  expect(points.filter(([s]) => s === 0.5).map(([, bytes]) => bytes)).toEqual([2e9, 8e9]);
  expect(points.at(-1)).toEqual([1, 2e9]);
});
