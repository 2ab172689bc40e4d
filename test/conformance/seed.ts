// Part `seed`: the two operators' transcripts the product starts from, imported, folded, and asked what they record.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyCluster } from '../../domain/cluster/cluster.ts';
import { fold } from '../../domain/cluster/fold.ts';
import { instant, seq as seqOf } from '../../domain/base/brand.ts';
import type { LogEvent } from '../../domain/events/dictionary.ts';
import type { CallName, DrillReport, Input, Output } from '../../domain/contract/contract.ts';
import { BY_HAND } from '../../domain/drill/settings.ts';
import { clusterState } from '../../domain/readout/cluster-state.ts';
import type { ClusterState, MigrationState, VmState } from '../../domain/readout/state.ts';
import { importPaths } from '../../main/ingest/import.ts';
import { openLog } from '../../main/log/log.ts';
import type { Log } from '../../main/log/types.ts';
import { createService } from '../../main/service/service.ts';
import { runHere } from '../../main/work/jobs.ts';
import { unwatched } from '../../main/work/watcher.ts';
import type { Part, PartReport } from './part.ts';

const LIVE = '5374577e-7417-4add-b23f-06de3b42c410';
const BOOT = '75ddb4f6-9831-4d90-b291-48e098e8f72f';
/** The overlay's document gives no date; it is of the year after the incident. */
const OVERLAY_AT = Date.UTC(2014, 2, 1);
const END = '2013-08-06T23:59:59Z';

/** The drills of the rehearsal: as the record stood, with a third VM on a local disk, and with no room left. */
type Rehearsal = {
  readonly asRecorded: DrillReport;
  readonly withLocalDisk: DrillReport;
  readonly withoutRoom: DrillReport;
};
type Record = {
  readonly events: readonly LogEvent[];
  readonly at: (iso: string) => ClusterState;
  readonly rehearsal: Rehearsal;
};

/** One group of facts: each either holds or is named as wrong. */
type Group = {
  readonly name: string;
  readonly facts: (record: Record) => readonly (readonly [what: string, holds: boolean])[];
};

/** Just before `shutdown now`: the last report of compute-1 alive. */
const EVE = Date.parse('2013-08-06T10:36:35Z');
const LOCAL = '00000000-0000-4000-8000-000000000003';
const LOCAL_VM = {
  name: 'vm-local',
  host: 'compute-1',
  vmState: 'active',
  taskState: null,
  powerState: 'RUNNING',
  storage: 'local',
  vcpus: 2,
  ramMiB: 4096,
  diskGiB: 20,
};

const rehearse = async (log: Log): Promise<Rehearsal> => {
  const service = createService(log, { demonstration: false, runJob: runHere });
  const ask = async <N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> => {
    const answer = await service.call(name, input, unwatched());
    if (!answer.ok) throw new Error(answer.error.sentence);
    return answer.value as Output<N>;
  };
  const drill = (branch: string) =>
    ask('drill.run', { timeline: 'rehearsal', at: null, fail: ['compute-1'], branch, settings: BY_HAND, assume: null });
  const assume = (type: string, entity: string, data: { readonly [field: string]: unknown }) =>
    ask('branch.record', { timeline: 'rehearsal', at: null, type, entity, data });
  try {
    await ask('branch.create', { name: 'rehearsal', parent: 'main', at: { at: EVE, seq: null } });
    const asRecorded = await drill('as recorded');
    await assume('vm.reported', `vm:${LOCAL}`, LOCAL_VM);
    const withLocalDisk = await drill('with a local disk');
    await assume('host.reported', 'host:compute-2', { vcpus: 4, ramMiB: 2048, diskGiB: 10 });
    return { asRecorded, withLocalDisk, withoutRoom: await drill('without room') };
  } finally {
    service.close();
  }
};

const imported = async (
  dataDir: string,
): Promise<{ readonly events: readonly LogEvent[]; readonly rehearsal: Rehearsal }> => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-seed-'));
  try {
    const log = openLog(join(folder, 'seed.understudy'), { create: true });
    if (!log.ok) throw new Error(log.error.sentence);
    const main = log.value.timeline('main');
    if (!main.ok) throw new Error(main.error.sentence);
    const paths = ['live-migration.txt', 'ml2-vxlan.txt'].map((name) => join(dataDir, 'seeds', name));
    const report = await importPaths({ log: log.value, timeline: main.value, paths, undatedAt: OVERLAY_AT });
    if (!report.ok) throw new Error(report.error.sentence);
    const events = [...log.value.inEventTime(main.value)];
    const rehearsal = await rehearse(log.value);
    log.value.close();
    return { events, rehearsal };
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const stateAt = (events: readonly LogEvent[], iso: string): ClusterState => {
  const until = Date.parse(iso);
  const cluster = emptyCluster();
  let last = seqOf(0);
  for (const event of events) {
    if (event.at > until) break;
    fold(cluster, event);
    last = event.seq;
  }
  return clusterState(cluster, { timeline: 'main', seq: last, at: instant(until) });
};

const vm = (state: ClusterState, id: string): VmState | null => state.vms.find((v) => v.id === id) ?? null;
const hour = (clock: string): string => `2013-08-06T${clock}Z`;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const entities: Group = {
  name: 'hosts, VMs, network, pool and root disk exist',
  facts: ({ at }) => {
    const end = at(END);
    const [pool, volume] = [end.pools[0], end.volumes[0]];
    return [
      [
        'both hosts',
        same(
          end.hosts.map((h) => h.name),
          ['compute-1', 'compute-2'],
        ),
      ],
      [
        'both VMs',
        same(
          end.vms.map((v) => v.id),
          [LIVE, BOOT],
        ),
      ],
      [
        'their names',
        same(
          end.vms.map((v) => v.name),
          ['vm-live-migration', 'vm-boot-from-vol'],
        ),
      ],
      [
        '10.20.20.3',
        same(
          vm(end, LIVE)?.addresses.map((a) => [a.network, a.ip]),
          [['ncep-net', '10.20.20.3']],
        ),
      ],
      [
        '10.20.20.5',
        same(
          vm(end, BOOT)?.addresses.map((a) => [a.network, a.ip]),
          [['ncep-net', '10.20.20.5']],
        ),
      ],
      [
        'ncep-net',
        same(
          end.networks.map((n) => n.name),
          ['ncep-net'],
        ),
      ],
      ['the pool is GlusterFS', pool?.name === 'nova-gluster-vol' && pool.kind === 'glusterfs'],
      [
        'Distributed-Replicate, 2 x 2, tcp',
        pool?.layout === 'Distributed-Replicate' &&
          pool.replicas === 2 &&
          pool.bricks.length === 4 &&
          pool.transport === 'tcp',
      ],
      ['started and mounted', pool?.status === 'Started' && pool.mountedAt === '/var/lib/nova/instances'],
      [
        'the root disk on Cinder',
        volume?.vm === BOOT && volume.boot && volume.sizeGiB === 5 && volume.bootable === true,
      ],
      ['storage of both VMs', vm(end, LIVE)?.storage === 'shared' && vm(end, BOOT)?.storage === 'volume'],
      ['local disk before the pool', vm(at(hour('09:45:33')), LIVE)?.storage === 'local'],
    ];
  },
};

/** Every `updated` the document prints for the first time, and the host beside it. */
const SEEN: readonly (readonly [clock: string, vm: string, host: string, status: string])[] = [
  ['08:47:13', LIVE, 'compute-1', 'ACTIVE'],
  ['09:45:33', LIVE, 'compute-2', 'ACTIVE'],
  ['10:29:09', BOOT, 'compute-1', 'ACTIVE'],
  ['10:30:55', BOOT, 'compute-2', 'ACTIVE'],
  ['10:31:21', BOOT, 'compute-1', 'ACTIVE'],
  ['10:36:35', LIVE, 'compute-1', 'ACTIVE'],
  ['10:42:32', BOOT, 'compute-2', 'SHUTOFF'],
  ['10:42:51', LIVE, 'compute-2', 'SHUTOFF'],
];

const whereabouts: Group = {
  name: 'where each VM was at each reported instant',
  facts: ({ at }) =>
    SEEN.map(([clock, id, host, status]) => {
      const seen = vm(at(hour(clock)), id);
      return [`${id.slice(0, 8)} at ${clock}`, seen?.host === host && seen.status === status];
    }),
};

type Move = readonly [vm: string, type: string, kind: string | null, source: string, dest: string, status: string];
const MOVES: readonly Move[] = [
  [LIVE, 'live-migration', 'block', 'compute-1', 'compute-2', 'completed'],
  [LIVE, 'live-migration', 'block', 'compute-2', 'compute-1', 'completed'],
  [LIVE, 'live-migration', 'shared', 'compute-1', 'compute-2', 'completed'],
  [LIVE, 'live-migration', 'shared', 'compute-2', 'compute-1', 'completed'],
  [BOOT, 'live-migration', 'volume', 'compute-1', 'compute-2', 'completed'],
  [BOOT, 'evacuation', null, 'compute-1', 'compute-2', 'done'],
  [LIVE, 'evacuation', null, 'compute-1', 'compute-2', 'done'],
];
const moveOf = (m: MigrationState): Move => [m.vm, m.type, m.kind, m.source ?? '', m.dest ?? '', m.status];

const moves: Group = {
  name: 'each move with its kind, walked to its end',
  facts: ({ at }) => {
    const end = at(END);
    const found = [...end.migrations].sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).map(moveOf);
    return [
      ...MOVES.map((move, i): readonly [string, boolean] => [`move ${i + 1}`, same(found[i], move)]),
      ['no other move', found.length === MOVES.length],
      [
        'no state a machine forbids',
        !end.anomalies.some((a) => a.rule === 'state-forbidden' || a.rule === 'move-not-allowed'),
      ],
      ['the first one under way in between', vm(at(hour('09:00:00')), LIVE)?.taskState === 'migrating'],
    ];
  },
};

const both = (state: ClusterState, host: string, status: string): boolean =>
  [LIVE, BOOT].every((id) => vm(state, id)?.host === host && vm(state, id)?.status === status);

const failure: Group = {
  name: 'shutdown, evacuation and recovery',
  facts: ({ at, events }) => {
    const shutdown = events.find((e) => e.type === 'host.failed');
    const list = at(hour('10:36:37'));
    const one = list.hosts.find((h) => h.name === 'compute-1');
    return [
      [
        'compute-1 shut down just after 10:36:35',
        shutdown?.entity === 'host:compute-1' &&
          shutdown.at > Date.parse(hour('10:36:35')) &&
          shutdown.at < Date.parse(hour('10:37:35')),
      ],
      ['both on compute-1 before it', both(at(hour('10:36:35')), 'compute-1', 'ACTIVE')],
      ['compute-1 is down', one?.up === false && one.downSince !== null],
      ['both SHUTOFF on compute-1', both(list, 'compute-1', 'SHUTOFF')],
      ['both SHUTOFF on compute-2 after the evacuations', both(at(hour('10:42:51')), 'compute-2', 'SHUTOFF')],
      ['both ACTIVE after the reboots', both(at(END), 'compute-2', 'ACTIVE')],
      ['compute-1 stays down', at(END).hosts.find((h) => h.name === 'compute-1')?.up === false],
    ];
  },
};

const contradictions: Group = {
  name: 'what the record gets wrong is found',
  facts: ({ at }) => {
    const { anomalies } = at(END);
    const of = (rule: string, entity: string): readonly string[] =>
      anomalies.filter((a) => a.rule === rule && a.entity === entity).map((a) => a.detail);
    const moved = of('moved-without-record', `vm:${BOOT}`);
    const repeated = of('updated-repeated', `vm:${LIVE}`);
    const bricks = of('bricks-elsewhere', 'pool:nova-gluster-vol');
    return [
      [
        'a move nobody recorded, from compute-2 at 10:30:55Z',
        moved.length === 1 && /compute-2 at 2013-08-06T10:30:55Z/.test(moved[0] ?? ''),
      ],
      ['its host is marked as inferred', vm(at(hour('10:36:35')), BOOT)?.hostEvidence === 'inferred'],
      [
        'both repeated `updated` times',
        repeated.length === 2 &&
          repeated.some((d) => d.includes('08:47:13Z')) &&
          repeated.some((d) => d.includes('09:45:33Z')),
      ],
      [
        'bricks on 10.68.125.x, nodes on 10.68.124.x',
        bricks.length === 1 && /10\.68\.125\.x.*10\.68\.124\.x/.test(bricks[0] ?? ''),
      ],
      ['nothing else', anomalies.length === 4],
    ];
  },
};

const clock: Group = {
  name: 'commands without a time got an inferred, monotonic one',
  facts: ({ events }) => {
    const inferred = events
      .filter((e) => e.at < OVERLAY_AT && e.evidence === 'inferred')
      .sort((a, b) => a.line - b.line);
    const commands = inferred.filter((e) => e.type === 'command.issued');
    return [
      ['they are there', commands.length >= 40],
      ['monotonic in the document', inferred.every((e, i) => i === 0 || e.at >= (inferred[i - 1]?.at ?? 0))],
    ];
  },
};

const overlay: Group = {
  name: 'VTEPs, VNIs and the full tunnel mesh',
  facts: ({ at, events }) => {
    const state = at('2014-03-02T00:00:00Z');
    const ips = ['10.142.255.101', '10.142.255.102', '10.142.255.103'];
    const mesh = ips.flatMap((a) => ips.filter((b) => b !== a).map((b) => `${a} ${b}`));
    const host = (name: string): string | null => state.hosts.find((h) => h.name === name)?.vtepIp ?? null;
    const testnet = state.networks.find((n) => n.name === 'testnet');
    const ends = events.filter((e) => e.type === 'tunnel.reported').map((e) => e.evidence);
    return [
      ['three VTEPs', same(['controller', 'compute', 'compute2'].map(host), ips)],
      ['six tunnel ends', same(state.tunnels.map((t) => `${t.localIp} ${t.remoteIp}`).sort(), mesh)],
      [
        'vxlan, up, hosts at both ends',
        state.tunnels.every((t) => t.type === 'vxlan' && t.up && t.host !== null && t.remoteHost !== null),
      ],
      [
        'four printed, two inferred',
        same([ends.filter((e) => e === 'observed').length, ends.filter((e) => e === 'inferred').length], [4, 2]),
      ],
      ['VNI 1000 of testnet', testnet?.type === 'vxlan' && testnet.segment === 1000],
      ['VNIs 1001:2000', events.some((e) => e.type === 'network.reported' && e.data.vniRange === '1001:2000')],
      [
        'a VM on each compute node',
        same(
          state.vms.filter((v) => v.name.startsWith('vm-2') || v.name.startsWith('vm-4')).map((v) => v.host),
          ['compute2', 'compute'],
        ),
      ],
    ];
  },
};

const rehearsed: Group = {
  name: 'the failure rehearsed on a branch agrees with the record',
  facts: ({ at, rehearsal: { asRecorded, withLocalDisk, withoutRoom } }) => {
    const recorded = at(hour('10:42:51'));
    const outcome = (report: DrillReport, id: string) => report.vms.find((v) => v.vm === id) ?? null;
    const agrees = [LIVE, BOOT].map((id): readonly [string, boolean] => {
      const [drilled, real] = [outcome(asRecorded, id), vm(recorded, id)];
      const ends = drilled?.dest === real?.host && drilled?.vmState === real?.vmState;
      return [
        `${id} recovered where and as it was, disk kept`,
        drilled?.outcome === 'recovered' && !drilled.dataLost && ends,
      ];
    });
    const local = outcome(withLocalDisk, LOCAL);
    const stranded = withoutRoom.vms.filter((v) => v.outcome === 'stranded');
    return [
      ['two VMs and no other', asRecorded.vms.length === 2],
      ...agrees,
      ['a local disk is rebuilt with data loss', local?.outcome === 'rebuilt' && local.dataLost],
      ['the other two still keep theirs', withLocalDisk.summary.recovered === 2],
      ['without room it is stranded', stranded.some((v) => v.vm === LOCAL && v.dest === null)],
      [
        'and the reason has the numbers',
        stranded.every((v) => /NoValidHost: compute-2 gives at most \d+ MiB RAM to one VM, 4096 asked/.test(v.cause)),
      ],
    ];
  },
};

const run = async (dataDir: string): Promise<PartReport> => {
  const { events, rehearsal } = await imported(dataDir);
  const record: Record = { events, rehearsal, at: (iso) => stateAt(events, iso) };
  const judged = [entities, whereabouts, moves, failure, contradictions, clock, rehearsed, overlay].map((group) => {
    const facts = group.facts(record);
    const wrong = facts.filter(([, holds]) => !holds).map(([what]) => what);
    return { group: group.name, facts: facts.length, wrong };
  });
  return {
    checks: judged.map(({ group, facts, wrong }) => ({
      name: group,
      value: wrong.length,
      limit: 0,
      unit: `of ${facts} facts wrong`,
    })),
    skipped: [],
    notes: judged.flatMap(({ group, wrong }) => wrong.map((what) => `wrong: ${group}: ${what}`)),
  };
};

export const seed: Part = { name: 'seed', needs: ['seeds/live-migration.txt', 'seeds/ml2-vxlan.txt'], run };
