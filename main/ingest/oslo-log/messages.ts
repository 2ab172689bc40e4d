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
  /** VMs whose guest was paused while a live migration of theirs was open: the pause in which QEMU switches over. */
  readonly switching: Set<string>;
  /** Who wrote that a VM has left: what happens to its old guest there is none of the VM's. */
  readonly left: Map<string, string>;
  readonly terminating: Set<string>;
  /** Why the conductor gave up a request: its next line says which VM that puts into error. */
  readonly gaveUp: Map<string, string>;
  /** Last told resources of each host: the audit repeats them every minute. */
  readonly resources: Map<string, string>;
};
export const newMemory = (): Memory => ({
  hosts: new Map(),
  moves: new Map(),
  switching: new Set(),
  left: new Map(),
  terminating: new Set(),
  gaveUp: new Map(),
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
  ({ vm, line, memory }) => {
    if (state === 'RUNNING') memory.left.delete(vm);
    else if (memory.left.get(vm) === line.writer) return []; // libvirt tells the end of the source's guest 15 s later
    if (state === 'RUNNING') memory.switching.delete(vm);
    else if (memory.moves.has(vm)) memory.switching.add(vm);
    return [vmReport(vm, { powerState: state })];
  };

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

/** It runs on its destination, where another log tells it: a guest paused for the switch-over is no longer. */
const arrived: Rule[1] = (s, groups) => {
  const told = step('completed', true)(s, groups);
  s.memory.left.set(s.vm, s.line.writer);
  if (!s.memory.switching.delete(s.vm)) return told;
  return [...told, { ...vmReport(s.vm, { powerState: 'RUNNING' }), evidence: 'inferred' }];
};

const failed: Rule[1] = (s, [reason = '']) => step('failed', true)(s, ['', reason.slice(0, 1000)]);

/** nova-compute gives up a live migration that raised: the migration, and the VM with it, are in error. */
const brokenOff: Rule[1] = (s, [why = '']) => {
  const fault = faultOf(why);
  const data = { vmState: 'error', taskState: null, ...(fault === '' ? {} : { fault }) } as const;
  return [...step('error', true)(s, ['', fault]), changedVm(s.vm, data, 'inferred')];
};

const changedVm = (vm: string, data: Data<'vm.state_changed'>, evidence: Told['evidence'] = 'observed'): Told => ({
  type: 'vm.state_changed',
  v: 1,
  entity: entity('vm', vm),
  evidence,
  data,
});

const LONGEST_FAULT = 255;
/** `nova.exception_Remote.NoValidHost_Remote: No valid host…`: the name of the exception is enough. */
const faultOf = (text: string): string =>
  text
    .replace(/^[:\s]+/, '')
    .replace(/^(?:[a-z_]\w*\.)+(\w+)/i, '$1')
    .replace(/_Remote\b/, '')
    .trim()
    .slice(0, LONGEST_FAULT);

/** `Setting instance to ERROR state.: why`; without the why, what the conductor gave up the request for. */
const intoError: Rule[1] = ({ line, vm, memory }, [why = '']) => {
  const fault = faultOf(why) || faultOf(memory.gaveUp.get(line.request ?? '') ?? '');
  return [changedVm(vm, { vmState: 'error', taskState: null, ...(fault === '' ? {} : { fault }) }, 'inferred')];
};

/** nova-compute compares its guests with the database every ten minutes, and makes Nova follow them. */
const followed =
  (powerState: NonNullable<Data<'vm.state_changed'>['powerState']>, cause: string): Rule[1] =>
  ({ vm }) => [changedVm(vm, { powerState, cause })];

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
  [/^Migrating instance to (\S+) finished successfully\.$/, arrived],
  [/^Migration operation was cancelled/, step('cancelled', true)],
  [
    /^Live migration not completed after (\d+) sec/,
    (s, [sec = '']) => note(s, `Live migration not completed after ${sec} s.`),
  ],
  [/^Live Migration failure: (.*)$/, failed],
  [/^Live migration failed\.:? ?(.*)$/, brokenOff],
  [/^Migration operation has aborted/, failed],
  [
    /^Pre live migration failed at (\S+)/,
    (s, [dest = '']) => step('failed', true)(s, [dest, `pre_live_migration failed on ${dest}`]),
  ],
  [/^Setting instance (?:vm_state )?to ERROR(?: state)?\.?(.*)$/, intoError],
  [
    /^(Instance failed to spawn|Build of instance \S+ aborted)(.*)$/,
    ({ vm }, [what = '', why = '']) => {
      const fault = faultOf(why);
      const told = fault === '' ? what : `${what}: ${fault}`.slice(0, LONGEST_FAULT);
      return [changedVm(vm, { vmState: 'error', fault: told }, 'inferred')];
    },
  ],
  [
    /^Instance shutdown by itself\. Calling the stop API\./,
    followed('SHUTDOWN', 'its guest has shut down by itself, and nova-compute calls the stop API'),
  ],
  [
    /^Instance is not stopped\. Calling the stop API\./,
    followed('RUNNING', 'its guest runs although Nova has it stopped, and nova-compute stops it again'),
  ],
  [/^disk on shared storage, (?:recreating|reusing)/i, ({ vm }) => [vmReport(vm, { storage: 'shared' })]],
  [
    /^disk not on shared storage, rebuilding from/i,
    (s) => [
      vmReport(s.vm, { storage: 'local' }),
      ...note(s, 'Its disk was not on shared storage: it is re-created from the image, and what was on it is lost.'),
    ],
  ],
  [
    /^(?:Destroying|Deleting) instance as it has been evacuated from this host/,
    (s) => {
      s.memory.left.set(s.vm, s.line.writer);
      return note(s, `${s.host ?? 'Its old host'} is back and removes the copy that was evacuated from it.`);
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

const GAVE_UP = /^Failed to compute_task_(\w+): (.*)$/;
const FILTERED =
  /^Filtering removed all hosts for the request with instance ID '([0-9a-f-]{36})'\. Filter results: (.*)$/;
const REQUESTS_REMEMBERED = 1000;

/** What the conductor and the scheduler say of a VM without the brackets around its id; null for anything else. */
const aboutRequest = ({ request, message }: LogLine, memory: Memory): readonly Told[] | null => {
  const gaveUp = GAVE_UP.exec(message);
  if (gaveUp !== null && request !== null) {
    if (memory.gaveUp.size >= REQUESTS_REMEMBERED) memory.gaveUp.clear();
    memory.gaveUp.set(request, gaveUp[2] ?? '');
  }
  const [, vm = '', results = ''] = FILTERED.exec(message) ?? [];
  if (vm === '') return null;
  const text = `The scheduler’s filters left no host for it: ${results.slice(0, 1000)}`;
  return [{ type: 'note.written', v: 1, entity: entity('vm', vm), evidence: 'observed', data: { text } }];
};

/** Facts of one line; null when it tells none. */
export const toldBy = (line: LogLine, memory: Memory): readonly Told[] | null => {
  const named = hostNamedIn(line.message);
  if (named !== null) memory.hosts.set(line.writer, named);
  const host = memory.hosts.get(line.writer) ?? line.host;
  if (line.vm === null) return aboutRequest(line, memory) ?? (host === null ? null : resources(line, host, memory));
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
