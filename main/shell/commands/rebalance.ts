// understudy rebalance: plans a few moves that spread the load of hosts more evenly, each worth its price.
import { ok } from '../../../domain/base/result.ts';
import type { Goal } from '../../../domain/planning/goal.ts';
import type { AddCommand } from '../command-line/command.ts';
import {
  number,
  type PlanningOptions,
  type TellingOptions,
  withPlanning,
  withTelling,
} from '../command-line/plan-options.ts';
import { tellPlan } from '../command-line/tell-plan.ts';

type Options = PlanningOptions & TellingOptions & { readonly margin: string; readonly mostMoves: string };

/** What is worth moving a VM when nobody says: a hundredth of the unevenness there is. */
export const REBALANCE = { kind: 'rebalance', margin: 0.01, mostMoves: 50 } as const satisfies Goal;

export const rebalance: AddCommand = (program, stage) => {
  const command = program
    .command('rebalance')
    .description('plan a few moves that spread allocated vCPU and RAM more evenly over the hosts')
    .option('--margin <share>', 'what each move has to win, as a share of the unevenness', String(REBALANCE.margin))
    .option('--most-moves <n>', 'VMs that may move', String(REBALANCE.mostMoves));
  withPlanning(withTelling(command)).action((options: Options) =>
    stage.run(() =>
      tellPlan(stage, options, () => {
        const margin = number('--margin', options.margin, 0.0001, 1);
        if (!margin.ok) return margin;
        const most = number('--most-moves', options.mostMoves, 1, 100_000, true);
        return most.ok ? ok([{ kind: 'rebalance', margin: margin.value, mostMoves: most.value }]) : most;
      }),
    ),
  );
};
