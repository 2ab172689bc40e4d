// What `understudy drain` tells a person: the moves in order, how near to the best possible, what stays and why.
import type { Checked } from '../../../domain/planning/checker.ts';
import type { Plan, PlannedMove } from '../../../domain/planning/plan.ts';
import { counted, table } from './table.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const indented = (lines: readonly string[]): string => lines.map((l) => `  ${l}\n`).join('');

const staysBehind = ({ blocked }: Plan): string =>
  blocked.length === 0
    ? ''
    : `\nStays behind:\n${indented(blocked.map((b) => `${b.name}: ${b.reasons.map((r) => `${r.code}, ${r.detail}${r.fix === null ? '' : ` (${r.fix})`}`).join('; ')}`))}`;

const noPlan = ({ report: { conflict } }: Plan): string =>
  conflict === null
    ? ''
    : `\nWhy not all: ${conflict.vms.join(', ')} cannot be placed${conflict.vms.length > 1 ? ' together' : ''}.\n${indented(
        [...conflict.because, conflict.proof, conflict.relaxation ?? 'no single change was found to help'],
      )}`;

export const drainText = (plan: Plan, checker: Checked, branch: string | null): string => {
  const { moves, report } = plan;
  const overPct = plan.lowerBoundMs > 0 ? (plan.makespanMs / plan.lowerBoundMs - 1) * 100 : 0;
  const over =
    overPct < 0.05 ? 'No plan could be shorter' : `${overPct.toFixed(1)} % above what any plan takes at least`;
  const what = plan.drained.length === 0 ? 'The VMs' : plan.drained.join(', ');
  const deed = plan.drained.length === 0 ? 'moved' : 'drained';
  const work = `${counted(moves.length, 'move')} in ${seconds(plan.makespanMs)}`;
  const lead = !checker.ok
    ? `No plan was found that keeps every rule; the best one breaks some: ${work}.\n`
    : plan.feasible
      ? `${what} can be ${deed}: ${work}.\n`
      : `${what} cannot all be ${deed}: ${counted(plan.blocked.length, 'VM stays', 'VMs stay')} behind, ${work}.\n`;
  const listed =
    moves.length === 0
      ? ''
      : `\n${table<PlannedMove>(moves, [
          { head: 'VM', cell: (m) => m.name },
          { head: 'FROM', cell: (m) => m.source },
          { head: 'TO', cell: (m) => (m.kind === 'stop' ? null : m.dest) },
          { head: 'KIND', cell: (m) => (m.kind === 'live' ? `live, ${m.storage}` : m.kind) },
          { head: 'START', cell: (m) => seconds(m.startMs) },
          { head: 'END', cell: (m) => seconds(m.endMs) },
          { head: 'DOWN', cell: (m) => `${Math.round(m.downtimeMs)} ms` },
          { head: 'COPIED', cell: (m) => `${Math.round(m.bytes / 1e6)} MB` },
        ])}`;
  const bound = moves.length === 0 ? '' : `\n${over} (${seconds(plan.lowerBoundMs)}): ${report.lowerBound}.\n`;
  const spare = report.spare === null ? '' : `N+1: ${report.spare.note}.\n`;
  const verdict = `Checker: ${checker.ok ? 'accepts the plan' : 'REFUSES the plan'}; ${checker.notes.join('; ')}.\n`;
  return (
    lead +
    listed +
    bound +
    spare +
    verdict +
    staysBehind(plan) +
    noPlan(plan) +
    (report.notes.length === 0 ? '' : `\n${indented(report.notes)}`) +
    `\nAssumed:\n${indented(report.assumptions)}` +
    (branch === null ? '' : `\nThe plan is on the branch ${branch}.\n`)
  );
};
