// understudy apply: checks a plan again, edited or not, against the state it was made for, and writes it onto a branch.
import { err } from '../../../domain/base/result.ts';
import { applyPlan } from '../../work/apply-plan.ts';
import type { AddCommand } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import { type JsonOption, type LogOption, withJson, withLog } from '../command-line/options.ts';
import { type FormOptions, withForm } from '../command-line/plan-options.ts';
import { readPlan } from '../command-line/read-input.ts';
import { tellRecord } from '../command-line/tell-plan.ts';

type Options = LogOption & JsonOption & FormOptions & { readonly branch?: string };

export const apply: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('apply <plan>')
    .description('check a plan (JSON of a planning command, edited or not) again, and write it onto a branch')
    .option('--branch <name>', 'write the plan as facts onto a branch of this name (default: only checked)');
  withJson(withLog(withForm(command))).action((path: string, options: Options) =>
    run(() =>
      inLog(terminal, options.log, async (open) => {
        const plan = readPlan(path);
        if (!plan.ok) return plan;
        const applied = applyPlan(open.log, plan.value, options.branch ?? null);
        if (!applied.ok) return err(applied.error.sentence);
        return tellRecord(terminal, open, applied.value, options);
      }),
    ),
  );
};
