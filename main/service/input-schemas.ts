// The shape of every call's input, checked at the door; a test proves that each admits what its line in the contract says.
import { PROFILE_NAMES, type ProfileName } from '../../domain/datapath/profiles.ts';
import { STORY_KINDS, type StoryKind } from '../../domain/network/story-answer.ts';
import { PATTERN_NAMES, type PatternName } from '../../domain/datapath/traffic-patterns.ts';
import Type, { type TSchema } from 'typebox';
import type { CallName } from '../../domain/contract/contract.ts';

const LONGEST_NAME = 255;
const LONGEST_TEXT = 1_000;
const MOST_ROWS = 100_000; // one answer must fit a message; the window pages long before this
const MOST_FAULTS = 100;
const LONGEST_SCRIPT = 100_000; // a thousand steps of a hundred characters
const MOST_BUCKETS = 10_000; // more bars than any screen has columns

const exact = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
const Name = Type.String({ minLength: 1, maxLength: LONGEST_NAME });
const Count = Type.Integer({ minimum: 0 });
const Seconds = Type.Number({ minimum: 0 });
const Moment = exact({ at: Type.Number(), seq: Type.Union([Count, Type.Null()]) });
const MomentOrHead = Type.Union([Moment, Type.Null()]);
const Place = exact({ timeline: Name, at: MomentOrHead });
const EntityAt = exact({ timeline: Name, entity: Name, at: MomentOrHead });

const Settings = Type.Partial(
  Type.Object({
    seed: Type.String({ maxLength: LONGEST_NAME }),
    reportIntervalS: Seconds,
    serviceDownTimeS: Seconds,
    forceDown: Type.Boolean(),
    monitorS: Type.Union([Seconds, Type.Null()]),
    fence: Type.Boolean(),
    fencingS: Seconds,
    waitAfterFencingS: Seconds,
    threads: Type.Integer({ minimum: 1, maximum: 1_000 }),
    scheduleS: Seconds,
    spawnS: Seconds,
    imageFetchSPerGiB: Seconds,
    nicGbitPerS: Type.Number({ exclusiveMinimum: 0 }),
    landStopped: Type.Boolean(),
    graceful: Type.Boolean(),
    waitForFence: Type.Boolean(),
    evacuationLimitS: Type.Union([Seconds, Type.Null()]),
    evacuateAll: Type.Boolean(),
    resetToError: Type.Boolean(),
    taskStateBlocks: Type.Boolean(),
    method: Type.Union([
      Type.Literal('auto'),
      Type.Literal('reserved_host'),
      Type.Literal('auto_priority'),
      Type.Literal('rh_priority'),
    ]),
    reservedHosts: Type.Array(Name, { maxItems: MOST_FAULTS }),
    joinAggregates: Type.Boolean(),
    retries: Type.Integer({ minimum: 0, maximum: 100 }),
    retryAfterS: Seconds,
  }),
  { additionalProperties: false },
);

const Mode = Type.Union([
  Type.Literal('no-l2pop'),
  Type.Literal('l2pop'),
  Type.Literal('l2pop-arp'),
  Type.Literal('multicast'),
]);
const Style = Type.Union([Type.Literal('master'), Type.Literal('classic')]);
const FlowQuestion = {
  mode: Mode,
  style: Style,
  host: Name,
  bridge: Type.Union([Type.Literal('br-int'), Type.Literal('br-tun')]),
  dialect: Type.Union([Type.Literal('OpenFlow10'), Type.Literal('OpenFlow13'), Type.Null()]),
};
const TraceQuestion = {
  mode: Mode,
  style: Style,
  from: Name,
  packet: Type.Union([Type.String({ maxLength: LONGEST_TEXT }), Type.Null()]),
  faults: Type.Array(Name, { maxItems: MOST_FAULTS }),
  ipBytes: Type.Integer({ minimum: 20, maximum: 65_535 }),
};

const First = Type.Union([Type.Literal('source'), Type.Literal('dest')]);
const Datapath = Type.Enum(PROFILE_NAMES as ProfileName[]);

const Choice = exact({
  name: Name,
  parameters: Type.Record(Type.String(), Type.Union([Type.Number(), Type.Array(Type.Number())])),
});
const PlanSettings = Type.Partial(
  Type.Object({
    underload: Choice,
    overload: Choice,
    selection: Choice,
    cpuThreshold: Type.Number(),
    ramThreshold: Type.Number(),
    lastNVmCpu: Type.Number(),
    dataLength: Type.Number(),
    migrationMBPerS: Type.Number(),
    powerModel: Name,
    datapath: Datapath,
    weights: exact({
      watts: Type.Number(),
      freeHost: Type.Number(),
      lackingCore: Type.Number(),
      movedGiB: Type.Number(),
      forwardingCore: Type.Number(),
      crossGbps: Type.Number(),
    }),
    keepN1: Type.Boolean(),
    seed: Type.String({ maxLength: LONGEST_NAME }),
  }),
  { additionalProperties: false },
);

const MOST_HOSTS = 10_000;
const BitsPerS = Type.Number({ minimum: 1e6, maximum: 1e13 });
const MoveSettings = exact({
  policy: Type.Union([Type.Literal('live'), Type.Literal('cold'), Type.Literal('stop')]),
  perHost: Type.Integer({ minimum: 1, maximum: 1_000 }),
  nicBitsPerS: BitsPerS,
  dirtyPagesPerS: Type.Number({ minimum: 0, maximum: 1e9 }),
  skip: Type.Array(Name, { maxItems: MOST_ROWS }),
  pins: Type.Array(exact({ vm: Name, host: Name }), { maxItems: MOST_ROWS }),
});
const Size = Type.Number({ minimum: 0, maximum: 1e9 });
const PlanGoal = Type.Union([
  exact({ kind: Type.Literal('drain'), hosts: Type.Array(Name, { minItems: 1, maxItems: MOST_HOSTS }) }),
  exact({
    kind: Type.Literal('make-room'),
    flavor: exact({
      name: Name,
      vcpus: Size,
      ramMiB: Size,
      diskGiB: Size,
      extraSpecs: Type.Optional(Type.Record(Type.String(), Type.String())),
      project: Type.Optional(Name),
    }),
    count: Type.Integer({ minimum: 1, maximum: 100_000 }),
    hosts: Type.Union([Type.Array(Name, { minItems: 1, maxItems: MOST_HOSTS }), Type.Null()]),
  }),
  exact({ kind: Type.Literal('repair') }),
  exact({
    kind: Type.Literal('rebalance'),
    margin: Type.Number({ minimum: 0.0001, maximum: 1 }),
    mostMoves: Type.Integer({ minimum: 1, maximum: 100_000 }),
  }),
]);

const NameOrNull = Type.Union([Name, Type.Null()]);
const RatioOrNull = Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()]);
const AssumptionsInput = exact({
  release: NameOrNull,
  ratios: exact({ vcpu: RatioOrNull, ram: RatioOrNull, disk: RatioOrNull }),
  without: Type.Array(Name, { maxItems: MOST_HOSTS }),
  added: Type.Union([exact({ like: Name, count: Type.Integer({ minimum: 1, maximum: MOST_HOSTS }) }), Type.Null()]),
  racks: Type.Union([Type.Record(Name, Name, { maxProperties: MOST_HOSTS }), Type.Null()]),
});
const AssumptionsOrNull = Type.Union([AssumptionsInput, Type.Null()]);
const RunwayInput = exact({
  timeline: Name,
  at: MomentOrHead,
  zone: NameOrNull,
  assume: AssumptionsOrNull,
  commitments: Type.Array(Name, { maxItems: MOST_FAULTS }),
  growths: Type.Array(Name, { maxItems: MOST_FAULTS }),
});

export const inputSchemas = {
  'log.info': Type.Unsafe<Record<string, never>>(exact({})),
  'view.picture': Place,
  'view.state': Place,
  'view.density': exact({
    timeline: Name,
    from: Type.Number(),
    to: Type.Number(),
    buckets: Type.Integer({ minimum: 1, maximum: MOST_BUCKETS }),
  }),
  'view.marks': exact({ timeline: Name }),
  'view.story': EntityAt,
  'view.why': EntityAt,
  'view.machine': EntityAt,
  'view.anomalies': Place,
  'report.cluster': Place,
  'view.events': exact({
    timeline: Name,
    from: Type.Number(),
    to: Type.Number(),
    entity: Type.Union([Name, Type.Null()]),
    limit: Type.Integer({ minimum: 1, maximum: MOST_ROWS }),
  }),
  'view.step': exact({
    timeline: Name,
    at: Moment,
    direction: Type.Union([Type.Literal(1), Type.Literal(-1)]),
    to: Type.Union([Type.Literal('event'), Type.Literal('mark'), Type.Literal('anomaly')]),
  }),
  'view.find': exact({
    timeline: Name,
    at: MomentOrHead,
    text: Type.String({ maxLength: LONGEST_TEXT }),
    limit: Type.Integer({ minimum: 1, maximum: 1_000 }),
  }),
  'view.diff': exact({ a: Place, b: Place }),
  'view.downTimes': exact({ a: Place, b: Place }),
  'network.overview': exact({ timeline: Name, at: MomentOrHead, style: Style }),
  'network.flows': exact({ timeline: Name, at: MomentOrHead, ...FlowQuestion }),
  'network.flowDiff': exact({ timeline: Name, from: MomentOrHead, to: MomentOrHead, ...FlowQuestion }),
  'network.observedFlows': exact({ timeline: Name, at: MomentOrHead, ...FlowQuestion }),
  'network.trace': exact({ timeline: Name, at: MomentOrHead, ...TraceQuestion, to: Type.Union([Name, Type.Null()]) }),
  'network.reach': exact({ timeline: Name, at: MomentOrHead, ...TraceQuestion, to: Name }),
  'network.messages': exact({
    timeline: Name,
    at: MomentOrHead,
    mode: Mode,
    style: Style,
    kind: Type.Enum(STORY_KINDS as unknown as StoryKind[]),
    what: Name,
    dest: Type.Union([Name, Type.Null()]),
    address: Type.Union([Name, Type.Null()]),
    first: First,
    l3Plugin: Type.Boolean(),
  }),
  'network.blackout': exact({
    timeline: Name,
    at: MomentOrHead,
    mode: Mode,
    style: Style,
    vm: Name,
    dest: Name,
    first: First,
    l3Plugin: Type.Boolean(),
    delays: Type.Partial(
      Type.Object({
        pauseMs: Type.Number(),
        activateMs: Type.Number(),
        agentLoopMs: Type.Number(),
        bindMs: Type.Number(),
        fanoutMs: Type.Number(),
        announceMs: Type.Union([Type.Number(), Type.Null()]),
        guestTalksMs: Type.Number(),
      }),
      { additionalProperties: false },
    ),
  }),
  'network.traffic': exact({
    timeline: Name,
    at: MomentOrHead,
    datapath: Datapath,
    pattern: Type.Union([
      exact({
        pattern: Type.Enum(PATTERN_NAMES as PatternName[]),
        groupSize: Type.Number(),
        meanBytesPerS: Type.Number(),
        seed: Type.String({ maxLength: LONGEST_NAME }),
      }),
      Type.Null(),
    ]),
    move: Type.Union([exact({ vm: Name, dest: Name }), Type.Null()]),
  }),
  'network.load': exact({
    timeline: Name,
    from: Type.Number(),
    to: Type.Number(),
    buckets: Type.Integer({ minimum: 1, maximum: MOST_BUCKETS }),
    style: Style,
  }),
  'branch.create': exact({ name: Name, parent: Name, at: MomentOrHead }),
  'branch.rename': exact({ name: Name, to: Name }),
  'branch.drop': exact({ name: Name }),
  'branch.record': exact({
    timeline: Name,
    at: MomentOrHead,
    type: Name,
    entity: Name,
    data: Type.Record(Type.String(), Type.Unknown()),
  }),
  'branch.addVm': exact({
    timeline: Name,
    at: MomentOrHead,
    name: Name,
    host: Name,
    vcpus: Type.Integer({ minimum: 1 }),
    ramMiB: Type.Integer({ minimum: 1 }),
    diskGiB: Count,
    storage: Type.Union([Type.Literal('local'), Type.Literal('shared'), Type.Literal('volume')]),
  }),
  'intake.import': exact({
    timeline: Name,
    files: Type.Array(exact({ name: Name, base64: Type.String() }), { minItems: 1 }),
  }),
  'drill.run': exact({
    timeline: Name,
    at: MomentOrHead,
    fail: Type.Array(Name),
    script: Type.Optional(Type.String({ maxLength: LONGEST_SCRIPT })),
    branch: Name,
    settings: Settings,
    assume: AssumptionsOrNull,
  }),
  'drill.save': exact({
    timeline: Name,
    at: MomentOrHead,
    fail: Type.Array(Name),
    script: Type.Union([Type.String({ maxLength: LONGEST_SCRIPT }), Type.Null()]),
    settings: Settings,
    assume: AssumptionsOrNull,
    name: Name,
  }),
  'capacity.runway': RunwayInput,
  'capacity.keep': exact({ timeline: Name, at: MomentOrHead, assume: AssumptionsInput, branch: Name }),
  'drill.sweep': exact({
    timeline: Name,
    at: MomentOrHead,
    assume: AssumptionsOrNull,
    kind: Type.Union([Type.Literal('1'), Type.Literal('2'), Type.Literal('rack'), Type.Literal('az')]),
  }),
  'consolidate.experiment': exact({
    experiment: Type.Union([Type.Literal('cloudsim'), Type.Literal('honest')]),
    policies: Type.Array(Name, { maxItems: MOST_FAULTS }),
    workload: Type.Union([
      exact({ kind: Type.Literal('recorded'), timeline: Name, at: Type.Number() }),
      exact({ kind: Type.Literal('file'), name: Name, base64: Type.String() }),
    ]),
  }),
  'consolidate.plan': exact({
    timeline: Name,
    at: MomentOrHead,
    settings: PlanSettings,
    branch: Type.Union([Name, Type.Null()]),
  }),
  'plan.check': exact({
    timeline: Name,
    at: MomentOrHead,
    nicBitsPerS: BitsPerS,
    vms: Type.Array(Name, { maxItems: MOST_ROWS }),
    hosts: Type.Array(Name, { maxItems: MOST_HOSTS }),
  }),
  'plan.predict': exact({ timeline: Name, at: MomentOrHead, vm: Name, settings: MoveSettings }),
  'plan.make': exact({
    timeline: Name,
    at: MomentOrHead,
    goals: Type.Array(PlanGoal, { minItems: 1, maxItems: 4 }),
    settings: MoveSettings,
    branch: Type.Union([Name, Type.Null()]),
  }),
} satisfies Record<CallName, TSchema>;
