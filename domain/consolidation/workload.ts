// A workload: the CPU utilization of many VMs on one time grid, read from CSV with nothing taken on trust.
import { err, ok, type Result } from '../base/result.ts';

export type Workload = {
  readonly vms: readonly string[];
  /** Samples a VM; sample s belongs to the instant s * 300 s. */
  readonly steps: number;
  /** Percent of the VM's own CPU, row by row: VM v at step s is samples[v * steps + s]. */
  readonly samples: Float64Array;
};

/** Where a workload file is not what it claims; `line` counts from 1 with the header, `field` is the column's name. */
export type WorkloadFault = { readonly line: number; readonly field: string; readonly why: string };

/** One sentence for the person who gave us the file. */
export const workloadFaultText = (f: WorkloadFault): string => `line ${f.line}, field ${f.field}: ${f.why}`;

/** Fewer samples have no interval between them. */
const STEPS_MIN = 2;

const readSample = (text: string): number | string => {
  const trimmed = text.trim();
  if (trimmed === '') return 'the sample is missing';
  const value = Number(trimmed);
  if (!Number.isFinite(value)) return `"${trimmed}" is not a number`;
  if (value < 0) return `${trimmed} % is negative`;
  if (value > 100) return `${trimmed} % is more than 100 %`;
  return value;
};

/**
 * Reads `vm,s0,s1,...` with one VM a line and samples in percent.
 *
 * Refuses the whole file at the first hole, non-number, sample below 0 or above 100, row of another length than the
 * header, empty or repeated VM name: a consolidation run on half a trace would compare nothing with nothing.
 */
export const parseWorkload = (csvText: string): Result<Workload, WorkloadFault> => {
  const lines = csvText.split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  const header = (lines[0] ?? '').split(',').map((name) => name.trim());
  if (header[0] !== 'vm') return err({ line: 1, field: 'vm', why: 'the header must start with "vm"' });
  const steps = header.length - 1;
  if (steps < STEPS_MIN) return err({ line: 1, field: 's0', why: `needs at least ${STEPS_MIN} samples a VM` });
  if (lines.length === 1) return err({ line: 1, field: 'vm', why: 'no VM follows the header' });

  const vms: string[] = [];
  const seen = new Map<string, number>();
  const samples = new Float64Array((lines.length - 1) * steps);
  for (let row = 0; row < lines.length - 1; row++) {
    const line = row + 2;
    const fields = lines[row + 1]!.split(',');
    const vm = fields[0]!.trim();
    if (vm === '') return err({ line, field: 'vm', why: 'the VM has no name' });
    const first = seen.get(vm);
    if (first !== undefined) return err({ line, field: 'vm', why: `${vm} is already on line ${first}` });
    if (fields.length > header.length)
      return err({ line, field: `${header.length + 1}`, why: 'more fields than the header names' });
    for (let s = 0; s < steps; s++) {
      const value = readSample(fields[s + 1] ?? '');
      if (typeof value === 'string') return err({ line, field: header[s + 1]!, why: value });
      samples[row * steps + s] = value;
    }
    seen.set(vm, line);
    vms.push(vm);
  }
  return ok({ vms, steps, samples });
};

/** The same VMs in another order; every name must be one of the workload's. */
export const reorderWorkload = (workload: Workload, names: readonly string[]): Result<Workload, string> => {
  const rowOf = new Map(workload.vms.map((name, row) => [name, row]));
  const { steps } = workload;
  const samples = new Float64Array(names.length * steps);
  for (const [to, name] of names.entries()) {
    const from = rowOf.get(name);
    if (from === undefined) return err(`no VM of the workload is called ${name}`);
    samples.set(workload.samples.subarray(from * steps, (from + 1) * steps), to * steps);
  }
  return ok({ vms: names, steps, samples });
};
