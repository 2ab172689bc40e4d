// A plan as Markdown, to hand over or to attach to a change request.
import type { Checked } from './checker.ts';
import { goalsWords } from './goal.ts';
import type { Plan } from './plan.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
/** Pipes and line ends would break a table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

const bullets = (lines: readonly string[]): string => lines.map((l) => `- ${cell(l)}\n`).join('');

/** Self-contained; steps numbered as in the runbook. */
export const planMarkdown = (plan: Plan, checker: Checked, at: string): string => {
  const { report } = plan;
  const rows = plan.moves.map(
    (m, i) =>
      `| ${i + 1} | ${cell(m.name)} | ${m.source} | ${m.kind === 'stop' ? '(stopped)' : m.dest} | ${m.kind} | ${seconds(m.startMs)} | ${seconds(m.endMs)} | ${Math.round(m.downtimeMs)} ms | ${megabytes(m.bytes)} | ${m.after.map((a) => a + 1).join(', ')} |\n`,
  );
  const stays = plan.blocked.map(
    (b) => `${b.name} (${b.vm}): ${b.reasons.map((r) => `${r.code}, ${r.detail}`).join('; ')}`,
  );
  return (
    `# ${goalsWords(plan.goals)}\n\n` +
    `State of the cluster: ${at}. ${plan.feasible ? 'It can be done.' : `It cannot be had in full: ${plan.blocked.length} VMs stay behind.`} ` +
    `${plan.moves.length} moves in ${seconds(plan.makespanMs)}; no plan takes less than ${seconds(plan.lowerBoundMs)} (${report.lowerBound}).\n\n` +
    `| step | VM | from | to | kind | starts | ends | down | copied | after step |\n|---|---|---|---|---|---|---|---|---|---|\n${rows.join('')}` +
    (stays.length === 0 ? '' : `\n## What stays, and why\n\n${bullets(stays)}`) +
    (report.conflict === null
      ? ''
      : `\n## Why there is no plan for all\n\n${bullets([report.conflict.vms.join(', '), ...report.conflict.because, report.conflict.proof, report.conflict.relaxation ?? 'no single change was found to help'])}`) +
    (report.notes.length === 0 ? '' : `\n## What was found\n\n${bullets(report.notes)}`) +
    `\n## Checked\n\n${bullets([checker.ok ? 'the checker accepts the plan' : 'the checker refuses the plan', ...checker.notes, ...(report.spare === null ? [] : [`N+1: ${report.spare.note}`])])}` +
    `\n## Assumed\n\n${bullets(report.assumptions)}`
  );
};
