// A plan of moves to hand over: what goes where and when, what stays and why, what a checker says, what is assumed.
import type { Checked } from '../planning/checker.ts';
import type { HostCpu, PlanCpu } from '../planning/host-cpu.ts';
import { goalsWords } from '../planning/goal.ts';
import type { BlockedVm, Plan } from '../planning/plan.ts';
import { duration, plural } from '../readout/words.ts';
import { type Block, type Document, list, type Provenance, section, table, text } from './document.ts';

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const downtime = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : duration(ms));
/** Hosts with the highest peaks told one by one. */
const MOST_HOSTS = 12;
const coresText = (cores: number | undefined): string | null => cores?.toFixed(2) ?? null;
const lines = (all: readonly string[]): Block | null => (all.length === 0 ? null : list(all));

const reasonsOf = ({ reasons }: BlockedVm): string =>
  reasons.map((r) => `${r.code}: ${r.detail}${r.fix === null ? '' : ` (${r.fix})`}`).join('; ');

const verdictOf = (plan: Plan, checker: Checked, release: string | undefined): string => {
  const under = release === undefined ? '' : `Under the defaults of ${release}: `;
  const behind = plural(plan.blocked.length, 'VM stays behind', 'VMs stay behind');
  const stays = plan.feasible
    ? 'It can be done'
    : `It cannot be had in full${plan.blocked.length === 0 ? '' : `, ${behind}`}`;
  const time = `${plural(plan.moves.length, 'move')} in ${duration(plan.makespanMs)}; no plan takes less than ${duration(plan.lowerBoundMs)}`;
  return `${under}${stays}. ${time}. An independent checker ${checker.ok ? 'accepts' : 'refuses'} the plan.`;
};

/**
 * Steps are numbered as in the runbook.
 * @param release of Nova, where the plan was made under another than the log's own
 */
export const planReport = (
  plan: Plan,
  checker: Checked,
  cpu: PlanCpu,
  provenance: Provenance,
  release?: string,
): Document => {
  const { report, moves, blocked } = plan;
  const steps = moves.map((move, i) => ({ ...move, step: i + 1, cores: cpu.moves[i] ?? null }));
  return {
    title: goalsWords(plan.goals),
    verdict: verdictOf(plan, checker, release),
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
              { head: 'down', right: true, cell: (m) => downtime(m.downtimeMs) },
              { head: 'copied', right: true, cell: (m) => megabytes(m.bytes) },
              { head: 'cores out', right: true, cell: (m) => coresText(m.cores?.source) },
              { head: 'cores in', right: true, cell: (m) => coresText(m.cores?.dest) },
              { head: 'after', cell: (m) => (m.after.length === 0 ? null : m.after.map((a) => a + 1).join(', ')) },
              { head: 'why there', cell: (m) => m.because },
            ]),
      ]),
      ...section('Processor time of the moves', [
        cpu.hosts.length === 0
          ? null
          : table(cpu.hosts.slice(0, MOST_HOSTS), [
              { head: 'host', cell: (h: HostCpu) => h.host },
              { head: 'cores at the peak', right: true, cell: (h) => coresText(h.peakCores) },
              { head: 'from', right: true, cell: (h) => duration(h.peakAtMs) },
              { head: 'core seconds', right: true, cell: (h) => h.coreSeconds.toFixed(1) },
            ]),
        lines([
          ...(cpu.hosts.length > MOST_HOSTS ? [`${cpu.hosts.length - MOST_HOSTS} more hosts have lower peaks`] : []),
          ...cpu.words,
        ]),
      ]),
      ...section('What was found', [lines(report.notes)]),
      ...section('What stays, and why', [
        blocked.length === 0
          ? null
          : table(blocked, [
              { head: 'VM', cell: (b) => b.name },
              { head: 'id', cell: (b) => b.vm },
              { head: 'reasons', cell: reasonsOf },
            ]),
      ]),
      ...section('Why there is no plan for all', [
        report.conflict === null
          ? null
          : lines([
              ...(report.conflict.vms.length === 0 ? [] : [`${report.conflict.vms.join(', ')}.`]),
              ...report.conflict.because,
              report.conflict.proof,
              report.conflict.relaxation === null
                ? 'No single change was found to help.'
                : `It would help: ${report.conflict.relaxation}`,
            ]),
      ]),
      ...section('Checked', [
        lines([...checker.notes, ...(report.spare === null ? [] : [`N+1: ${report.spare.note}`])]),
      ]),
      ...section('Considered', [
        list([
          `${plural(report.considered.vms, 'VM')} and ${plural(report.considered.destinations, 'destination')}.`,
          `Chosen: ${report.chosen}.`,
          `Lower bound: ${report.lowerBound}.`,
        ]),
      ]),
      ...section('Assumed', [lines(report.assumptions)]),
    ],
  };
};
