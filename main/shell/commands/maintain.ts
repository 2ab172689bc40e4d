// understudy maintain: rolling maintenance: hosts emptied, worked on and given back one after another.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { resolveOptions } from '../../../domain/planning/resolve.ts';
import { planRolling, type Rolling, type Window } from '../../../domain/planning/rolling.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { seconds } from '../../../domain/readout/words.ts';
import { seenAt } from '../../work/plan-job.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { underRules } from '../command-line/options.ts';
import { number, type PlanningOptions, planOptions, withPlanning } from '../command-line/plan-options.ts';
import { counted, table } from '../command-line/table.ts';

type Options = PlanningOptions & { readonly workS: string; readonly all?: boolean };

const MS_PER_S = 1000;
const MOST_WORK_S = 7 * 86_400;

const readable = (rolling: Rolling): string => {
  const stuck = rolling.windows.find((w) => !w.plan.feasible || !w.checker.ok);
  const lead = rolling.feasible
    ? `${counted(rolling.windows.length, 'host')} can be emptied in turn: ${seconds(rolling.totalMs)} with the work.\n`
    : `It stops at ${stuck?.host}: ${stuck?.plan.blocked.map((b) => `${b.name} (${b.reasons.map((r) => r.code).join(', ')})`).join(', ')} cannot leave.\n`;
  const listed = table<Window>(rolling.windows, [
    { head: 'HOST', cell: (w) => w.host },
    { head: 'START', cell: (w) => seconds(w.startMs) },
    { head: 'EMPTY', cell: (w) => (w.plan.feasible ? seconds(w.startMs + w.plan.makespanMs) : null) },
    { head: 'BACK', cell: (w) => (w.plan.feasible ? seconds(w.endMs) : null) },
    { head: 'MOVES', cell: (w) => w.plan.moves.length },
    { head: 'CHECKER', cell: (w) => (w.checker.ok ? 'accepts' : 'refuses') },
  ]);
  const again =
    rolling.movedAgain.length === 0
      ? ''
      : `\n${counted(rolling.movedAgain.length, 'VM moves', 'VMs move')} more than once.\n`;
  const assumed = rolling.windows[0]?.plan.report.assumptions ?? [];
  return `${lead}\n${listed}${again}\nAssumed:\n${assumed.map((a) => `  ${a}\n`).join('')}`;
};

/** The hosts written, or with --all every host that is up and enabled: the others have no VM to send away, or a reason. */
const hostsOf = (state: ClusterState, written: readonly string[], all: boolean): Result<readonly string[], string> => {
  if (all === written.length > 0) return err('Say which hosts, or --all.');
  return ok(all ? state.hosts.filter((h) => h.up !== false && h.enabled !== false).map((h) => h.name) : written);
};

export const maintain: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('maintain [host...]')
    .description('plan rolling maintenance: each host emptied, worked on and given back before the next')
    .option('--all', 'every host that is up and enabled, by name')
    .option('--work-s <n>', 'seconds of work on each empty host', '600');
  withPlanning(command).action((written: readonly string[], options: Options) =>
    run(() =>
      inLog(terminal, options.log, async ({ log, moment }) => {
        const workS = number('--work-s', options.workS, 0, MOST_WORK_S);
        if (!workS.ok) return workS;
        const planned = planOptions(options);
        if (!planned.ok) return planned;
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const seen = seenAt(log, options.timeline, at.value, options.release ?? null);
        if (!seen.ok) return err(seen.error.sentence);
        const { state, around } = seen.value;
        const hosts = hostsOf(state, written, options.all === true);
        if (!hosts.ok) return hosts;
        const resolved = resolveOptions(state, around, planned.value);
        if (!resolved.ok) return resolved;
        const rolling = planRolling(state, around, hosts.value, resolved.value, workS.value * MS_PER_S);
        if (!rolling.ok) return rolling;
        await terminal.write(
          options.json === true ? `${JSON.stringify(rolling.value)}\n` : underRules(options) + readable(rolling.value),
        );
        return ok(rolling.value.feasible ? 0 : 1);
      }),
    ),
  );
};
