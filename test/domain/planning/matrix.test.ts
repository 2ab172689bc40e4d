// The blocker matrix says the same as the check it is made of, each finding once.
import { expect, test } from 'vitest';
import { blockerMatrix, findingsAt, verdictAt } from '../../../domain/planning/matrix.ts';
import { check } from '../../../domain/planning/check.ts';
import { NO_SURROUNDINGS } from '../../../domain/scheduling/blockers-hardware.ts';
import { seededCluster } from './clusters.ts';

const LINK = 1e9;
const state = seededCluster('matrix', { hosts: 12, vms: 90, groups: 4, racks: 3 });
const host = state.hosts.find((h) => h.vms.length > 2)?.name ?? '';

test('every cell holds the verdict of the check, and the own host none', () => {
  const matrix = blockerMatrix(state, NO_SURROUNDINGS, { vms: [], hosts: [host] }, LINK);
  const checked = check(state, NO_SURROUNDINGS, { host }, LINK);
  if (!matrix.ok || !checked.ok) throw new Error('the host is there');
  const m = matrix.value;
  expect(m.vms.map((v) => v.id).sort()).toEqual([...new Set(checked.value.verdicts.map((v) => v.vm))].sort());
  for (const v of checked.value.verdicts) {
    const [row, column] = [m.vms.findIndex((vm) => vm.id === v.vm), m.hosts.indexOf(v.dest)];
    expect(findingsAt(m, row, column)).toEqual([...v.reasons, ...v.risks, ...v.unknown]);
    expect(verdictAt(m, row, column) === 'open').toBe(v.ok);
  }
  expect(m.vms.map((_, row) => verdictAt(m, row, m.hosts.indexOf(host)))).toEqual(m.vms.map(() => 'own'));
  expect(new Set(m.findings.map((f) => JSON.stringify(f))).size).toBe(m.findings.length);
});

test('a VM asked for by name and by its host has one row', () => {
  const vm = state.vms.find((v) => v.host === host);
  const matrix = blockerMatrix(state, NO_SURROUNDINGS, { vms: [vm?.name ?? ''], hosts: [host] }, LINK);
  if (!matrix.ok) throw new Error(matrix.error);
  expect(matrix.value.vms.filter((v) => v.id === vm?.id)).toHaveLength(1);
  expect(matrix.value.cells).toHaveLength(matrix.value.vms.length * matrix.value.hosts.length);
});

test('who is not there is named', () => {
  const matrix = blockerMatrix(state, NO_SURROUNDINGS, { vms: ['nobody'], hosts: [] }, LINK);
  expect(matrix).toMatchObject({ ok: false, error: expect.stringContaining('nobody') });
});
