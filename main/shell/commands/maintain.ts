// understudy maintain: rolling maintenance: hosts emptied, worked on and given back one after another.
import { err, ok } from '../../../domain/base/result.ts';
import { PLAN_DEFAULTS } from '../../../domain/planning/options.ts';
import { planRolling, type Rolling, type Window } from '../../../domain/planning/rolling.ts';
import { surroundingsOf } from '../../../domain/scheduling/blockers-hardware.ts';
import { cutAt } from '../../work/cut.ts';
import { historiesOf } from '../../work/histories.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import {
  type AtOption,
  type JsonOption,
  type LogOption,
  type TimelineOption,
  withAt,
  withJson,
  withLog,
  withTimeline,
} from '../command-line/options.ts';
import { counted, table } from '../command-line/table.ts';

type Options = LogOption & TimelineOption & AtOption & JsonOption & { readonly workS: string };

const MS_PER_S = 1000;
const MOST_WORK_S = 7 * 86_400;
const seconds = (ms: number): string => `${(ms / MS_PER_S).toFixed(1)} s`;

const readable = (rolling: Rolling): string => {
  const stuck = rolling.windows.find((w) => !w.plan.feasible || !w.checker.ok);
  const lead = rolling.feasible
    ? `All ${counted(rolling.windows.length, 'host')} can be emptied in turn: ${seconds(rolling.totalMs)} with the work.\n`
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

export const maintain: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('maintain <host...>')
    .description('plan rolling maintenance: each host emptied, worked on and given back before the next')
    .option('--work-s <n>', 'seconds of work on each empty host', '600');
  withJson(withAt(withTimeline(withLog(command)))).action((hosts: readonly string[], options: Options) =>
    run(() =>
      inLog(terminal, { path: options.log ?? null, create: false }, async ({ log, moment }) => {
        const workS = Number(options.workS);
        if (!(workS >= 0 && workS <= MOST_WORK_S)) {
          return err(`--work-s takes seconds from 0 to ${MOST_WORK_S}, not ${options.workS}.`);
        }
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const timeline = log.timeline(options.timeline);
        if (!timeline.ok) return err(timeline.error.sentence);
        const cut = cutAt(log, timeline.value, at.value);
        if (!cut.ok) return err(cut.error.sentence);
        const histories = historiesOf(log);
        const state = histories.stateAt(timeline.value, cut.value);
        const around = surroundingsOf(histories.seek(timeline.value, cut.value).cluster);
        const rolling = planRolling(state, around, hosts, PLAN_DEFAULTS, workS * MS_PER_S);
        if (!rolling.ok) return rolling;
        await terminal.write(options.json === true ? `${JSON.stringify(rolling.value)}\n` : readable(rolling.value));
        return ok(rolling.value.feasible ? 0 : 1);
      }),
    ),
  );
};
