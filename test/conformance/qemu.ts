// Conformance part "qemu": every measured live migration predicted from its inputs, errors by mode and bottleneck, the textbook beside.
import { join } from 'node:path';
import { CONTENDED, QUIET, UNKNOWN, type Machine } from '../../domain/migration/machine.ts';
import { forecast } from '../../domain/migration/forecast.ts';
import { estimateWrites } from '../../domain/migration/estimate.ts';
import { parsePredictLine } from '../../domain/migration/predict-input.ts';
import { predict } from '../../domain/migration/predict.ts';
import { simulateShared } from '../../domain/migration/shared-links.ts';
import { textbook } from '../../domain/migration/textbook.ts';
import type { Check, Part, PartReport } from './part.ts';
import { coverageChecks } from './qemu/coverage.ts';
import { downtimeOf, moveOf, predictLineOf, progressOf, readRows, totalMsOf, type Row } from './qemu/rows.ts';

/** Hosts busier than this count as contended; how busy they were is recorded with every run. */
const BUSY = 0.5;

type Errors = {
  readonly row: Row;
  readonly total: number;
  readonly bytes: number;
  readonly downtime: number;
  readonly downtimeMs: number;
};

type Judged = {
  readonly row: Row;
  readonly right: boolean;
  readonly errors: Errors | null;
  readonly plain: Errors | null;
};

const percentile = (values: readonly number[], p: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.round(p * (sorted.length - 1)))] ?? Number.NaN;
};

const machineOf = (row: Row): Machine => {
  if (row.host === undefined) return UNKNOWN;
  return row.host.busy_fraction > BUSY ? CONTENDED : QUIET;
};

/** Relative to what was measured; a downtime of under a millisecond counts as one. */
const errorsOf = (row: Row, got: { totalMs: number; ramBytes: number; downtimeMs: number }): Errors | null => {
  const totalMs = totalMsOf(row);
  const downtimeMs = downtimeOf(row);
  if (row.final === undefined || totalMs === null || downtimeMs === null) return null;
  return {
    row,
    total: Math.abs(got.totalMs - totalMs) / totalMs,
    bytes: Math.abs(got.ramBytes - row.final.transferred) / row.final.transferred,
    downtime: Math.abs(got.downtimeMs - downtimeMs) / Math.max(1, downtimeMs),
    downtimeMs: Math.abs(got.downtimeMs - downtimeMs),
  };
};

const judge = (row: Row): Judged => {
  const move = moveOf(row);
  const linkBytesPerS = row.inputs.link_bps > 0 ? row.inputs.link_bps : null;
  const got = forecast(move, { linkBytesPerS, machine: machineOf(row) });
  const book = textbook(move, linkBytesPerS);
  const completed = row.outcome === 'completed';
  return {
    row,
    right: got.outcome === row.outcome,
    errors: completed && got.outcome === 'completed' ? errorsOf(row, got) : null,
    plain: completed && book.outcome === 'completed' && row.mode !== 'block' ? errorsOf(row, book) : null,
  };
};

/** Runs that shared a link, predicted together. */
const judgeGroup = (rows: readonly Row[]): Judged[] => {
  const capacity = rows[0]?.shared_link_bps ?? 0;
  const results = simulateShared(
    rows.map((row) => ({ move: moveOf(row), links: [0], readyMs: (row.start_after_s ?? 0) * 1000, queue: null })),
    { capacities: [capacity], background: [], perQueue: rows.length, machine: machineOf(rows[0]!) },
  );
  return rows.map((row, i) => {
    const got = results[i] ?? null;
    const book = textbook(moveOf(row), capacity / rows.length);
    return {
      row,
      right: got?.outcome === row.outcome,
      errors: got?.outcome === 'completed' ? errorsOf(row, got) : null,
      plain: book.outcome === 'completed' ? errorsOf(row, book) : null,
    };
  });
};

/** The same runs through the door of `understudy predict`, which does not know how busy the hosts were. */
const judgeDoor = (rows: readonly Row[]): Judged[] =>
  rows
    .filter((row) => row.action === undefined || (row.action.type === 'postcopy' && row.action.then === undefined))
    .map((row) => {
      const read = parsePredictLine(JSON.stringify(predictLineOf(row)));
      if (!read.ok) throw new Error(`${row.id} is refused: ${read.error.join(' ')}`);
      const got = predict(read.value, { keepRounds: false });
      const completed = row.outcome === 'completed' && got.outcome === 'completed';
      return {
        row,
        right: got.outcome === row.outcome,
        errors: completed ? errorsOf(row, got) : null,
        plain: null,
      };
    });

/** Write rate and working set read back from recorded progress, where the syncs of a run tell both. */
const estimateChecks = (rows: readonly Row[]): Check[] => {
  const told = rows.flatMap((row) => {
    if (row.mode !== 'precopy' || row.action !== undefined || row.inputs.dirty_pps === 0) return [];
    const found = estimateWrites(progressOf(row));
    if (found === null || found.isLowerBound || found.workingSetBytes === null) return [];
    return [
      {
        rate: 100 * Math.abs(found.dirtyPagesPerS / row.inputs.dirty_pps - 1),
        set: 100 * Math.abs(found.workingSetBytes / row.inputs.working_set_bytes - 1),
      },
    ];
  });
  const check = (what: string, values: readonly number[]): Check => ({
    name: `estimated from progress (${told.length} runs): ${what} median`,
    value: percentile(values, 0.5),
    unit: '%',
    limit: null,
  });
  if (told.length === 0) return [];
  return [
    check(
      'write rate',
      told.map((t) => t.rate),
    ),
    check(
      'working set',
      told.map((t) => t.set),
    ),
  ];
};

type Limits = {
  readonly total?: number;
  readonly totalP90?: number;
  readonly bytes?: number;
  readonly downtime?: number;
};

const checksOf = (name: string, judged: readonly Judged[], limits: Limits): Check[] => {
  const errors = judged.map((j) => j.errors).filter((e) => e !== null);
  if (errors.length === 0) return [];
  const check = (what: string, value: number, unit: string, limit: number | undefined): Check => ({
    name: `${name}: ${what}`,
    value,
    unit,
    limit: limit ?? null,
  });
  const pct = (pick: (e: Errors) => number, p: number): number => 100 * percentile(errors.map(pick), p);
  return [
    check(
      'total median',
      pct((e) => e.total, 0.5),
      '%',
      limits.total,
    ),
    check(
      'total p90',
      pct((e) => e.total, 0.9),
      '%',
      limits.totalP90,
    ),
    check(
      'bytes median',
      pct((e) => e.bytes, 0.5),
      '%',
      limits.bytes,
    ),
    check(
      'bytes p90',
      pct((e) => e.bytes, 0.9),
      '%',
      undefined,
    ),
    check(
      'downtime median',
      pct((e) => e.downtime, 0.5),
      '%',
      limits.downtime,
    ),
    check(
      'downtime median',
      percentile(
        errors.map((e) => e.downtimeMs),
        0.5,
      ),
      'ms',
      undefined,
    ),
    check(
      'downtime p90',
      percentile(
        errors.map((e) => e.downtimeMs),
        0.9,
      ),
      'ms',
      undefined,
    ),
  ];
};

const textbookNote = (name: string, judged: readonly Judged[]): string => {
  const plain = judged.map((j) => j.plain).filter((e) => e !== null);
  if (plain.length === 0) return `textbook, ${name}: does not describe it, or completes none`;
  const pct = (pick: (e: Errors) => number, p: number): string =>
    `${(100 * percentile(plain.map(pick), p)).toFixed(1)} %`;
  return (
    `textbook, ${name}: total ${pct((e) => e.total, 0.5)} / ${pct((e) => e.total, 0.9)}, ` +
    `bytes ${pct((e) => e.bytes, 0.5)} / ${pct((e) => e.bytes, 0.9)}, downtime ${pct((e) => e.downtime, 0.5)} ` +
    `(${plain.length} runs it completes)`
  );
};

const outcomeCheck = (name: string, judged: readonly Judged[], limit: number | null): Check => ({
  name: `${name}: outcome right (${judged.filter((j) => j.right).length} of ${judged.length})`,
  value: (100 * judged.filter((j) => j.right).length) / judged.length,
  unit: '%',
  limit,
  sense: 'at least',
});

const run = (dataDir: string): PartReport => {
  const rows = readRows(join(dataDir, 'qemu/migrations.jsonl'));
  if (rows.length === 0)
    return { checks: [], notes: [], skipped: [{ name: 'qemu', why: 'migrations.jsonl is empty' }] };
  const judged = rows.map(judge);
  const door = judgeDoor(rows);
  const concurrent = readRows(join(dataDir, 'qemu/concurrent.jsonl'));
  const together = [...Map.groupBy(concurrent, (r) => `${r.group} ${r.repeat}`).values()].flatMap(judgeGroup);
  const of = (mode: string): Judged[] => judged.filter((j) => j.row.mode === mode);
  // Post-copy stops its guest for milliseconds whatever the link; its downtime is judged in milliseconds.
  const isLinkLimited = (j: Judged): boolean => j.row.limited_by === 'link' && j.row.mode !== 'postcopy';
  const link = judged.filter(isLinkLimited);
  const checks: Check[] = [
    outcomeCheck('all', [...judged, ...together], 99),
    ...checksOf('all', judged, { total: 2, totalP90: 10, bytes: 0.3 }),
    ...checksOf('link-limited', link, { downtime: 6 }),
    ...checksOf('auto-converge', of('autoconverge'), { total: 4 }),
    ...checksOf('post-copy', of('postcopy'), { total: 4 }),
    ...checksOf('concurrent', together, { total: 2 }),
    outcomeCheck('through predict', door, 99),
    ...checksOf('through predict', door, { total: 2, totalP90: 10, bytes: 0.3 }),
    ...checksOf('through predict, link-limited', door.filter(isLinkLimited), { downtime: 6 }),
    ...estimateChecks(rows),
  ];
  const notes: string[] = [textbookNote('all', judged)];
  for (const [name, group] of Map.groupBy(judged, (j) => `${j.row.mode} / ${j.row.limited_by}`)) {
    checks.push(outcomeCheck(name, group, null), ...checksOf(name, group, {}));
    notes.push(textbookNote(name, group));
  }
  notes.push(textbookNote('concurrent', together));
  const banded = judged.map((j) => j.errors).filter((e) => e !== null);
  checks.push(...coverageChecks(rows));
  const wrong = judged.filter((j) => !j.right).map((j) => `${j.row.id} (${j.row.outcome})`);
  if (wrong.length > 0) notes.push(`outcome wrong: ${wrong.join(', ')}`);
  const worst = banded.toSorted((a, b) => b.total - a.total).slice(0, 5);
  notes.push(`worst total: ${worst.map((e) => `${e.row.id} ${(100 * e.total).toFixed(0)} %`).join(', ')}`);
  return { checks, skipped: [], notes };
};

export const qemu: Part = {
  name: 'qemu',
  needs: ['qemu/migrations.jsonl', 'qemu/concurrent.jsonl'],
  run: async (dataDir) => run(dataDir),
};
