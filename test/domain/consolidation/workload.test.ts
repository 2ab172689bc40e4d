// A workload file is taken whole or refused with the line and field that are wrong.
import { expect, test } from 'vitest';
import { parseWorkload, reorderWorkload, workloadFaultText } from '../../../domain/consolidation/workload.ts';

const faultOf = (csv: string): string => {
  const result = parseWorkload(csv);
  return result.ok ? 'accepted' : workloadFaultText(result.error);
};

test('reads VMs, steps and samples row by row', () => {
  const result = parseWorkload('vm,s0,s1,s2\na,1,2,3\r\nb,4,5.5,100\n\n');
  expect(result.ok && result.value.vms).toEqual(['a', 'b']);
  expect(result.ok && result.value.steps).toBe(3);
  expect(result.ok && [...result.value.samples]).toEqual([1, 2, 3, 4, 5.5, 100]);
});

test.each([
  ['vm,s0,s1\na,1,\n', 'line 2, field s1: the sample is missing'],
  ['vm,s0,s1\na,1,2\nb,1\n', 'line 3, field s1: the sample is missing'],
  ['vm,s0,s1\na,-1,2\n', 'line 2, field s0: -1 % is negative'],
  ['vm,s0,s1\na,1,101\n', 'line 2, field s1: 101 % is more than 100 %'],
  ['vm,s0,s1\na,1,x\n', 'line 2, field s1: "x" is not a number'],
  ['vm,s0,s1\na,1,NaN\n', 'line 2, field s1: "NaN" is not a number'],
  ['vm,s0,s1\na,1,2,3\n', 'line 2, field 4: more fields than the header names'],
  ['vm,s0,s1\na,1,2\na,1,2\n', 'line 3, field vm: a is already on line 2'],
  ['vm,s0,s1\n,1,2\n', 'line 2, field vm: the VM has no name'],
  ['vm,s0\na,1\n', 'line 1, field s0: needs at least 2 samples a VM'],
  ['vm,s0,s1\n', 'line 1, field vm: no VM follows the header'],
  ['host,s0,s1\na,1,2\n', 'line 1, field vm: the header must start with "vm"'],
  ['', 'line 1, field vm: the header must start with "vm"'],
])('%j is refused: %s', (csv, why) => {
  expect(faultOf(csv)).toBe(why);
});

test('an order names VMs of the workload only', () => {
  const workload = parseWorkload('vm,s0,s1\na,1,2\nb,3,4\n');
  if (!workload.ok) throw new Error('the workload is good');
  const swapped = reorderWorkload(workload.value, ['b', 'a']);
  expect(swapped.ok && [...swapped.value.samples]).toEqual([3, 4, 1, 2]);
  expect(reorderWorkload(workload.value, ['c'])).toEqual({ ok: false, error: 'no VM of the workload is called c' });
});
