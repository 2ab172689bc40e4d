// A plan of moves to hand over: what goes where and when, what stays and why, what a checker says, what is assumed.
import type { Checked } from '../planning/checker.ts';
import { goalsWords } from '../planning/goal.ts';
import type { Plan } from '../planning/plan.ts';
import { duration, plural } from '../readout/words.ts';
import { type Document, list, type Provenance, section, table, text } from './document.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const verdictOf = (plan: Plan, checker: Checked): string => {
  const stays = plan.feasible
    ? 'It can be done'
    : `It cannot be had in full, ${plural(plan.blocked.length, 'VM')} stay behind`;
  const time = `${plural(plan.moves.length, 'move')} in ${duration(plan.makespanMs)}; no plan takes less than ${duration(plan.lowerBoundMs)}`;
  return `${stays}. ${time}. An independent checker ${checker.ok ? 'accepts' : 'refuses'} the plan.`;
};

/** Steps are numbered as in the runbook. */
export const planReport = (plan: Plan, checker: Checked, provenance: Provenance): Document => {
  const { report, moves, blocked } = plan;
  const steps = moves.map((move, i) => ({ ...move, step: i + 1 }));
  return {
    title: goalsWords(plan.goals),
    verdict: verdictOf(plan, checker),
    provenance,
    sections: [
      ...section('Steps', [
        steps.length === 0
          ? text('Nothing has to move.')
          : table(steps, [
              { head: 'step', right: true, cell: (m) => m.step },
              { head: 'VM', cell: (m) => m.name },
              { head: 'from', cell: (m) => m.source },
              { head: 'to', cell: (m) => (m.kind === 'stop' ? 'stopped' : m.dest) },
              { head: 'kind', cell: (m) => m.kind },
              { head: 'starts', right: true, cell: (m) => duration(m.startMs) },
              { head: 'ends', right: true, cell: (m) => duration(m.endMs) },
              { head: 'down', right: true, cell: (m) => duration(m.downtimeMs) },
              { head: 'copied', right: true, cell: (m) => megabytes(m.bytes) },
              { head: 'after', cell: (m) => (m.after.length === 0 ? null : m.after.map((a) => a + 1).join(', ')) },
              { head: 'why there', cell: (m) => m.because },
            ]),
      ]),
      ...section('What stays, and why', [
        blocked.length === 0
          ? null
          : table(blocked, [
              { head: 'VM', cell: (b) => b.name },
              { head: 'reasons', cell: (b) => b.reasons.map((r) => `${r.code}: ${r.detail}`).join('; ') },
            ]),
      ]),
      ...section('Why there is no plan for all', [
        report.conflict === null
          ? null
          : list([
              ...(report.conflict.vms.length === 0 ? [] : [`${report.conflict.vms.join(', ')}.`]),
              ...report.conflict.because,
              report.conflict.proof,
              report.conflict.relaxation ?? 'No single change was found to help.',
            ]),
      ]),
      ...section('Checked', [
        checker.notes.length === 0 && report.spare === null
          ? null
          : list([...checker.notes, ...(report.spare === null ? [] : [`N+1: ${report.spare.note}`])]),
      ]),
      ...section('Considered', [
        list([
          `${plural(report.considered.vms, 'VM')} and ${plural(report.considered.destinations, 'destination')}.`,
          `Chosen: ${report.chosen}.`,
          `Lower bound: ${report.lowerBound}.`,
          ...report.notes,
        ]),
      ]),
      ...section('Assumed', [report.assumptions.length === 0 ? null : list(report.assumptions)]),
    ],
  };
};
