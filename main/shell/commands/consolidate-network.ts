// The part of understudy consolidate that shows what knowing the traffic changes: blind and aware placement side by side.
import { ok } from '../../../domain/base/result.ts';
import { WEIGHT_WORDS } from '../../../domain/consolidation/network/objective.ts';
import { sideBySide } from '../../../domain/consolidation/network/side-by-side.ts';
import type { Ending, Stage } from '../command-line/command.ts';
import type { JsonOption } from '../command-line/options.ts';
import { table } from '../command-line/table.ts';

const FIGURES = [
  ['watts', 'power, W', 0],
  ['vmWatts', 'power if forwarding took no CPU, W', 0],
  ['hostsOn', 'hosts on', 0],
  ['datapathMips', 'datapath CPU between hosts, MIPS', 0],
  ['crossGbps', 'traffic between hosts, Gbit/s', 2],
  ['lackingMips', 'CPU lacking, MIPS', 0],
  ['movedMB', 'memory to move, MB', 0],
] as const;

const change = (before: number, after: number): string | null =>
  before === 0 ? null : `${after >= before ? '+' : ''}${((after / before - 1) * 100).toFixed(1)} %`;

export type NetworkOptions = JsonOption & { readonly chatty: number; readonly seed: string; readonly rates: number };

export const runNetwork = async ({ terminal }: Stage, options: NetworkOptions): Promise<Ending> => {
  const { chatty: vms, seed, rates, json = false } = options;
  const told = sideBySide(vms, seed, rates);
  const figures = table(FIGURES, [
    { head: `${vms} VMs, ${told.flows} PAIRS`, cell: ([, words]) => words },
    { head: 'START', cell: ([name, , digits]) => told.start[name].toFixed(digits) },
    { head: 'BLIND', cell: ([name, , digits]) => told.blind[name].toFixed(digits) },
    { head: 'AWARE', cell: ([name, , digits]) => told.aware[name].toFixed(digits) },
    { head: 'AWARE TO BLIND', cell: ([name]) => change(told.blind[name], told.aware[name]) },
  ]);
  const weights = table(WEIGHT_WORDS, [
    { head: 'WEIGHT', cell: ([name]) => name },
    { head: 'VALUE', cell: ([name]) => Number(told.weights[name].toPrecision(3)) },
    { head: 'WHAT IT WEIGHS', cell: ([, words]) => words },
  ]);
  await terminal.write(json ? `${JSON.stringify(told)}\n` : `${figures}\n${weights}`);
  return ok(0);
};
