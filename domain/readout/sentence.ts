// One sentence for one event, as a person would tell it; and its tone, for colour and density.
import type { LogEvent } from '../events/dictionary.ts';
import { idOf, kindOf } from '../events/entity.ts';
import type { StoryLine } from './picture-types.ts';

export type Tone = StoryLine['tone'];
/** What people call an entity, given its address (`vm:…` → its name). */
export type NameOf = (address: string) => string;

const onHost = (host: string | null | undefined): string =>
  host === undefined ? '' : host === null ? ' on no host' : ` on ${host}`;
/** The sentence's own full stop follows. */
const because = (reason: string | undefined): string => (reason === undefined ? '' : `: ${reason.replace(/\.$/, '')}`);
const GIB = 2 ** 30;
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

type Named<T extends LogEvent['type']> = Extract<LogEvent, { readonly type: T }>;

/** The facts a partial report holds, as `name value` pairs; long lists are counted. */
const said = (data: Readonly<Record<string, unknown>>, skip: readonly string[] = []): string =>
  Object.entries(data)
    .filter(([field]) => !skip.includes(field))
    .map(([field, value]) => {
      if (Array.isArray(value)) return `${field} (${value.length})`;
      return `${field} ${value === null ? 'none' : JSON.stringify(value)}`;
    })
    .join(', ');
const withFacts = (facts: string): string => (facts === '' ? '' : `: ${facts}`);

const GUEST: Readonly<Record<NonNullable<Named<'vm.reported'>['data']['powerState']>, string>> = {
  NOSTATE: 'in no known state',
  RUNNING: 'running',
  PAUSED: 'paused',
  SHUTDOWN: 'shut down',
  CRASHED: 'crashed',
  SUSPENDED: 'suspended',
};

const vmReported = (name: string, { data }: Named<'vm.reported'>): string => {
  const state = data.status ?? data.vmState;
  const { powerState: power } = data;
  if (power !== undefined && Object.keys(data).length === 1) return `The guest of ${name} is ${GUEST[power]}.`;
  const task = data.taskState === undefined || data.taskState === null ? '' : `, ${data.taskState}`;
  if (state === undefined && data.host === undefined) return `${name} is described${withFacts(said(data))}.`;
  const updated = data.updatedAt === undefined ? '' : ` (updated ${data.updatedAt})`;
  return `${name} is reported ${state ?? 'to be'}${task}${onHost(data.host)}${updated}.`;
};

const vmChanged = (name: string, { data }: Named<'vm.state_changed'>): string => {
  const parts: string[] = [];
  if (data.vmState !== undefined) parts.push(`becomes ${data.vmState}`);
  if (data.taskState !== undefined)
    parts.push(data.taskState === null ? 'has no task left' : `begins ${data.taskState}`);
  if (data.host !== undefined) parts.push(data.host === null ? 'is on no host' : `is on ${data.host}`);
  if (parts.length === 0 && data.fault === undefined && data.cause !== undefined) return `${name}: ${data.cause}.`;
  if (parts.length === 0 && data.powerState !== undefined) parts.push(`has its guest ${GUEST[data.powerState]}`);
  const change = parts.length === 0 ? 'is mentioned' : parts.join(', ');
  return `${name} ${change}${because(data.fault ?? data.cause)}.`;
};

const MOVES = {
  'live-migration': 'live migration',
  migration: 'cold migration',
  resize: 'resize',
  evacuation: 'evacuation',
};

const accepted = (nameOf: NameOf, { data }: Named<'migration.accepted'>): string => {
  const kind = data.kind === null ? '' : `${data.kind} `;
  const from = data.source === null ? '' : ` from ${data.source}`;
  const to = data.dest === null ? ', the destination left to the scheduler,' : ` to ${data.dest}`;
  const article = data.type === 'evacuation' ? 'An' : 'A';
  return `${article} ${kind}${MOVES[data.type]} of ${nameOf(`vm:${data.vm}`)}${from}${to} is accepted.`;
};

const progressed = ({ data }: Named<'migration.progressed'>): string => {
  const { memoryTotalBytes: total, memoryRemainingBytes: left, downtimeLimitMs, dirtyBytesPerS } = data;
  const parts: string[] = [];
  if (left !== undefined) parts.push(`${gib(left)} of memory${total === undefined ? '' : ` of ${gib(total)}`} left`);
  if (data.diskRemainingBytes !== undefined) parts.push(`${gib(data.diskRemainingBytes)} of disk left`);
  if (dirtyBytesPerS !== undefined) parts.push(`${gib(dirtyBytesPerS)}/s dirtied`);
  if (downtimeLimitMs !== undefined) parts.push(`downtime limit ${seconds(downtimeLimitMs)}`);
  return parts.length === 0 ? 'The migration goes on.' : `The migration goes on: ${parts.join(', ')}.`;
};

const measured = ({ data }: Named<'migration.measured'>): string => {
  const parts: string[] = [];
  if (data.totalMs !== undefined) parts.push(`took ${seconds(data.totalMs)}`);
  if (data.downtimeMs !== undefined) parts.push(`stopped the guest for ${seconds(data.downtimeMs)}`);
  if (data.bytes !== undefined) parts.push(`carried ${gib(data.bytes)}`);
  return parts.length === 0 ? 'The migration was measured.' : `The migration ${parts.join(', ')}.`;
};

const service = (name: string, { data }: Named<'host.service_reported'>): string => {
  const words: string[] = [];
  if (data.up !== undefined) words.push(data.up ? 'up' : 'down');
  if (data.enabled !== undefined) words.push(data.enabled ? 'enabled' : 'disabled');
  if (data.forcedDown === true) words.push('forced down');
  return `The compute service on ${name} is ${words.join(', ') || 'reported'}${because(data.reason ?? undefined)}.`;
};

/** Statuses that are no adjectives. */
const ENDINGS: Readonly<Record<string, string>> = {
  failed: 'has failed',
  error: 'has ended in error',
  completed: 'has completed',
};

/** Every event has a sentence; one this program does not know is named as such. */
export const sentenceOf = (e: LogEvent, nameOf: NameOf): string => {
  const name = nameOf(e.entity);
  switch (e.type) {
    case 'host.reported':
      return `${name} is described${withFacts(said(e.data))}.`;
    case 'host.service_reported':
      return service(name, e);
    case 'host.failed':
      return `${name} fails (${e.data.cause}).`;
    case 'host.fenced':
      return `${name} is fenced by ${e.data.by}.`;
    case 'host.returned':
      return `${name} returns.`;
    case 'host.removed':
      return `${name} leaves the cluster.`;
    case 'vm.created':
      return `${name} is requested${withFacts(said(e.data, ['name', 'addresses', 'tags', 'serverGroup', 'project', 'pool']))}.`;
    case 'vm.reported':
      return vmReported(name, e);
    case 'vm.state_changed':
      return vmChanged(name, e);
    case 'vm.deleted':
      return `${name} is deleted.`;
    case 'vm.listing_completed':
      return `A complete listing names ${e.data.ids.length} VMs${e.data.project === null ? '' : ` of ${e.data.project}`}.`;
    case 'vm.allocations_reported':
      return `Placement charges ${e.data.allocations.map((a) => a.host).join(', ') || 'no host'} for ${name}.`;
    case 'command.issued':
      return e.data.argv.join(' ');
    case 'migration.accepted':
      return accepted(nameOf, e);
    case 'migration.status_changed':
      return `The migration${e.data.dest === undefined ? '' : ` to ${e.data.dest}`} ${ENDINGS[e.data.status] ?? `is ${e.data.status}`}${because(e.data.reason)}.`;
    case 'migration.progressed':
      return progressed(e);
    case 'migration.measured':
      return measured(e);
    case 'volume.reported':
      return `Volume ${name} is described${withFacts(said(e.data, ['name']))}.`;
    case 'volume.attached':
      return `Volume ${name} is attached to ${nameOf(`vm:${e.data.vm}`)}${e.data.boot ? ' as its root disk' : ''}.`;
    case 'volume.detached':
      return `Volume ${name} is detached from ${nameOf(`vm:${e.data.vm}`)}.`;
    case 'volume.deleted':
      return `Volume ${name} is deleted.`;
    case 'pool.reported':
      return `Pool ${name} is described${withFacts(said(e.data))}.`;
    case 'pool.mounted':
      return `Pool ${name} is mounted at ${e.data.path} on ${e.data.hosts === null ? 'every host' : e.data.hosts.join(', ')}.`;
    case 'storage_node.introduced':
      return `Storage node ${name} is introduced${withFacts(said(e.data))}.`;
    case 'storage_node.failed':
      return `Storage node ${name} fails (${e.data.cause}).`;
    case 'network.reported':
      return `Network ${name} is described${withFacts(said(e.data, ['name']))}.`;
    case 'port.reported':
      return `Port ${name} is described${withFacts(said(e.data))}.`;
    case 'port.bound':
      return `Port ${name} is bound to ${e.data.host}, ${e.data.binding === 'ACTIVE' ? 'active' : 'inactive'}.`;
    case 'port.unbound':
      return `Port ${name} is unbound from ${e.data.host}.`;
    case 'port.deleted':
      return `Port ${name} is deleted.`;
    case 'tunnel.reported':
      return `A ${e.data.type} tunnel from ${e.data.host ?? e.data.localIp} to ${e.data.remoteHost ?? e.data.remoteIp} exists.`;
    case 'tunnel.state_changed':
      return `Tunnel ${name} ${e.data.up ? 'carries packets' : 'carries no packets'}.`;
    case 'host.flows_reported':
      return `${e.data.bridge} of ${name} is dumped: ${e.data.flows.length} flow entries.`;
    case 'tunnel.removed':
      return `Tunnel ${name} is removed.`;
    case 'flavor.reported':
      return `Flavor ${name} is described${withFacts(said(e.data))}.`;
    case 'aggregate.reported':
      return `Host aggregate ${name} is described${withFacts(said(e.data.metadata))}.`;
    case 'aggregate.removed':
      return `Host aggregate ${name} is gone.`;
    case 'server_group.reported':
      return `Server group ${name} is described${withFacts(said(e.data, ['name']))}.`;
    case 'telemetry.roster_set':
      return `Telemetry roster ${name} names ${e.data.entities.length} entities.`;
    case 'telemetry.sampled':
      return `Roster ${name} samples ${e.data.metric} over ${seconds(e.data.intervalMs)}.`;
    case 'traffic.sampled':
      return `Traffic between VMs is sampled: ${e.data.flows.length} flows.`;
    case 'fault.injected':
      return `A drill injects a fault (${e.data.kind}) into ${e.data.targets.join(', ')}.`;
    case 'drill.settled':
      return `The drill has settled after ${e.data.events} events.`;
    case 'note.written':
      return e.data.text;
    default:
      return `${(e as LogEvent).type}: not known to this program.`;
  }
};

const BAD_STATUSES: ReadonlySet<string> = new Set(['failed', 'cancelled', 'error']);

/** How an event is coloured and counted: motion is what moves a VM, critical what takes something away. */
export const toneOf = (e: LogEvent): Tone => {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- every fact not named here is plain
  switch (e.type) {
    case 'host.failed':
    case 'storage_node.failed':
    case 'fault.injected':
      return 'critical';
    case 'host.fenced':
      return 'warn';
    case 'host.service_reported':
      return e.data.up === false ? 'warn' : 'plain';
    case 'vm.state_changed':
      if (e.data.vmState === 'error') return 'critical';
      return e.data.taskState === 'migrating' || e.data.taskState === 'rebuilding' ? 'motion' : 'plain';
    case 'vm.reported':
      return e.data.status === 'ERROR' || e.data.vmState === 'error' ? 'critical' : 'plain';
    case 'migration.status_changed':
      return BAD_STATUSES.has(e.data.status) ? 'warn' : 'motion';
    case 'migration.accepted':
    case 'migration.progressed':
    case 'migration.measured':
      return 'motion';
    case 'tunnel.state_changed':
      return e.data.up ? 'plain' : 'warn';
    case 'command.issued':
      return 'command';
    default:
      return 'plain';
  }
};

/** Names as people say them where only ids are known: the id itself, without its kind. */
export const bareName: NameOf = (address) => (kindOf(address) === 'cluster' ? 'the cluster' : idOf(address));
