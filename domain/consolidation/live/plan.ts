// A plan for a live cluster: state frozen, every host judged, moves proposed and put in order, checked, and told with reasons.
import { err, ok, type Result } from '../../base/result.ts';
import { crossBitsPerS, forwardingCores } from '../../datapath/forwarding.ts';
import { PROFILES } from '../../datapath/profiles.ts';
import type { Plan } from '../../planning/plan.ts';
import type { ClusterState, HostState } from '../../readout/state.ts';
import { count, plural } from '../../readout/words.ts';
import { NO_SURROUNDINGS, type Surroundings } from '../../scheduling/blockers-hardware.ts';
import { powerAt, powerTableOf } from '../power.ts';
import { movedState, safetyOf } from './after.ts';
import { checkMoves } from './check.ts';
import { expectedCores, hostHistory, judge, type Judgement, peakCores, vmHistories } from './judge.ts';
import { gather } from './gather.ts';
import { type Draft, emptiedHosts, empty, relieve } from './propose.ts';
import { orderMoves } from './order.ts';
import type { Before, HostAnswer, Ordering, PlanReport } from './report.ts';
import { roomOf } from './room.ts';
import { type LiveSettings, policiesOf } from './settings.ts';
import type { CpuSeries } from './telemetry.ts';

export type PlanInput = {
  readonly state: ClusterState;
  /** CPU histories that end at the state's instant. */
  readonly cpu: CpuSeries;
  readonly settings: LiveSettings;
  /** Hardware, mounts and write rates, for the order of moves; what is not known is assumed. */
  readonly around?: Surroundings;
};

export type PlanMade = {
  readonly report: PlanReport;
  /** The planner's schedule of the moves; null where they run one at a time. */
  readonly schedule: Plan | null;
};

const MS_PER_S = 1000;
const MIB = 2 ** 20;
const BYTES_PER_MB = 1e6;

/** Why a host is not judged; null when it is. */
const unjudged = (host: HostState, history: readonly number[]): string | null => {
  if (host.up === false || host.forcedDown || host.fenced) return 'It is down.';
  if (host.vcpus === null) return 'The log does not tell its CPUs.';
  return host.vms.length > 0 && history.length === 0 ? 'None of its VMs was sampled.' : null;
};

/** Watts of all hosts that are on, each as the assumed server at its load. */
const wattsOf = (
  hosts: readonly HostState[],
  load: ReadonlyMap<string, number>,
  on: (h: HostState) => boolean,
  model: string,
): number => {
  const table = powerTableOf(model);
  if (table === null) return NaN; // policiesOf refused it
  return hosts.filter(on).reduce((sum, h) => {
    const share = h.vcpus === null || h.vcpus === 0 ? 0 : (load.get(h.name) ?? 0) / h.vcpus;
    return sum + powerAt(table, Math.min(1, Math.max(0, share)));
  }, 0);
};

const enumerated = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`;

const verdictOf = (report: Pick<PlanReport, 'moves' | 'hosts' | 'before' | 'after' | 'violations'>): string => {
  const { moves, hosts, before, after, violations } = report;
  if (violations.length > 0) return `The plan does not hold: ${violations[0]!.detail}.`;
  if (moves.length === 0)
    return 'Nothing to move: no host is overloaded, none can be emptied, and no VM gains by being nearer to those it talks to.';
  const emptied = hosts.filter((h) => h.fate === 'emptied').length;
  const relieved = hosts.filter((h) => h.fate === 'relieved').length;
  const gathered = moves.filter((m) => m.question === 'traffic').length;
  const parts = [
    ...(emptied > 0 ? [`empty ${plural(emptied, 'host')}`] : []),
    ...(relieved > 0 ? [`relieve ${plural(relieved, 'host')}`] : []),
    ...(gathered > 0 ? [`bring ${plural(gathered, 'VM')} nearer to ${gathered === 1 ? 'its' : 'their'} peers`] : []),
  ];
  const saved = before.watts - after.watts;
  const watts =
    Math.abs(saved) < 0.5
      ? `power stays at ${count(before.watts)} W`
      : `${count(Math.abs(saved))} W of ${count(before.watts)} W ${saved < 0 ? 'more' : 'less'}`;
  const n1 =
    after.n1.failures === before.n1.failures
      ? `N+1 stays ${after.n1.safe === true ? 'kept' : `broken for ${plural(after.n1.failures, 'host')}`}`
      : `host failures that strand VMs go from ${before.n1.failures} to ${after.n1.failures}`;
  const network =
    before.crossBitsPerS === 0
      ? ''
      : ` forwarding goes from ${before.forwardingCores.toFixed(1)} to ${after.forwardingCores.toFixed(1)} cores;`;
  return `${plural(moves.length, 'move')} to ${enumerated(parts)}, ${watts};${network} ${n1}.`;
};

/** What is said of traffic where some is recorded, or where threads poll for it. */
const forwardingAssumption = (
  settings: LiveSettings,
  pairs: number,
  forwards: ReadonlyMap<string, number>,
): readonly string[] => {
  const cores = [...forwards.values()].reduce((sum, c) => sum + c, 0);
  if (cores === 0) return [];
  const { title } = PROFILES[settings.datapath];
  return [
    `${title} takes ${cores.toFixed(1)} cores of all hosts to forward the traffic recorded last (${plural(pairs, 'pair')}), ` +
      'which is taken to have been the same throughout the history.',
  ];
};

const powerWords = (model: string): string => {
  const [, idle, most] = model.split(':');
  return idle === undefined || most === undefined
    ? `Every host draws what a ${model} drew in SPECpower_ssj2008`
    : `Every host draws ${idle} W idle and ${most} W at full load, in a straight line between`;
};

const assumptionsOf = (
  settings: LiveSettings,
  ordering: Ordering,
  pairs: number,
  forwards: ReadonlyMap<string, number>,
): readonly string[] => [
  ...forwardingAssumption(settings, pairs, forwards),
  `${powerWords(settings.powerModel)}; a host asleep draws nothing.`,
  `Detectors reckon with migrations at ${settings.migrationMBPerS} MB/s.`,
  'VMs stay in their availability zone: the log does not tell which are pinned to it.',
  ...(ordering.by === 'planner'
    ? ordering.assumptions.map((a) => `${a[0]?.toUpperCase() ?? ''}${a.slice(1)}.`)
    : [`Moves run one at a time, host by host, because ${ordering.why}.`]),
];

/**
 * Answers Neat's four questions on a frozen state. Overloaded hosts are relieved first, in order of their names; then
 * underloaded hosts are emptied, least used first, each wholly or not at all, where that pays; then VMs move to
 * those they talk to, where that pays. Hosts that had no VMs stay on. Errors: a sentence that names the setting.
 */
export const planConsolidation = ({
  state,
  cpu,
  settings,
  around = NO_SURROUNDINGS,
}: PlanInput): Result<PlanMade, string> => {
  if (state.hosts.length === 0) return err('No hosts are recorded up to this instant.');
  const rams = state.vms.flatMap((vm) => (vm.host === null || vm.ramMiB === null ? [] : [vm.ramMiB]));
  const meanMiB = rams.reduce((a, b) => a + b, 0) / Math.max(1, rams.length);
  const timeStepS = cpu.stepMs / MS_PER_S;
  const migrationTimeS = (meanMiB * MIB) / (settings.migrationMBPerS * BYTES_PER_MB);
  const policies = policiesOf(settings, { timeStepS, migrationTimeS });
  if (!policies.ok) return policies;

  const histories = vmHistories(state, cpu, settings.dataLength);
  const room = roomOf(state, expectedCores(state, histories, settings.lastNVmCpu), peakCores(histories), settings);
  const vmsBy = Map.groupBy(state.vms, (vm) => vm.host);
  const forwards = new Map(state.hosts.map((h) => [h.name, forwardingCores(room.forwarding, h.name)]));
  const historyOf = new Map(
    state.hosts.map((h) => [h.name, hostHistory(h, vmsBy.get(h.name) ?? [], histories, forwards.get(h.name) ?? 0)]),
  );
  const judgements = new Map<string, Judgement>();
  for (const host of state.hosts) {
    const history = historyOf.get(host.name)!;
    if (host.vms.length > 0 && unjudged(host, history) === null)
      judgements.set(host.name, judge(history, policies.value, settings, migrationTimeS / timeStepS));
  }

  const before = safetyOf(state);
  const network = (): Pick<Before, 'forwardingCores' | 'crossBitsPerS'> => ({
    forwardingCores: state.hosts.reduce((sum, h) => sum + forwardingCores(room.forwarding, h.name), 0),
    crossBitsPerS: crossBitsPerS(room.forwarding),
  });
  const networkBefore = network();
  const wattsBefore = wattsOf(state.hosts, room.load, (h) => h.up !== false, settings.powerModel);
  const draft: Draft = {
    room,
    policies: policies.value,
    histories,
    judgements,
    moves: [],
    refused: [],
    fates: new Map(),
    failures: before.failures,
  };
  const judged = state.hosts.filter((h) => judgements.has(h.name));
  const over = judged.filter((h) => judgements.get(h.name)!.overload.answer);
  for (const host of over) room.closed.set(host.name, { rule: 'overloaded', why: 'is overloaded itself' });
  for (const host of over) relieve(draft, host);
  const under = judged
    .filter((h) => judgements.get(h.name)!.underload.answer && !over.includes(h))
    .sort((a, b) => (room.load.get(a.name) ?? 0) - (room.load.get(b.name) ?? 0) || (a.name < b.name ? -1 : 1));
  for (const host of under) empty(draft, host);
  gather(draft);

  const asleep = emptiedHosts(draft);
  const sleepers = new Set(asleep);
  const { moves, ordering, schedule } = orderMoves(state, around, draft.moves);
  const { states, violations } = checkMoves(state, moves, asleep);
  const isOn = (h: HostState): boolean => h.up !== false;
  const beforeAll: Before = {
    hostsOn: state.hosts.filter(isOn).length,
    watts: wattsBefore,
    ...networkBefore,
    n1: before,
  };
  const afterAll: Before = {
    hostsOn: state.hosts.filter((h) => isOn(h) && !sleepers.has(h.name)).length,
    watts: wattsOf(state.hosts, room.load, (h) => isOn(h) && !sleepers.has(h.name), settings.powerModel),
    ...network(),
    n1: safetyOf(movedState(state, room.at, sleepers)),
  };
  const hosts = state.hosts.map((host): HostAnswer => {
    const history = historyOf.get(host.name)!;
    const judgement = judgements.get(host.name) ?? null;
    const not = unjudged(host, history);
    const fate = draft.fates.get(host.name) ?? {
      fate: not !== null ? ('not judged' as const) : host.vms.length === 0 ? ('empty' as const) : ('kept' as const),
      why:
        not ??
        (judgement === null
          ? 'It has no VMs; whether it sleeps is not for a plan of moves.'
          : `Neither overloaded (${judgement.overload.says}) nor underloaded (${judgement.underload.says}).`),
    };
    return {
      host: host.name,
      vms: host.vms.length,
      history: history.map((u) => Math.round(u * 1000) / 1000),
      forwardingCores: Math.round((forwards.get(host.name) ?? 0) * 1000) / 1000,
      underload: judgement?.underload ?? null,
      overload: judgement?.overload ?? null,
      ...fate,
    };
  });
  const told = { moves, hosts, before: beforeAll, after: afterAll, violations };
  const report: PlanReport = {
    at: state.at,
    timeline: state.timeline,
    settings,
    timeStepS,
    migrationTimeS,
    refused: draft.refused,
    asleep,
    awakeN1: safetyOf(movedState(state, room.at, new Set())),
    states,
    ordering,
    assumptions: assumptionsOf(settings, ordering, state.traffic.length, forwards),
    verdict: verdictOf(told),
    branch: null,
    ...told,
  };
  return ok({ report, schedule });
};
