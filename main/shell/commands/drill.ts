// understudy drill: fails hosts and tells what becomes of every VM on them.
import { InvalidArgumentError, Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type { DrillReport } from '../../../domain/contract/contract.ts';
import {
  type DrillOutcome,
  type DrillSettings,
  type GroupOutcome,
  RECOVERY_METHODS,
  type RecoveryMethod,
  type VmOutcome,
} from '../../../domain/drill/outcome.ts';
import { BY_HAND, drillSettings, type ProfileName, PROFILES, profileUnder } from '../../../domain/drill/settings.ts';
import { type SweepKind, SWEEPS } from '../../../domain/drill/sweep/sweep.ts';
import { duration } from '../../../domain/readout/words.ts';
import type { Outage } from '../../../domain/timeline/outages.ts';
import { LATEST_RELEASE, releaseNamed } from '../../../domain/scheduling/release.ts';
import { runDrillJob } from '../../work/drill-job.ts';
import { unwatched } from '../../work/watcher.ts';
import type { AddCommand, Ending } from '../command-line/command.ts';
import { inLog, type Opened } from '../command-line/open.ts';
import { type AssumptionOptions, premisesIn, underPremises, withAssumptions } from '../command-line/assumptions.ts';
import { type InstantOptions, withInstant } from '../command-line/options.ts';
import { type RacksOption, withRacksOption } from '../command-line/racks.ts';
import { type Column, counted, table } from '../command-line/table.ts';
import type { Terminal } from '../command-line/terminal.ts';
import { rtoFrom } from './rto.ts';
import { sweepFrom } from './sweep.ts';

type Options = InstantOptions &
  AssumptionOptions &
  RacksOption & {
    readonly fail?: readonly string[];
    readonly sweep?: SweepKind;
    readonly branch?: string;
    readonly profile: ProfileName;
    readonly seed?: string;
    readonly forceDown?: boolean;
    readonly graceful?: boolean;
    readonly script?: string;
    readonly rto?: string;
    readonly clock?: readonly string[];
    readonly method?: RecoveryMethod;
    readonly reserve?: readonly string[];
    readonly save?: string;
    readonly budget?: number;
  };

const steps = (written: string): number => {
  if (!/^[1-9]\d{0,11}$/.test(written)) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return Number(written);
};

const time = (ms: number | null): string | null => (ms === null ? null : duration(ms));

/** Groups shown to people; `--json` has all. */
const GROUPS_SHOWN = 10;

const groupTable = (groups: readonly GroupOutcome[]): string =>
  groups.length === 0
    ? ''
    : `\n${table<GroupOutcome>(groups.slice(0, GROUPS_SHOWN), [
        { head: 'TOGETHER', cell: (g) => `${g.by} ${g.name}` },
        { head: 'HIT', cell: (g) => `${g.hit} of ${g.vms}` },
        { head: 'NOT BACK', cell: (g) => String(g.notBack) },
        { head: 'LONGEST', cell: (g) => time(g.downMsMax) },
        { head: 'NOBODY SERVED', cell: (g) => time(g.allDownMs) ?? 'for good' },
      ])}${groups.length > GROUPS_SHOWN ? `and ${counted(groups.length - GROUPS_SHOWN, 'group')} more.\n` : ''}`;

const networkLine = ({ ports, fdbMessages, deliveries, reachedMsMax }: DrillOutcome['network']): string =>
  ports === 0
    ? ''
    : `${counted(ports, 'port')} bound to another host: ${counted(fdbMessages, 'FDB message')}, ${deliveries} received.` +
      `${reachedMsMax === null ? '' : ` The last VM is reached again after ${duration(reachedMsMax)}.`}\n`;

/** What the record has of the same VM: until it was in place again, and until it ran where that was later. */
const recordedTime = ({ backMs, runsMs }: Outage): string => {
  if (backMs === null) return 'not back';
  return runsMs !== null && runsMs > backMs ? `${duration(backMs)}, runs after ${duration(runsMs)}` : duration(backMs);
};

const recordedColumn = (recorded: readonly Outage[]): readonly Column<VmOutcome>[] => {
  if (recorded.length === 0) return [];
  const of = new Map(recorded.map((outage) => [outage.vm, outage]));
  const cell = ({ vm }: VmOutcome): string => {
    const outage = of.get(vm);
    return outage === undefined ? 'not down' : recordedTime(outage);
  };
  return [{ head: 'IN THE RECORD', cell }];
};

const readable = ({ vms, recorded, groups, network, summary, warnings }: DrillReport, branch: string | null): string =>
  `${summary.verdict}\n` +
  (vms.length === 0
    ? ''
    : `\n${table<VmOutcome>(vms, [
        { head: 'VM', cell: (v) => v.name },
        { head: 'OUTCOME', cell: (v) => v.outcome },
        { head: 'DEST', cell: (v) => v.dest },
        { head: 'DOWN', cell: (v) => time(v.downMs) },
        ...recordedColumn(recorded),
        { head: 'DATA', cell: (v) => (v.dataLost ? 'lost' : 'kept') },
        { head: 'CAUSE', cell: (v) => v.cause },
      ])}`) +
  groupTable(groups) +
  networkLine(network) +
  warnings.map((warning) => `Warning: ${warning}\n`).join('') +
  (summary.doubledAllocations === 0
    ? ''
    : `${counted(summary.doubledAllocations, 'VM')} charged twice until the failed host returns or its service is deleted.\n`) +
  (branch === null ? '' : `\nThe drill is on the branch ${branch}.\n`);

/** Settings with an option of their own. */
const NO_CLOCKS: ReadonlySet<string> = new Set(['seed', 'method', 'reservedHosts']);

/** `threads=6 fence=false` as settings; a sentence for a name that is no clock or a value that is none. */
const clocksIn = (written: readonly string[]): Result<Partial<DrillSettings>, string> => {
  const set: Record<string, number | boolean | null> = {};
  for (const pair of written) {
    const [name = '', value = ''] = pair.split('=');
    const known = BY_HAND[name as keyof DrillSettings];
    if (known === undefined || NO_CLOCKS.has(name)) {
      const clocks = Object.keys(BY_HAND).filter((key) => !NO_CLOCKS.has(key));
      return err(`There is no clock ${name}. Clocks are ${clocks.join(', ')}.`);
    }
    if (known === null && value === 'none') {
      set[name] = null;
      continue;
    }
    const truth = value === 'true' ? true : value === 'false' ? false : null;
    const fits = typeof known === 'boolean' ? truth : /^\d+(\.\d+)?$/.test(value) ? Number(value) : null;
    if (fits === null)
      return err(
        `${name} takes ${typeof known === 'boolean' ? 'true or false' : 'a number'}, not ${value || 'nothing'}.`,
      );
    set[name] = fits;
  }
  return ok(set);
};

const failing = async (
  open: Opened,
  terminal: Terminal,
  options: Options & { readonly fail: readonly string[] },
): Promise<Ending> => {
  const { log, moment } = open;
  const at = moment(options.timeline, options.at);
  if (!at.ok) return at;
  const clocks = clocksIn(options.clock ?? []);
  if (!clocks.ok) return clocks;
  const premises = await premisesIn(open, options);
  if (!premises.ok) return premises;
  const release = options.release ?? null;
  const rules = release === null ? ok(LATEST_RELEASE) : releaseNamed(release);
  if (!rules.ok) return rules;
  const settings = drillSettings(
    {
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(options.forceDown === undefined ? {} : { forceDown: options.forceDown }),
      ...(options.graceful === undefined ? {} : { graceful: options.graceful }),
      ...(options.method === undefined ? {} : { method: options.method }),
      ...(options.reserve === undefined ? {} : { reservedHosts: options.reserve }),
    },
    { ...profileUnder(options.profile, rules.value), ...clocks.value },
  );
  if (!settings.ok) return settings;
  const branch = options.branch ?? null;
  const { timeline, fail } = options;
  const script = options.script ?? null;
  if (options.rto !== undefined) {
    if (!/^\d{1,7}$/.test(options.rto)) return err(`--rto takes whole seconds, not ${options.rto}.`);
    const json = options.json === true;
    const question = {
      timeline,
      at: options.at,
      fail,
      script,
      settings: settings.value,
      assume: premises.value,
      rtoS: Number(options.rto),
      json,
    };
    return rtoFrom(open, terminal, question);
  }
  const asked = {
    timeline,
    at: at.value,
    fail,
    script,
    branch,
    settings: settings.value,
    assume: premises.value,
    save: options.save ?? null,
  };
  const report = runDrillJob(log, asked, unwatched());
  if (!report.ok) return err(report.error.sentence);
  await terminal.write(
    options.json === true
      ? `${JSON.stringify(report.value)}\n`
      : underPremises(premises.value) + readable(report.value, branch),
  );
  if (options.save !== undefined) terminal.status(`The drill is kept as a scenario in ${options.save}.`);
  return ok(0);
};

export const drill: AddCommand = (program, { terminal, run }) => {
  const command = program
    .command('drill')
    .description('fail hosts at an instant and tell what becomes of their VMs, or sweep all failures of a kind')
    .option('--fail <host...>', 'the hosts that fail')
    .addOption(new Option('--sweep <what>', 'fail every host, pair, rack or zone in turn').choices(SWEEPS))
    .option('--script <steps>', 'what fails and returns when: "at 12:05 return compute-7; fail rack A1 by power"')
    .option('--rto <seconds>', 'tell the fewest threads and the slowest detection that meet this goal')
    .option('--branch <name>', 'keep the drill as a branch of this name (default: nothing is written)')
    .addOption(new Option('--profile <name>', 'the clocks of recovery').choices(Object.keys(PROFILES)).default('nova'))
    .option('--clock <name=value...>', 'other clocks: threads=6 waitAfterFencingS=30 monitorS=10 fence=false')
    .addOption(new Option('--method <method>', "Masakari's recovery_method").choices(RECOVERY_METHODS))
    .option('--reserve <host...>', 'hosts kept disabled for a failure (with a --method that uses them)')
    .option('--budget <steps>', 'search steps a failing set may take before a sweep calls it undecided', steps)
    .option('--save <folder>', 'keep the drill as a scenario: a new folder with the log, the question and the answer')
    .option('--seed <seed>', 'seed of everything random in the drill')
    .option('--force-down', 'the service is forced down at once instead of waiting for service_down_time')
    .option('--graceful', 'the hosts shut down cleanly: their VMs are seen SHUTOFF before evacuation');
  withRacksOption(withAssumptions(withInstant(command))).action((options: Options) =>
    run(() =>
      inLog(terminal, options.log, async (open) => {
        const { sweep: kind, fail, timeline, at } = options;
        const named = fail !== undefined || options.script !== undefined;
        if ((kind !== undefined) === named)
          return err('Name the hosts with --fail, write a --script, or ask for a --sweep.');
        if (kind !== undefined) {
          const premises = await premisesIn(open, options);
          if (!premises.ok) return premises;
          const json = options.json === true;
          return sweepFrom(open, terminal, {
            timeline,
            at,
            kind,
            assume: premises.value,
            budget: options.budget ?? null,
            json,
          });
        }
        return failing(open, terminal, { ...options, fail: fail ?? [] });
      }),
    ),
  );
};
