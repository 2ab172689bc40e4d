// The messages of nova-compute, nova-conductor and nova-scheduler that tell something about the cluster.
import { entity } from '../../../domain/events/entity.ts';
import type { Fact } from '../../../domain/events/dictionary.ts';
import type { LogLine } from './line.ts';

export type Told = Fact & { readonly entity: string; readonly evidence: 'observed' | 'inferred' };
type Data<T extends Fact['type']> = Extract<Fact, { type: T }>['data'];

/** What earlier lines said: whose log this is, which moves are open, which VMs are being deleted. */
export type Memory = {
  /** Host of each writer. */
  readonly hosts: Map<string, string>;
  /** Id of each VM's open live migration. */
  readonly moves: Map<string, string>;
  readonly terminating: Set<string>;
  /** Last told resources of each host: the audit repeats them every minute. */
  readonly resources: Map<string, string>;
};
export const newMemory = (): Memory => ({
  hosts: new Map(),
  moves: new Map(),
  terminating: new Set(),
  resources: new Map(),
});

/** Messages that name the host whose log it is. */
const HOST_NAMED = [
  /^(?:Final|Hypervisor\/Node) resource view: name=(\S+)/,
  /^(?:Attempting claim|Claim successful) on node ([^\s:]+)/,
  /^Auditing locally available compute resources for (?:node )?(\S+?)(?: \(node: .*\))?$/,
];
export const hostNamedIn = (message: string): string | null => {
  for (const pattern of HOST_NAMED) {
    const name = pattern.exec(message)?.[1];
    if (name !== undefined) return name;
  }
  return null;
};

type Speaker = { readonly line: LogLine; readonly vm: string; readonly host: string | null; readonly memory: Memory };
type Rule = readonly [pattern: RegExp, told: (s: Speaker, groups: readonly string[]) => readonly Told[]];

const vmReport = (vm: string, data: Data<'vm.reported'>): Told => ({
  type: 'vm.reported',
  v: 1,
  entity: entity('vm', vm),
  evidence: 'observed',
  data,
});
const here = ({ host }: Speaker): Data<'vm.reported'> => (host === null ? {} : { host });
const power =
  (state: NonNullable<Data<'vm.reported'>['powerState']>): Rule[1] =>
  (s) => [vmReport(s.vm, { powerState: state })];

const changed = (id: string, data: Data<'migration.status_changed'>): Told => ({
  type: 'migration.status_changed',
  v: 1,
  entity: entity('migration', id),
  evidence: 'observed',
  data,
});

/** The open move of the VM; where the log begins in its middle, its beginning is inferred from the first word about it. */
const moveOf = (s: Speaker, dest: string | null): { readonly id: string; readonly begun: readonly Told[] } => {
  const open = s.memory.moves.get(s.vm);
  if (open !== undefined) return { id: open, begun: [] };
  const id = `${s.vm}/live-migration@${s.line.request ?? new Date(s.line.at).toISOString()}`;
  s.memory.moves.set(s.vm, id);
  const data = { vm: s.vm, type: 'live-migration', kind: null, source: s.host, dest } as const;
  return {
    id,
    begun: [{ type: 'migration.accepted', v: 1, entity: entity('migration', id), evidence: 'inferred', data }],
  };
};

const step =
  (status: Data<'migration.status_changed'>['status'], ends: boolean): Rule[1] =>
  (s, [dest = '', reason = '']) => {
    const { id, begun } = moveOf(s, dest === '' ? null : dest);
    if (ends) s.memory.moves.delete(s.vm);
    const data = { status, ...(dest === '' ? {} : { dest }), ...(reason === '' ? {} : { reason }) };
    return [...begun, changed(id, data)];
  };

const progressed: Rule[1] = (s, groups) => {
  const { id, begun } = moveOf(s, null);
  const numbers = groups.map(Number);
  const [memoryProcessedBytes = 0, memoryRemainingBytes = 0, memoryTotalBytes = 0] = numbers;
  const [, , , diskProcessedBytes = 0, diskRemainingBytes = 0, diskTotalBytes = 0] = numbers;
  const disk = numbers.length > 3 ? { diskProcessedBytes, diskRemainingBytes, diskTotalBytes } : {};
  const data = { memoryProcessedBytes, memoryRemainingBytes, memoryTotalBytes, ...disk };
  return [
    ...begun,
    { type: 'migration.progressed', v: 1, entity: entity('migration', id), evidence: 'observed', data },
  ];
};

const downtime: Rule[1] = (s, [ms = '0']) => {
  const { id, begun } = moveOf(s, null);
  const data = { downtimeLimitMs: Number(ms) };
  return [
    ...begun,
    { type: 'migration.progressed', v: 1, entity: entity('migration', id), evidence: 'observed', data },
  ];
};

const failed: Rule[1] = (s, [reason = '']) => step('failed', true)(s, ['', reason.slice(0, 1000)]);

const claimed: Rule[1] = (s, [ram = '0', disk = '0', vcpus = '0']) => [
  vmReport(s.vm, { ...here(s), ramMiB: Number(ram), diskGiB: Number(disk), vcpus: Number(vcpus) }),
];

/** Rules for messages about a VM; numbers as nova/compute and nova/virt/libvirt/migration.py print them. */
const ABOUT_VMS: readonly Rule[] = [
  [/^Attempting claim(?: on node \S+)?: memory (\d+) MB, disk (\d+) GB, vcpus (\d+)/, claimed],
  [
    /^Instance spawned successfully\.$/,
    (s) => [vmReport(s.vm, { ...here(s), vmState: 'active', powerState: 'RUNNING' })],
  ],
  [/^VM (?:Started|Resumed) \(Lifecycle Event\)$/, power('RUNNING')],
  [/^VM Paused \(Lifecycle Event\)$/, power('PAUSED')],
  [/^VM Stopped \(Lifecycle Event\)$/, power('SHUTDOWN')],
  [/^VM Suspended \(Lifecycle Event\)$/, power('SUSPENDED')],
  [/^Instance destroyed successfully\.$/, power('SHUTDOWN')],
  [/^Instance rebooted successfully\.$/, power('RUNNING')],
  [
    /^Terminating instance$/,
    (s) => {
      s.memory.terminating.add(s.vm);
      return [vmReport(s.vm, { taskState: 'deleting' })];
    },
  ],
  [
    /^Took [\d.]+ seconds to deallocate network for instance\.$/,
    (s) =>
      s.memory.terminating.delete(s.vm)
        ? [{ type: 'vm.deleted', v: 1, entity: entity('vm', s.vm), evidence: 'inferred', data: {} }]
        : [],
  ],
  [/^Took [\d.]+ seconds for pre_live_migration on destination host ([^\s]+?)\.$/, step('preparing', false)],
  [/^Increasing downtime to (\d+) ms after \d+ sec elapsed time/, downtime],
  [
    /^Migration running for \d+ secs, memory \d+% remaining;? \(bytes processed=(\d+), remaining=(\d+), total=(\d+)\)(?:; disk \d+% remaining \(bytes processed=(\d+), remaining=(\d+), total=(\d+)\))?/,
    progressed,
  ],
  [/^Switching to post-copy migration mode/, step('running (post-copy)', false)],
  [/^Migrating instance to (\S+) finished successfully\.$/, step('completed', true)],
  [/^Migration operation was cancelled/, step('cancelled', true)],
  [
    /^Live migration not completed after (\d+) sec/,
    (s, [sec = '']) => note(s, `Live migration not completed after ${sec} s.`),
  ],
  [/^Live Migration failure: (.*)$/, failed],
  [/^Migration operation has aborted/, failed],
  [
    /^(?:Setting instance (?:vm_state )?to ERROR|Instance failed to spawn|Build of instance \S+ aborted)/,
    (s) => {
      const fault = s.line.message.slice(0, 200);
      return [
        {
          type: 'vm.state_changed',
          v: 1,
          entity: entity('vm', s.vm),
          evidence: 'inferred',
          data: { vmState: 'error', fault },
        },
      ];
    },
  ],
];

const note = (s: Speaker, text: string): readonly Told[] => [
  { type: 'note.written', v: 1, entity: entity('vm', s.vm), evidence: 'observed', data: { text } },
];

const VIEW =
  /^Final resource view: name=\S+ phys_ram=(\d+)MB used_ram=\d+MB phys_disk=(\d+)GB used_disk=\d+GB total_vcpus=(\d+)/;

/** The audit's figures of its host; null when they are the ones already told. */
const resources = (line: LogLine, host: string, memory: Memory): readonly Told[] | null => {
  const [, ram = '', disk = '', vcpus = ''] = VIEW.exec(line.message) ?? [];
  const figures = `${ram} ${disk} ${vcpus}`;
  if (ram === '' || memory.resources.get(host) === figures) return null;
  memory.resources.set(host, figures);
  const data = { ramMiB: Number(ram), diskGiB: Number(disk), vcpus: Number(vcpus) };
  return [{ type: 'host.reported', v: 1, entity: entity('host', host), evidence: 'observed', data }];
};

/** Facts of one line; null when it tells none. */
export const toldBy = (line: LogLine, memory: Memory): readonly Told[] | null => {
  const named = hostNamedIn(line.message);
  if (named !== null) memory.hosts.set(line.writer, named);
  const host = memory.hosts.get(line.writer) ?? null;
  if (line.vm === null) return host === null ? null : resources(line, host, memory);
  for (const [pattern, told] of ABOUT_VMS) {
    const groups = pattern.exec(line.message);
    if (groups === null) continue;
    const facts = told(
      { line, vm: line.vm, host, memory },
      groups.slice(1).filter((group) => group !== undefined),
    );
    return facts.length === 0 ? null : facts;
  }
  return null;
};
