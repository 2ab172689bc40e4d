// understudy drain: plans how to empty hosts: where each VM goes, in which order, how long it takes, and what cannot leave.
import { Option } from 'commander';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { readConstraints } from '../../../domain/planning/constraints.ts';
import {
  PLACEMENTS,
  PLAN_DEFAULTS,
  type Placement,
  type PlanOptions,
  POLICIES,
  type Policy,
} from '../../../domain/planning/options.ts';
import { planMarkdown } from '../../../domain/planning/plan-markdown.ts';
import { runbook } from '../../../domain/planning/runbook.ts';
import { runDrainJob } from '../../work/drain-job.ts';
import { unwatched } from '../../work/watcher.ts';
import type { AddCommand } from '../command-line/command.ts';
import { drainText } from '../command-line/drain-text.ts';
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
import { readInput } from '../command-line/read-input.ts';

type Options = LogOption &
  TimelineOption &
  AtOption &
  JsonOption & {
    readonly branch?: string;
    readonly script?: boolean;
    readonly markdown?: boolean;
    readonly reverse?: boolean;
    readonly policy: Policy;
    readonly placement: Placement;
    readonly nicGbps: string;
    readonly uplinkGbps?: string;
    readonly perHost: string;
    readonly perDest?: string;
    readonly prepareS: string;
    readonly dirtyPages: string;
    readonly constraints?: string;
    readonly skip?: readonly string[];
  };

/** Reads numbers one by one; the first that will not do is told. */
const number = (name: string, written: string, least: number, most: number, whole = false): Result<number, string> => {
  const value = written.trim() === '' ? NaN : Number(written);
  const isGood = value >= least && value <= most && (!whole || Number.isInteger(value));
  return isGood
    ? ok(value)
    : err(`${name} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not ${written}.`);
};

const planOptions = (o: Options): Result<PlanOptions, string> => {
  const nic = number('--nic-gbps', o.nicGbps, 0.01, 1000);
  if (!nic.ok) return nic;
  const uplink = o.uplinkGbps === undefined ? ok(null) : number('--uplink-gbps', o.uplinkGbps, 0.01, 10_000);
  if (!uplink.ok) return uplink;
  const perHost = number('--per-host', o.perHost, 1, 1000, true);
  if (!perHost.ok) return perHost;
  const perDest = o.perDest === undefined ? ok(null) : number('--per-dest', o.perDest, 1, 1000, true);
  if (!perDest.ok) return perDest;
  const prepareS = number('--prepare-s', o.prepareS, 0, 3600);
  if (!prepareS.ok) return prepareS;
  const dirty = number('--dirty-pages', o.dirtyPages, 0, 1e9);
  if (!dirty.ok) return dirty;
  let constraints: PlanOptions['constraints'] = [];
  if (o.constraints !== undefined) {
    const text = readInput(o.constraints);
    if (!text.ok) return text;
    let value: unknown;
    try {
      value = JSON.parse(text.value);
    } catch {
      return err(`${o.constraints} is not JSON.`);
    }
    const read = readConstraints(value);
    if (!read.ok) return read;
    constraints = read.value;
  }
  return ok({
    ...PLAN_DEFAULTS,
    policy: o.policy,
    placement: o.placement,
    nicBitsPerS: nic.value * 1e9,
    uplinkBitsPerS: uplink.value === null ? null : uplink.value * 1e9,
    perHost: perHost.value,
    perDest: perDest.value,
    prepareMs: prepareS.value * 1000,
    dirtyPagesPerS: dirty.value,
    constraints,
    skip: o.skip ?? [],
  });
};

export const drain: AddCommand = (program, { terminal, run }) => {
  const d = PLAN_DEFAULTS;
  const command = program
    .command('drain <host...>')
    .description('plan how to empty hosts: destinations, order, time, and what cannot leave')
    .option('--branch <name>', 'write the plan as facts onto a branch of this name (default: nothing is written)')
    .option('--script', 'print a shell runbook of openstack commands')
    .option('--reverse', 'tell the way back instead, from the state the plan leaves')
    .option('--markdown', 'print the plan as Markdown')
    .addOption(
      new Option('--policy <name>', 'how far a VM may be taken: live only, else cold, else stopped')
        .choices(POLICIES)
        .default(d.policy),
    )
    .addOption(new Option('--placement <name>', 'who chooses destinations').choices(PLACEMENTS).default(d.placement))
    .option('--nic-gbps <n>', 'what a host adapter carries (assumed)', String(d.nicBitsPerS / 1e9))
    .option('--uplink-gbps <n>', "what a rack's uplink carries (default: no limit)")
    .option('--per-host <n>', 'migrations out of a host at once: max_concurrent_live_migrations', String(d.perHost))
    .option('--per-dest <n>', 'migrations into a host at once (default: no limit)')
    .option('--prepare-s <n>', 'seconds before the first byte of each migration (assumed)', String(d.prepareMs / 1000))
    .option(
      '--dirty-pages <n>',
      'pages a VM writes a second where it was never sampled (assumed)',
      String(d.dirtyPagesPerS),
    )
    .option('--constraints <file>', 'rules as a JSON array (ban, fence, spread, ...); - reads standard input')
    .option('--skip <vm...>', 'VMs to leave where they are');
  withJson(withAt(withTimeline(withLog(command)))).action((hosts: readonly string[], options: Options) =>
    run(() =>
      inLog(terminal, { path: options.log ?? null, create: false }, async ({ log, moment }) => {
        const planned = planOptions(options);
        if (!planned.ok) return planned;
        const at = moment(options.timeline, options.at);
        if (!at.ok) return at;
        const order = {
          timeline: options.timeline,
          at: at.value,
          hosts,
          branch: options.branch ?? null,
          options: planned.value,
          reverse: options.reverse === true,
        };
        const report = runDrainJob(log, order, unwatched());
        if (!report.ok) return err(report.error.sentence);
        const { value } = report;
        const told = value.reverse ?? value;
        const text = (): string => {
          if (options.json === true) return `${JSON.stringify(value)}\n`;
          if (options.script === true) return runbook(told, value.at);
          return options.markdown === true
            ? planMarkdown(told, told.checker, value.at)
            : drainText(told, told.checker, value.branch);
        };
        await terminal.write(text());
        return ok(told.feasible && told.checker.ok ? 0 : 1);
      }),
    ),
  );
};
