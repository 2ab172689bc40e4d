// The part of understudy consolidate that plans: hosts judged, moves in order, what refuses, what it does to N+1.
import { err, ok, type Result } from '../../../domain/base/result.ts';
import type {
  HostAnswer,
  Move,
  Ordering,
  PlanReport,
  Refusal,
  Safety,
} from '../../../domain/consolidation/live/report.ts';
import type { ProfileName } from '../../../domain/datapath/profiles.ts';
import { LIVE_DEFAULTS, type LiveSettings } from '../../../domain/consolidation/live/settings.ts';
import { PLAN_WEIGHT_WORDS } from '../../../domain/consolidation/live/weights.ts';
import type { Parameters } from '../../../domain/consolidation/strategy.ts';
import type { Ending, Stage } from '../command-line/command.ts';
import { inLog } from '../command-line/open.ts';
import type { InstantOptions } from '../command-line/options.ts';
import { counted, table } from '../command-line/table.ts';

export type PlanOptions = InstantOptions & {
  readonly branch?: string;
  readonly policy: readonly string[];
  readonly param?: number;
  readonly powerModel: string;
  readonly datapath: ProfileName;
  readonly underload: string;
  readonly overload: string;
  readonly selection: string;
  readonly set: readonly string[];
  readonly giveUpN1?: boolean;
};

const QUESTIONS = ['underload', 'overload', 'selection', 'placement', 'weights'] as const;
type Question = (typeof QUESTIONS)[number];
const isQuestion = (word: string): word is Question => QUESTIONS.some((question) => question === word);

const SETTING = /^([a-z]+)\.([a-z0-9_]+)=(.+)$/i;

/** `overload.threshold=0.9` or `overload.state_config=0.7,0.9` by question. */
const parametersOf = (written: readonly string[]): Result<Readonly<Record<Question, Parameters>>, string> => {
  const found: Record<Question, Record<string, number | readonly number[]>> = {
    underload: {},
    overload: {},
    selection: {},
    placement: {},
    weights: {},
  };
  for (const text of written) {
    const [, question = '', name = '', value = ''] = SETTING.exec(text) ?? [];
    const numbers = value.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
    if (!isQuestion(question) || !numbers.every((n) => Number.isFinite(n)))
      return err(`--set ${text}: write it as overload.threshold=0.9; before the dot one of ${QUESTIONS.join(', ')}.`);
    found[question][name] = value.includes(',') ? numbers : numbers[0]!;
  }
  return ok(found);
};

/** The single numbers of a question under their known names; others are refused. */
const numbersOf = <N extends string>(
  question: Question,
  given: Parameters,
  names: readonly N[],
): Result<Partial<Record<N, number>>, string> => {
  const found: Partial<Record<N, number>> = {};
  for (const [name, value] of Object.entries(given)) {
    const known = names.find((n) => n === name);
    if (known === undefined)
      return err(
        `There is no parameter ${question}.${name}; one of ${names.map((n) => `${question}.${n}`).join(', ')}.`,
      );
    if (typeof value !== 'number') return err(`${question}.${name} takes one number.`);
    found[known] = value;
  }
  return ok(found);
};

/** Neat's names for best_fit_decreasing's options. */
const PLACEMENT = ['cpu_threshold', 'ram_threshold', 'last_n_vm_cpu'] as const;
const WEIGHTS = Object.keys(LIVE_DEFAULTS.weights) as readonly (keyof LiveSettings['weights'])[];

const settingsOf = (options: PlanOptions): Result<Partial<LiveSettings>, string> => {
  if (options.policy.length > 0 || options.param !== undefined) {
    return err('--policy and --param are for --workload; a plan takes --overload, --underload, --selection and --set.');
  }
  const parameters = parametersOf(options.set);
  if (!parameters.ok) return parameters;
  const { underload, overload, selection } = parameters.value;
  const placement = numbersOf('placement', parameters.value.placement, PLACEMENT);
  if (!placement.ok) return placement;
  const weights = numbersOf('weights', parameters.value.weights, WEIGHTS);
  if (!weights.ok) return weights;
  return ok({
    cpuThreshold: placement.value.cpu_threshold ?? LIVE_DEFAULTS.cpuThreshold,
    ramThreshold: placement.value.ram_threshold ?? LIVE_DEFAULTS.ramThreshold,
    lastNVmCpu: placement.value.last_n_vm_cpu ?? LIVE_DEFAULTS.lastNVmCpu,
    weights: { ...LIVE_DEFAULTS.weights, ...weights.value },
    powerModel: options.powerModel,
    datapath: options.datapath,
    keepN1: options.giveUpN1 !== true,
    underload: { name: options.underload, parameters: underload },
    overload: { name: options.overload, parameters: overload },
    selection: { name: options.selection, parameters: selection },
  });
};

const share = (x: number | undefined): string | null => (x === undefined ? null : `${(x * 100).toFixed(0)} %`);

const hostTable = (hosts: readonly HostAnswer[]): string =>
  table(hosts, [
    { head: 'HOST', cell: (h) => h.host },
    { head: 'VMS', cell: (h) => h.vms },
    { head: 'CPU', cell: (h) => share(h.history.at(-1)) },
    ...(hosts.some((h) => h.forwardingCores > 0)
      ? [{ head: 'FORWARDING', cell: (h: HostAnswer) => `${h.forwardingCores.toFixed(2)} cores` }]
      : []),
    { head: 'FATE', cell: (h) => h.fate },
    { head: 'WHY', cell: (h) => h.why },
  ]);

const moveTable = (moves: readonly Move[]): string =>
  table(moves, [
    { head: '#', cell: (m) => m.order },
    { head: 'VM', cell: (m) => m.name },
    { head: 'SOURCE', cell: (m) => m.source },
    { head: 'DEST', cell: (m) => m.dest },
    { head: 'TYPE', cell: (m) => (m.kind === null ? m.type : `${m.type} (${m.kind})`) },
    { head: 'STARTS', cell: (m) => `+${m.startS.toFixed(0)} s` },
    { head: 'TAKES', cell: (m) => `${m.seconds.toFixed(0)} s` },
    { head: 'WHY THERE', cell: (m) => `${m.why}; ${counted(m.options.length - 1, 'other')} looked at` },
  ]);

const refusedTable = (refused: readonly Refusal[]): string =>
  table(refused, [
    { head: 'STAYS', cell: (r) => r.name },
    { head: 'HOST', cell: (r) => r.host },
    { head: 'WHY', cell: (r) => r.why },
  ]);

const safetyWords = ({ safe, failures, of, worst }: Safety): string => {
  if (safe === true) return `kept: each of ${of} hosts may fail`;
  const [first] = worst;
  const as = first === undefined ? '' : `; worst ${first.host}: ${counted(first.vms, 'VM')} without a home`;
  return `${failures} of ${of} host failures strand VMs${as}`;
};

const orderWords = ({ by, why, makespanS, lowerBoundS }: Ordering): string =>
  by === 'planner'
    ? `Order: ${why}; ${makespanS.toFixed(0)} s in all, no order needs less than ${(lowerBoundS ?? 0).toFixed(0)} s.\n`
    : `Order: one at a time, ${makespanS.toFixed(0)} s in all, because ${why}.\n`;

const gbps = (bitsPerS: number): string => `${(bitsPerS / 1e9).toFixed(2)} Gbit/s`;

const weightTable = ({ weights }: LiveSettings): string =>
  table(WEIGHTS, [
    { head: 'TARGETS WEIGHED BY', cell: (name) => name },
    { head: 'WATTS', cell: (name) => weights[name] },
    { head: 'FOR', cell: (name) => PLAN_WEIGHT_WORDS[name] },
  ]);

const readable = (plan: PlanReport): string => {
  const { before, after, moves, refused } = plan;
  const lines = [
    `${plan.verdict}\n`,
    hostTable(plan.hosts),
    moves.length === 0 ? '' : moveTable(moves),
    refused.length === 0 ? '' : refusedTable(refused),
    table(
      [
        ['hosts on', String(before.hostsOn), String(after.hostsOn)],
        ['power', `${before.watts.toFixed(0)} W (assumed)`, `${after.watts.toFixed(0)} W (assumed)`],
        ['forwarding', `${before.forwardingCores.toFixed(2)} cores`, `${after.forwardingCores.toFixed(2)} cores`],
        ['between hosts', gbps(before.crossBitsPerS), gbps(after.crossBitsPerS)],
        ['N+1', safetyWords(before.n1), safetyWords(after.n1)],
        ['N+1, emptied hosts awake', null, safetyWords(plan.awakeN1)],
      ],
      [
        { head: '', cell: ([what]) => what ?? null },
        { head: 'BEFORE', cell: ([, now]) => now ?? null },
        { head: 'AFTER', cell: ([, , then]) => then ?? null },
      ],
    ),
    moves.length === 0 ? '' : orderWords(plan.ordering),
    moves.length === 0 ? '' : weightTable(plan.settings),
    plan.violations.length === 0
      ? `Checked: all ${plan.states} states on the way hold.\n`
      : `Refused by the check: ${plan.violations.map((v) => `move ${v.order}: ${v.detail}`).join('; ')}.\n`,
    `Assumed:\n${plan.assumptions.map((a) => `  ${a}\n`).join('')}`,
    plan.branch === null
      ? ''
      : `The plan is on the branch ${plan.branch}. Drill it: understudy drill --timeline ${plan.branch} --fail HOST\n`,
  ];
  return lines.filter((part) => part !== '').join('\n');
};

/** Status 1 when the plan's own check refuses it. */
export const runPlan = async ({ terminal }: Stage, options: PlanOptions): Promise<Ending> => {
  const settings = settingsOf(options);
  if (!settings.ok) return settings;
  return inLog(terminal, options.log, async ({ ask, moment }) => {
    const at = moment(options.timeline, options.at);
    if (!at.ok) return at;
    const { timeline, branch = null } = options;
    const plan = await ask('consolidate.plan', { timeline, at: at.value, settings: settings.value, branch });
    if (!plan.ok) return plan;
    await terminal.write(options.json === true ? `${JSON.stringify(plan.value)}\n` : readable(plan.value));
    return ok(plan.value.violations.length === 0 ? 0 : 1);
  });
};
