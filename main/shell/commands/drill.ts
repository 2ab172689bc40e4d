// understudy drill: fails hosts and tells what becomes of every VM on them.
import { Option } from 'commander';
import { ok } from '../../../domain/base/result.ts';
import type { DrillOutcome, VmOutcome } from '../../../domain/drill/outcome.ts';
import { drillSettings, type ProfileName, PROFILES } from '../../../domain/drill/settings.ts';
import { runDrillJob } from '../../work/drill-job.ts';
import { unwatched } from '../../work/watcher.ts';
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
import { table } from '../command-line/table.ts';

type Options = LogOption &
  TimelineOption &
  AtOption &
  JsonOption & {
    readonly fail: readonly string[];
    readonly branch?: string;
    readonly profile: ProfileName;
    readonly seed?: string;
    readonly forceDown?: boolean;
    readonly graceful?: boolean;
  };

const MS_PER_S = 1000;

const seconds = (ms: number | null): string | null => (ms === null ? null : `${(ms / MS_PER_S).toFixed(1)} s`);

const readable = ({ vms, summary }: DrillOutcome, branch: string | null): string =>
  `${summary.verdict}\n` +
  (vms.length === 0
    ? ''
    : `\n${table<VmOutcome>(vms, [
        { head: 'VM', cell: (v) => v.name },
        { head: 'OUTCOME', cell: (v) => v.outcome },
        { head: 'DEST', cell: (v) => v.dest },
        { head: 'DOWN', cell: (v) => seconds(v.downMs) },
        { head: 'DATA', cell: (v) => (v.dataLost ? 'lost' : 'kept') },
        { head: 'CAUSE', cell: (v) => v.cause },
      ])}`) +
  (branch === null ? '' : `\nThe drill is on the branch ${branch}.\n`);

export const drill: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('drill')
    .description('fail hosts at an instant and tell what becomes of their VMs')
    .requiredOption('--fail <host...>', 'the hosts that fail')
    .option('--branch <name>', 'keep the drill as a branch of this name (default: nothing is written)')
    .addOption(new Option('--profile <name>', 'the clocks of recovery').choices(Object.keys(PROFILES)).default('nova'))
    .option('--seed <seed>', 'seed of everything random in the drill')
    .option('--force-down', 'the service is forced down at once instead of waiting for service_down_time')
    .option('--graceful', 'the hosts shut down cleanly: their VMs are seen SHUTOFF before evacuation');
  withJson(withAt(withTimeline(withLog(command)))).action((options: Options) =>
    run(() =>
      inLog(terminal, { path: options.log ?? null, create: false }, async ({ log, moment }) => {
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const settings = drillSettings(
          {
            ...(options.seed === undefined ? {} : { seed: options.seed }),
            ...(options.forceDown === undefined ? {} : { forceDown: options.forceDown }),
            ...(options.graceful === undefined ? {} : { graceful: options.graceful }),
          },
          PROFILES[options.profile],
        );
        if (!settings.ok) return settings;
        const branch = options.branch ?? null;
        const input = {
          timeline: options.timeline,
          at: at.value,
          fail: options.fail,
          branch,
          settings: settings.value,
        };
        const report = runDrillJob(log, input, unwatched());
        if (!report.ok) return { ok: false, error: report.error.sentence };
        await terminal.write(
          options.json === true ? `${JSON.stringify(report.value)}\n` : readable(report.value, branch),
        );
        return ok(0);
      }),
    ),
  );
};
