// The blocker matrix as a window asks for it: VMs by destinations, every distinct finding told once.
import { err, ok, type Result } from '../base/result.ts';
import type { ClusterState } from '../readout/state.ts';
import type { Surroundings } from '../scheduling/blockers-hardware.ts';
import type { Finding } from '../scheduling/finding.ts';
import { check } from './check.ts';

export type MatrixVm = {
  readonly id: string;
  readonly name: string;
  readonly source: string | null;
  readonly ramMiB: number | null;
  readonly storage: 'local' | 'shared' | 'volume' | null;
};

export type BlockerMatrix = {
  readonly vms: readonly MatrixVm[];
  readonly hosts: readonly string[];
  readonly findings: readonly Finding[];
  /** Row after row: indices into `findings`, blockers first; null where there is no question, on the VM's own host. */
  readonly cells: readonly (readonly number[] | null)[];
  /** What Nova looks at besides and no log tells, true of every cell. */
  readonly unknown: readonly Finding[];
};

/** A word for what a cell says: `undecided` where a fact that decides is not in the log. */
export type CellVerdict = 'own' | 'open' | 'undecided' | 'blocked';

/** Who is asked about: VMs by id or name, and all VMs of hosts. */
export type MatrixQuestion = { readonly vms: readonly string[]; readonly hosts: readonly string[] };

/** The findings of one cell, blockers first; empty on the VM's own host. */
export const findingsAt = (m: BlockerMatrix, vm: number, host: number): readonly Finding[] =>
  (m.cells[vm * m.hosts.length + host] ?? []).flatMap((i) => m.findings[i] ?? []);

export const verdictAt = (m: BlockerMatrix, vm: number, host: number): CellVerdict => {
  if (m.cells[vm * m.hosts.length + host] === null) return 'own';
  const found = findingsAt(m, vm, host);
  if (found.some((f) => f.kind === 'blocker')) return 'blocked';
  return found.some((f) => f.kind === 'undecided') ? 'undecided' : 'open';
};

/** Answers for every VM asked about, in the order asked. Errors: a VM or host that is not there. */
export const blockerMatrix = (
  state: ClusterState,
  around: Surroundings,
  asked: MatrixQuestion,
  linkBytesPerS: number,
): Result<BlockerMatrix, string> => {
  const hosts = state.hosts.map((h) => h.name);
  const column = new Map(hosts.map((name, i) => [name, i]));
  const vms = new Map<string, MatrixVm>();
  const cells: (readonly number[] | null)[] = [];
  const findings = new Map<string, { readonly index: number; readonly finding: Finding }>();
  const indexOf = (finding: Finding): number => {
    const key = JSON.stringify(finding);
    const known = findings.get(key) ?? { index: findings.size, finding };
    findings.set(key, known);
    return known.index;
  };
  let unknown: readonly Finding[] = [];
  const questions = [...asked.vms.map((vm) => ({ vm, to: null })), ...asked.hosts.map((host) => ({ host }))];
  const byId = new Map(state.vms.map((vm) => [vm.id, vm]));
  for (const question of questions) {
    const answer = check(state, around, question, linkBytesPerS);
    if (!answer.ok) return err(answer.error);
    unknown = answer.value.unknown;
    for (const [id, verdicts] of Map.groupBy(answer.value.verdicts, (v) => v.vm)) {
      const vm = byId.get(id);
      if (vm === undefined || vms.has(id)) continue;
      const { name, host: source, ramMiB, storage } = vm;
      vms.set(id, { id, name, source, ramMiB, storage });
      const row: (readonly number[] | null)[] = hosts.map(() => null);
      for (const v of verdicts) {
        const at = column.get(v.dest);
        if (at !== undefined) row[at] = [...v.reasons, ...v.risks, ...v.unknown].map(indexOf);
      }
      cells.push(...row);
    }
  }
  const told = [...findings.values()].map((f) => f.finding);
  return ok({ vms: [...vms.values()], hosts, findings: told, cells, unknown });
};
