// understudy apply: checks a plan again, edited or not, against the state it was made for, and writes it onto a branch.
import { err, ok } from '../../../domain/base/result.ts';
import { applyPlan } from '../../work/apply-plan.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { readPlan } from '../command-line/read-input.ts';
import { toldPlan } from '../command-line/tell-plan.ts';

type Options = LogOption &
  JsonOption & { readonly branch?: string; readonly script?: boolean; readonly markdown?: boolean };

export const apply: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('apply <plan>')
    .description('check a plan (JSON of a planning command, edited or not) again, and write it onto a branch')
    .option('--branch <name>', 'write the plan as facts onto a branch of this name (default: only checked)')
    .option('--script', 'print a shell runbook of openstack commands')
    .option('--markdown', 'print the plan as Markdown');
  withJson(withLog(command)).action((path: string, options: Options) =>
    run(() =>
      inLog(terminal, options.log, async (open) => {
        const plan = readPlan(path);
        if (!plan.ok) return plan;
        const applied = applyPlan(open.log, plan.value, options.branch ?? null);
        if (!applied.ok) return err(applied.error.sentence);
        await terminal.write(await toldPlan(open, applied.value, options));
        return ok(applied.value.feasible && applied.value.checker.ok ? 0 : 1);
      }),
    ),
  );
};
