// What a planning command tells a person: the moves in order, how near to the best possible, what stays and why.
import type { Ends } from '../../../domain/datapath/bulk-stream.ts';
import type { Checked } from '../../../domain/planning/checker.ts';
import { goalsWords } from '../../../domain/planning/goal.ts';
import type { PlanCpu } from '../../../domain/planning/host-cpu.ts';
import type { Plan, PlannedMove } from '../../../domain/planning/plan.ts';
import { capital, seconds } from '../../../domain/readout/words.ts';
import { counted, table } from './table.ts';

const indented = (lines: readonly string[]): string => lines.map((l) => `  ${l}\n`).join('');

const staysBehind = ({ blocked }: Plan): string =>
  blocked.length === 0
    ? ''
    : `\nStays behind:\n${indented(blocked.map((b) => `${b.name}: ${b.reasons.map((r) => `${r.code}, ${r.detail}${r.fix === null ? '' : ` (${r.fix})`}`).join('; ')}`))}`;

const sentence = (text: string): string => capital(text).replace(/\.$/, '');

const SHOWN = 8;
const shortened = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''}`;

const noPlan = ({ report: { conflict } }: Plan): string =>
  conflict === null
    ? ''
    : `\nWhy not all${conflict.vms.length === 0 ? '' : `: ${shortened(conflict.vms)}`}\n${indented([
        ...conflict.because,
        conflict.proof,
        conflict.relaxation === null ? 'no single change was found to help' : `it would help: ${conflict.relaxation}`,
      ])}`;

/** Out of the host it leaves, into the one it goes to. */
const coresText = (cores: Ends | null | undefined): string | null =>
  cores ? `${cores.source.toFixed(2)}, ${cores.dest.toFixed(2)}` : null;

const SHOWN_PEAKS = 3;

/** What moving costs hosts that have guests to serve meanwhile. */
const cpuText = ({ hosts, words }: PlanCpu): string => {
  const [first] = hosts;
  if (first === undefined) return '';
  const named = hosts.slice(0, SHOWN_PEAKS).map((h) => `${h.host} ${h.peakCores.toFixed(2)}`);
  const rest = hosts.length > SHOWN_PEAKS ? `, ${hosts.length - SHOWN_PEAKS} more hosts less` : '';
  const total = hosts.reduce((sum, h) => sum + h.coreSeconds, 0);
  return `Moving keeps cores busy, at the peak: ${named.join(', ')}${rest}; ${Math.round(total)} core seconds in all.\n${indented(words)}`;
};

export const planText = (plan: Plan, checker: Checked, cpu: PlanCpu, branch: string | null): string => {
  const { moves, report } = plan;
  const overPct = plan.lowerBoundMs > 0 ? (plan.makespanMs / plan.lowerBoundMs - 1) * 100 : 0;
  const over =
    overPct < 0.05 ? 'No plan could be shorter' : `${overPct.toFixed(1)} % above what any plan takes at least`;
  const what = goalsWords(plan.goals);
  const work =
    moves.length === 0 ? 'nothing has to move' : `${counted(moves.length, 'move')} in ${seconds(plan.makespanMs)}`;
  const stays = plan.blocked.length === 0 ? '' : ` ${counted(plan.blocked.length, 'VM stays', 'VMs stay')} behind,`;
  const lead = !checker.ok
    ? `${what}: no plan was found that keeps every rule; the best one breaks some: ${work}.\n`
    : plan.feasible
      ? `${what}: ${work}.\n`
      : `${what} cannot be had in full:${stays} ${work}.\n`;
  const coresOf = new Map(moves.map((m, i) => [m, cpu.moves[i] ?? null]));
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
          { head: 'DOWN', cell: (m) => (m.downtimeMs === 0 ? null : `${Math.round(m.downtimeMs)} ms`) },
          { head: 'CORES', cell: (m) => coresText(coresOf.get(m)) },
          { head: 'COPIED', cell: (m) => `${Math.round(m.bytes / 1e6)} MB` },
        ])}`;
  const bound = moves.length === 0 ? '' : `\n${over} (${seconds(plan.lowerBoundMs)}): ${report.lowerBound}.\n`;
  const spare = report.spare === null ? '' : `N+1: ${report.spare.note}.\n`;
  const verdict = `Checker: ${checker.ok ? 'accepts the plan' : 'REFUSES the plan'}; ${checker.notes.join('; ')}.\n`;
  return (
    lead +
    report.notes.map((n) => `${sentence(n)}.\n`).join('') +
    listed +
    bound +
    cpuText(cpu) +
    spare +
    verdict +
    staysBehind(plan) +
    noPlan(plan) +
    `\nAssumed:\n${indented(report.assumptions)}` +
    (branch === null ? '' : `\nThe plan is on the branch ${branch}.\n`)
  );
};
