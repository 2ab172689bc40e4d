// Consolidation to hand over: policies side by side, or the plan for a cluster with its reasons.
import type { ConsolidationReport } from '../consolidation/experiment-report.ts';
import type { PlanReport, Safety } from '../consolidation/live/report.ts';
import { duration, percent, plural } from '../readout/words.ts';
import { type Document, list, type Provenance, section, table, text } from './document.ts';

const kwh = (n: number): string => n.toFixed(2);

/** Policies over one day of CPU traces. */
export const policiesReport = (report: ConsolidationReport, provenance: Provenance): Document => {
  const { workload, rows, boundKwh, experiment, hosts } = report;
  const cheapest = rows.filter((r) => r.onFront).toSorted((a, b) => a.energyKwh - b.energyKwh)[0];
  const bound = boundKwh === null ? '' : ` No placement of the same demand takes less than ${kwh(boundKwh)} kWh.`;
  return {
    title: `Consolidation policies on ${workload.name}`,
    verdict:
      cheapest === undefined
        ? 'No policy was run.'
        : `${cheapest.policy} takes the least energy of those that no other beats in everything: ${kwh(cheapest.energyKwh)} kWh with ${plural(cheapest.migrations, 'migration')}.${bound}`,
    provenance,
    sections: [
      ...section('Policies', [
        text(
          `${experiment === 'cloudsim' ? "CloudSim's rules" : 'The honest rules'}, ${plural(hosts, 'host')}, ${plural(workload.vms, 'VM')}, ${plural(workload.steps, 'interval')} of 5 min.`,
        ),
        table(rows, [
          { head: 'policy', cell: (r) => r.policy },
          { head: 'kWh', right: true, cell: (r) => kwh(r.energyKwh) },
          { head: 'over bound', right: true, cell: (r) => (r.overBound === null ? null : percent(r.overBound)) },
          { head: 'migrations', right: true, cell: (r) => r.migrations },
          { head: 'PDM', right: true, cell: (r) => r.pdm.toExponential(2) },
          { head: 'SLATAH', right: true, cell: (r) => r.slatah.toExponential(2) },
          { head: 'SLAV', right: true, cell: (r) => r.slav.toExponential(2) },
          { head: 'ESV', right: true, cell: (r) => r.esv.toExponential(2) },
          { head: 'CPU short', right: true, cell: (r) => r.shortfall.toExponential(2) },
          { head: 'hosts on', right: true, cell: (r) => r.meanHostsOn.toFixed(1) },
          { head: 'shutdowns', right: true, cell: (r) => r.shutdowns },
          { head: 'on the front', cell: (r) => (r.onFront ? 'yes' : 'no') },
        ]),
      ]),
    ],
  };
};

const safety = (s: Safety): string =>
  s.safe === true
    ? 'any one host may fail'
    : `${s.failures} of ${plural(s.of, 'single failure')} would leave VMs without a home`;

/** A plan for a cluster at an instant. */
export const consolidationPlanReport = (plan: PlanReport, provenance: Provenance): Document => ({
  title: `Consolidation plan for ${plan.at}`,
  verdict: plan.verdict,
  provenance,
  sections: [
    ...section('Before and after', [
      list([
        `Hosts on: ${plan.before.hostsOn} before, ${plan.after.hostsOn} after; ${Math.round(plan.before.watts)} W before, ${Math.round(plan.after.watts)} W after.`,
        `N+1 before: ${safety(plan.before.n1)}.`,
        `N+1 after, with the emptied hosts asleep: ${safety(plan.after.n1)}.`,
        `N+1 after, once they are awake again: ${safety(plan.awakeN1)}.`,
        `Moves take ${duration(plan.ordering.makespanS * 1000)}: ${plan.ordering.why}`,
      ]),
    ]),
    ...section('Moves', [
      plan.moves.length === 0
        ? text('Nothing has to move.')
        : table(plan.moves, [
            { head: 'step', right: true, cell: (m) => m.order },
            { head: 'VM', cell: (m) => m.name },
            { head: 'from', cell: (m) => m.source },
            { head: 'to', cell: (m) => m.dest },
            { head: 'starts', right: true, cell: (m) => duration(m.startS * 1000) },
            { head: 'takes', right: true, cell: (m) => duration(m.seconds * 1000) },
            { head: 'why', cell: (m) => m.why },
          ]),
    ]),
    ...section('Hosts', [
      table(plan.hosts, [
        { head: 'host', cell: (h) => h.host },
        { head: 'VMs', right: true, cell: (h) => h.vms },
        { head: 'fate', cell: (h) => h.fate },
        { head: 'why', cell: (h) => h.why },
      ]),
    ]),
    ...section('What stays, and why', [
      plan.refused.length === 0
        ? null
        : table(plan.refused, [
            { head: 'what', cell: (r) => r.name },
            { head: 'on', cell: (r) => r.host },
            { head: 'why', cell: (r) => r.why },
          ]),
    ]),
    ...section('What a checker found', [
      plan.violations.length === 0
        ? text(`Nothing: each of ${plural(plan.states, 'state')} on the way holds.`)
        : table(plan.violations, [
            { head: 'step', right: true, cell: (v) => v.order },
            { head: 'rule', cell: (v) => v.rule },
            { head: 'detail', cell: (v) => v.detail },
          ]),
    ]),
    ...section('Assumed', [plan.assumptions.length === 0 ? null : list(plan.assumptions)]),
  ],
});
