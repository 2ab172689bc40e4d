// understudy estimate: what a guest writes, read from the progress of its own migration, and what knowing it changes.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { estimateWrites, type WriteEstimate } from '../../../domain/migration/estimate.ts';
import { type EstimateEffect, estimateEffect } from '../../../domain/migration/estimate-effect.ts';
import { UNKNOWN } from '../../../domain/migration/machine.ts';
import { NOVA_DEFAULTS } from '../../../domain/migration/nova-options.ts';
import { novaMove } from '../../../domain/migration/nova-move.ts';
import { progressIn, type ToldProgress } from '../../../domain/migration/progress.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import { seconds } from '../../../domain/readout/words.ts';
import type { AddCommand, Ending } from '../command-line/command.ts';
import { type JsonOption, withJson } from '../command-line/options.ts';
import { readInput } from '../command-line/read-input.ts';
import { table } from '../command-line/table.ts';
import type { Terminal } from '../command-line/terminal.ts';

const BYTES_PER_MIB = 1_048_576;
const MS_PER_S = 1000;

type Estimated = {
  readonly told: ToldProgress;
  readonly linkBytesPerS: number;
  readonly found: WriteEstimate;
  readonly effect: EstimateEffect;
};

/** Bytes a second between the first sample and the last: what the migration got of its way. */
const rateOf = ({ samples }: ToldProgress): number => {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
  return ((last.transferredBytes - first.transferredBytes) * MS_PER_S) / (last.atMs - first.atMs);
};

/** Null where the samples show no bitmap sync, or nothing was sent between them. */
const estimated = (told: ToldProgress): Estimated | null => {
  const found = estimateWrites(told.samples);
  const linkBytesPerS = rateOf(told);
  if (found === null || linkBytesPerS <= 0) return null;
  const o = PLAN_DEFAULTS;
  const memory = {
    flavorRamMiB: told.totalBytes / BYTES_PER_MIB,
    touchedBytes: told.totalBytes * o.touchedShare,
    workingSetBytes: told.totalBytes * o.workingSetShare,
    dirtyPagesPerS: o.dirtyPagesPerS,
    pattern: 'random' as const,
    disks: [],
    sharedStorage: false,
    postCopyPossible: true,
  };
  const effect = estimateEffect(novaMove(memory, NOVA_DEFAULTS, o.qemu), found, { linkBytesPerS, machine: UNKNOWN });
  return { told, linkBytesPerS, found, effect };
};

const mib = (bytes: number): string => `${Math.round(bytes / BYTES_PER_MIB)} MiB`;

type Predicted = EstimateEffect['assumed'];
const outcome = (f: Predicted): string =>
  f.outcome === 'completed' ? `${seconds(f.totalMs)}, stops ${Math.round(f.downtimeMs)} ms` : f.outcome;

const readable = (rows: readonly Estimated[]): string =>
  table(rows, [
    { head: 'MIGRATION', cell: (e) => e.told.name },
    { head: 'LOOKS', cell: (e) => e.told.samples.length },
    { head: 'SYNCS', cell: (e) => e.found.syncs },
    { head: 'LINK', cell: (e) => `${Math.round(e.linkBytesPerS / 1e6)} MB/s` },
    {
      head: 'WRITES',
      cell: (e) => `${e.found.isLowerBound ? 'at least ' : ''}${Math.round(e.found.dirtyPagesPerS)} pages/s`,
    },
    {
      head: 'WORKING SET',
      cell: (e) => (e.found.workingSetBytes === null ? 'not told' : mib(e.found.workingSetBytes)),
    },
    { head: 'AS ASSUMED', cell: (e) => outcome(e.effect.assumed) },
    { head: 'AS ESTIMATED', cell: (e) => outcome(e.effect.estimated) },
  ]) +
  `Assumed without the estimate: ${PLAN_DEFAULTS.dirtyPagesPerS} pages/s into ${PLAN_DEFAULTS.workingSetShare * 100} % of RAM.\n`;

const jsonOf = ({ told, linkBytesPerS, found, effect }: Estimated): object => {
  const figures = (f: Predicted): object => ({
    outcome: f.outcome,
    totalMs: f.totalMs,
    downtimeMs: f.downtimeMs,
    bytes: f.ramBytes + f.diskBytes,
  });
  return {
    migration: told.name,
    samples: told.samples.length,
    linkBytesPerS,
    ...found,
    assumed: figures(effect.assumed),
    estimated: figures(effect.estimated),
  };
};

const all = (text: string): Result<readonly Estimated[], string> => {
  const told = progressIn(text);
  if (told.length === 0)
    return err(
      'There is no progress of a migration here: give lines of nova-compute ("Migration running for ... secs"), or answers of QMP\'s query-migrate, one JSON object a line.',
    );
  const found = told.map(estimated).filter((e) => e !== null);
  if (found.length === 0)
    return err(
      `${told.length === 1 ? 'The migration here tells' : `None of ${told.length} migrations here tells`} too little: an estimate needs two looks at a running copy, and from QMP a bitmap sync between them.`,
    );
  return ok(found);
};

const estimateAll = async (terminal: Terminal, path: string | null, json: boolean): Promise<Ending> => {
  const text = readInput(path);
  if (!text.ok) return text;
  const found = all(text.value);
  if (!found.ok) return found;
  if (!json) await terminal.write(readable(found.value));
  else for (const e of found.value) await terminal.write(`${JSON.stringify(jsonOf(e))}\n`);
  return ok(0);
};

export const estimate: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('estimate [file]')
    .description(
      "estimate what guests write from their migrations' progress in a nova-compute log or QMP's query-migrate",
    );
  withJson(command).action((file: string | undefined, options: JsonOption) =>
    run(() => estimateAll(terminal, file ?? null, options.json === true)),
  );
};
