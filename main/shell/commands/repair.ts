// understudy repair: plans the fewest moves after which server groups, capacities and written rules hold again.
import { Option } from 'commander';
import { ok } from '../../../domain/base/result.ts';
import type { AddCommand } from '../command-line/command.ts';
import { type PlanningOptions, type TellingOptions, withPlanning, withTelling } from '../command-line/plan-options.ts';
import { tellPlan } from '../command-line/tell-plan.ts';
import { REBALANCE } from './rebalance.ts';

type Options = PlanningOptions & TellingOptions & { readonly then?: 'rebalance' };

export const repair: AddCommand = (program, stage) => {
  const command = program
    .command('repair')
    .description('plan the fewest moves that mend violated rules (--constraints), server groups and capacities')
    .addOption(new Option('--then <goal>', 'what follows once they hold').choices(['rebalance']));
  withPlanning(withTelling(command)).action((options: Options) =>
    stage.run(() =>
      tellPlan(stage, options, () => ok([{ kind: 'repair' }, ...(options.then === undefined ? [] : [REBALANCE])])),
    ),
  );
};
