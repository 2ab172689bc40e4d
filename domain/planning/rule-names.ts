// Rules name VMs by id, as plans are kept; people read names.
import type { ClusterState } from '../readout/state.ts';
import type { Constraint } from './constraints.ts';
import type { Plan } from './plan.ts';

const idsIn = (rules: readonly Constraint[]): ReadonlySet<string> =>
  new Set(rules.flatMap((c) => [...('vms' in c ? c.vms : []), ...(c.kind === 'split' ? c.groups.flat() : [])]));

/** A text with the ids that the rules speak of replaced by names. */
export const namerOf = (state: ClusterState, rules: readonly Constraint[]): ((text: string) => string) => {
  const ids = idsIn(rules);
  const named = state.vms.filter((vm) => ids.has(vm.id) && vm.name !== vm.id);
  return (text) => named.reduce((told, { id, name }) => told.replaceAll(id, name), text);
};

/** The plan with every sentence that quotes a rule in names. */
export const withNames = (plan: Plan, state: ClusterState, rules: readonly Constraint[]): Plan => {
  if (rules.length === 0) return plan;
  const named = namerOf(state, rules);
  const { report } = plan;
  const { conflict } = report;
  return {
    ...plan,
    blocked: plan.blocked.map((b) => ({ ...b, reasons: b.reasons.map((r) => ({ ...r, detail: named(r.detail) })) })),
    report: {
      ...report,
      notes: report.notes.map(named),
      conflict:
        conflict === null
          ? null
          : {
              ...conflict,
              because: conflict.because.map(named),
              relaxation: conflict.relaxation === null ? null : named(conflict.relaxation),
            },
    },
  };
};
