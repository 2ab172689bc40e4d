// understudy drain: plans how to empty hosts: where each VM goes, in which order, how long it takes, and what cannot leave.
import { Option } from 'commander';
import { ok } from '../../../domain/base/result.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type PlanningOptions, type TellingOptions, withPlanning, withTelling } from '../command-line/plan-options.ts';
import { tellPlan } from '../command-line/tell-plan.ts';
import { REBALANCE } from './rebalance.ts';

type Options = PlanningOptions & TellingOptions & { readonly then?: 'rebalance' };

export const drain: AddCommand = (program, stage) => {
  const command = program
    .command('drain <host...>')
    .description('plan how to empty hosts: destinations, order, time, and what cannot leave')
    .addOption(new Option('--then <goal>', 'what follows once they are empty').choices(['rebalance']));
  withPlanning(withTelling(command)).action((hosts: readonly string[], options: Options) =>
    stage.run(() =>
      tellPlan(stage, options, () =>
        ok([{ kind: 'drain', hosts }, ...(options.then === undefined ? [] : [REBALANCE])]),
      ),
    ),
  );
};
