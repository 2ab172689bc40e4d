// The table of queries, commands and streams that shells and window promise each other.
import type { BlackoutAnswer, BlackoutQuestion } from '../network/blackout-answer.ts';
import type { StoryAnswer, StoryQuestion } from '../network/story-answer.ts';
import type { TrafficAnswer, TrafficQuestion } from '../datapath/traffic-answer.ts';
import type { Outlook } from '../capacity/outlook.ts';
import type { Assumptions } from '../capacity/what-if.ts';
import type { ConsolidationReport, WorkloadChoice } from '../consolidation/experiment-report.ts';
import type { PlanReport } from '../consolidation/live/report.ts';
import type { LiveSettings } from '../consolidation/live/settings.ts';
import type { ExperimentName } from '../consolidation/experiment.ts';
import type { StateDiff } from '../timeline/diff.ts';
import type { Outage } from '../timeline/outages.ts';
import type { DrillOutcome, DrillSettings } from '../drill/outcome.ts';
import type { SweepKind, SweepResult } from '../drill/sweep/sweep.ts';
import type { FlowAnswer, FlowChange, FlowQuestion, ObservedAnswer } from '../network/flow-answer.ts';
import type { NetworkLoad } from '../network/load-over-time.ts';
import type { Style } from '../network/overlay.ts';
import type { NetworkOverview } from '../network/overview.ts';
import type { ReachAnswer, TraceAnswer, TraceQuestion } from '../network/trace-answer.ts';
import type { Checked } from '../planning/checker.ts';
import type { SoughtGoal } from '../planning/goal.ts';
import type { PlanCpu } from '../planning/host-cpu.ts';
import type { LinkLoad } from '../planning/link-load.ts';
import type { BlockerMatrix, MatrixQuestion } from '../planning/matrix.ts';
import type { PredictedMove } from '../planning/move-prediction.ts';
import type { PlanOptions } from '../planning/options.ts';
import type { Plan } from '../planning/plan.ts';
import type { CauseChain, Density, MachinePicture, Mark, Picture, StoryLine } from '../readout/picture-types.ts';
import type { AnomalyState, ClusterState } from '../readout/state.ts';
import type { Document } from '../report/document.ts';

/** How long resources last: of the whole cluster or a zone, as it is or under assumptions, with what comes on top of the trend. */
export type RunwayQuestion = {
  readonly timeline: string;
  readonly at: At | null;
  readonly zone: string | null;
  readonly assume: Assumptions | null;
  /** `2026-12-15=m1.large:40` */
  readonly commitments: readonly string[];
  /** `m1.large=10`: per cent a month */
  readonly growths: readonly string[];
};

/** An instant as the window names it: milliseconds since 1970, and the seq when it means exactly one event. */
export type At = { readonly at: number; readonly seq: number | null };

export type TimelineInfo = {
  readonly name: string;
  readonly parent: string | null;
  readonly forkedAt: At | null;
  readonly head: number;
  /** Milliseconds since 1970 of the first and last event of the lineage; null when empty. */
  readonly from: number | null;
  readonly to: number | null;
  readonly events: number;
};

export type LogInfo = {
  readonly name: string;
  readonly path: string;
  readonly readOnly: boolean;
  /** True while the demonstration is shown. */
  readonly demonstration: boolean;
  readonly timelines: readonly TimelineInfo[];
};

export type EventRow = {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly entity: string;
  readonly evidence: string;
  readonly sentence: string;
  readonly source: string;
  readonly line: number;
};

export type Hit = {
  readonly kind: 'host' | 'vm' | 'volume' | 'pool' | 'network' | 'migration' | 'event' | 'instant';
  readonly entity: string | null;
  readonly label: string;
  readonly detail: string;
  readonly at: At | null;
};

export type FileReport = {
  readonly path: string;
  readonly format: string;
  readonly lines: number;
  readonly events: number;
  readonly duplicates: number;
  readonly ignored: Readonly<Record<string, number>>;
  readonly refused: readonly { readonly line: number; readonly why: string }[];
};
export type ImportReport = { readonly files: readonly FileReport[]; readonly head: number };

/** How long VMs were down on two branches since they parted (`a` and `b`; null: not at all); null where they never did. */
export type DownTimes = {
  readonly since: At | null;
  readonly vms: readonly {
    readonly vm: string;
    readonly name: string;
    readonly a: Outage | null;
    readonly b: Outage | null;
  }[];
};

export type DrillReport = DrillOutcome & {
  /** What the timeline it was asked of has itself of these VMs, from the drill's instant on: a recorded incident, where there was one. */
  readonly recorded: readonly Outage[];
  readonly branch: string | null;
  /** What was asked: hosts that fail at once, the script of what else happens, and what the cluster is taken to be. */
  readonly asked: {
    readonly fail: readonly string[];
    readonly script: string | null;
    readonly assume: Assumptions | null;
  };
};

/** What a person may set before a plan; the rest of its options are assumptions the report names. */
export type PlanSettings = Pick<PlanOptions, 'policy' | 'perHost' | 'nicBitsPerS' | 'dirtyPagesPerS' | 'skip' | 'pins'>;

/** What a plan was made on: whoever applies it later can tell whether that is still so. */
export type MadeOn = {
  readonly timeline: string;
  /** The instant asked for; null for the timeline's end. */
  readonly asked: At | null;
  readonly seq: number;
  readonly at: string;
  /** Of the state planned on, whatever the release. */
  readonly hash: string;
  /** Only where one was named. */
  readonly release?: string;
};

/** A plan made at an instant, what an independent checker says of it, and the runbook a person may run. */
export type PlanAnswer = Plan & {
  readonly at: string;
  readonly made: MadeOn;
  readonly checker: Checked;
  readonly branch: string | null;
  readonly runbook: string;
  readonly loads: readonly LinkLoad[];
  readonly cpu: PlanCpu;
};

/** Every call: its input and its answer. Calls marked as commands change the log; the rest never do. */
export type Calls = {
  'log.info': { input: Record<string, never>; output: LogInfo };
  'view.picture': { input: { timeline: string; at: At | null }; output: Picture };
  'view.state': { input: { timeline: string; at: At | null }; output: ClusterState };
  'view.density': { input: { timeline: string; from: number; to: number; buckets: number }; output: Density };
  'view.marks': { input: { timeline: string }; output: readonly Mark[] };
  'view.story': { input: { timeline: string; entity: string; at: At | null }; output: readonly StoryLine[] };
  /** Why a VM is in trouble; null for what is no VM on record. */
  'view.why': { input: { timeline: string; entity: string; at: At | null }; output: CauseChain | null };
  'view.machine': { input: { timeline: string; entity: string; at: At | null }; output: readonly MachinePicture[] };
  'view.anomalies': { input: { timeline: string; at: At | null }; output: readonly AnomalyState[] };
  'view.events': {
    input: { timeline: string; from: number; to: number; entity: string | null; limit: number };
    output: readonly EventRow[];
  };
  /** The next (or previous) event, incident mark or anomaly from an instant; null at the end. */
  'view.step': {
    input: { timeline: string; at: At; direction: 1 | -1; to: 'event' | 'mark' | 'anomaly' };
    output: At | null;
  };
  'view.find': { input: { timeline: string; at: At | null; text: string; limit: number }; output: readonly Hit[] };
  'view.diff': {
    input: { a: { timeline: string; at: At | null }; b: { timeline: string; at: At | null } };
    output: StateDiff;
  };
  /** What two branches did to each VM: its down time on either, from where they part up to these instants. */
  'view.downTimes': {
    input: { a: { timeline: string; at: At | null }; b: { timeline: string; at: At | null } };
    output: DownTimes;
  };
  /** The cluster at an instant to hand over: troubles with their causes, contradictions, N+1, what fits. */
  'report.cluster': { input: { timeline: string; at: At | null }; output: Document };
  /** The overlay at an instant in figures: who shares which network, and what each mode makes of it. */
  'network.overview': { input: { timeline: string; at: At | null; style: Style }; output: NetworkOverview };
  'network.flows': { input: { timeline: string; at: At | null } & FlowQuestion; output: FlowAnswer };
  /** What changed in a host's table from one instant to another. */
  'network.flowDiff': {
    input: { timeline: string; from: At | null; to: At | null } & FlowQuestion;
    output: FlowChange;
  };
  /** The newest dump of a host's table up to an instant, beside what Neutron would program there then. */
  'network.observedFlows': { input: { timeline: string; at: At | null } & FlowQuestion; output: ObservedAnswer };
  'network.trace': { input: { timeline: string; at: At | null } & TraceQuestion; output: TraceAnswer };
  'network.reach': {
    input: { timeline: string; at: At | null } & TraceQuestion & { readonly to: string };
    output: ReachAnswer;
  };
  /** FDB messages that the changes of ports in [from, to] cost, in equal buckets. */
  /** A change of a VM or an agent, step by step: who is told what, and what the other hosts then believe. */
  'network.messages': { input: { timeline: string; at: At | null } & StoryQuestion; output: StoryAnswer };
  /** How long a VM would be unreachable if it moved live at that instant. */
  'network.blackout': { input: { timeline: string; at: At | null } & BlackoutQuestion; output: BlackoutAnswer };
  /** What traffic asks of hosts and links, recorded or made up. */
  'network.traffic': { input: { timeline: string; at: At | null } & TrafficQuestion; output: TrafficAnswer };
  'network.load': {
    input: { timeline: string; from: number; to: number; buckets: number; style: Style };
    output: NetworkLoad;
  };
  /** Command: makes a branch at an instant. */
  'branch.create': { input: { name: string; parent: string; at: At | null }; output: TimelineInfo };
  'branch.rename': { input: { name: string; to: string }; output: TimelineInfo };
  'branch.drop': { input: { name: string }; output: { dropped: string } };
  /** Command: appends a hypothetical VM to a branch, so that a drill can meet it. */
  'branch.addVm': {
    input: {
      timeline: string;
      at: At | null;
      name: string;
      host: string;
      vcpus: number;
      ramMiB: number;
      diskGiB: number;
      storage: 'local' | 'shared' | 'volume';
    };
    output: { entity: string };
  };
  /** Command: writes one fact of the dictionary onto a branch, as an assumption of whoever asks. */
  'branch.record': {
    input: { timeline: string; at: At | null; type: string; entity: string; data: Readonly<Record<string, unknown>> };
    output: { seq: number };
  };
  /** Command: imports dropped files; contents are base64. Reports progress; can be cancelled. */
  'intake.import': {
    input: { timeline: string; files: readonly { name: string; base64: string }[] };
    output: ImportReport;
  };
  /** Command: fails hosts at an instant on a new branch and plays what follows. Reports progress; can be cancelled. */
  'drill.run': {
    input: {
      timeline: string;
      at: At | null;
      fail: readonly string[];
      /** What else happens and when: `at 12:05 return compute-7; fail rack A1 by power`. */
      script?: string;
      branch: string;
      settings: Partial<DrillSettings>;
      /** Another release, ratios, racks, hosts; the branch holds them too. */
      assume: Assumptions | null;
    };
    output: DrillReport;
  };
  /** Plays a drill once more and keeps it as a scenario folder beside the log; the log itself stays as it is. */
  'drill.save': {
    input: {
      timeline: string;
      at: At | null;
      fail: readonly string[];
      script: string | null;
      settings: Partial<DrillSettings>;
      assume: Assumptions | null;
      name: string;
    };
    output: { folder: string };
  };
  /** How long each resource lasts on the trend of the log's own history. Reports progress; can be cancelled. */
  'capacity.runway': { input: RunwayQuestion; output: Outlook };
  /** Fails every host, pair, rack or zone in turn; changes nothing. Reports progress; can be cancelled. */
  'drill.sweep': {
    input: { timeline: string; at: At | null; kind: SweepKind; assume: Assumptions | null };
    output: SweepResult;
  };
  /** Command: keeps assumptions as facts on a new branch. */
  'capacity.keep': {
    input: { timeline: string; at: At | null; assume: Assumptions; branch: string };
    output: TimelineInfo;
  };
  /** Policies side by side on a day of CPU traces; changes nothing. Reports progress; can be cancelled. */
  'consolidate.experiment': {
    input: { experiment: ExperimentName; policies: readonly string[]; workload: WorkloadChoice };
    output: ConsolidationReport;
  };
  /** VMs by every host: can it move there, and why not. */
  'plan.check': {
    input: { timeline: string; at: At | null; nicBitsPerS: number } & MatrixQuestion;
    output: BlockerMatrix;
  };
  /** One VM's live migration at an instant, on links of its own. */
  'plan.predict': {
    input: { timeline: string; at: At | null; vm: string; settings: PlanSettings };
    output: PredictedMove;
  };
  /** Command where a branch is named: a plan for goals, with its moves written onto that branch. Reports progress; can be cancelled. */
  'plan.make': {
    input: {
      timeline: string;
      at: At | null;
      goals: readonly SoughtGoal[];
      settings: PlanSettings;
      branch: string | null;
    };
    output: PlanAnswer;
  };
  /** Command where a branch is named: a plan for the cluster at an instant, with its moves written onto that branch. */
  'consolidate.plan': {
    input: { timeline: string; at: At | null; settings: Partial<LiveSettings>; branch: string | null };
    output: PlanReport;
  };
};

export type CallName = keyof Calls;
export type Input<N extends CallName> = Calls[N]['input'];
export type Output<N extends CallName> = Calls[N]['output'];

export type Streams = {
  /** The log grew, or a branch was made, renamed or dropped. */
  'log.changed': { readonly timelines: readonly TimelineInfo[] };
};
