// Why a VM is in ERROR, stopped, or on a host that is down: the facts that led there, from the first to the last.
import { byteAt, NO_ROW, rowAt } from '../base/column.ts';
import { isoInstant } from '../base/time.ts';
import { instant } from '../base/brand.ts';
import { apiStatus } from '../cluster/api-status.ts';
import { ABSENT, type Cluster } from '../cluster/cluster.ts';
import { IDLE_TASK, powerStates, taskStates, triOf, vmStates } from '../cluster/codes.ts';
import { findRow, idAt } from '../cluster/registry.ts';
import type { LogEvent } from '../events/dictionary.ts';
import { idOf, kindOf } from '../events/entity.ts';
import type { CauseChain, CauseLink } from './picture-types.ts';
import { type NameOf, sentenceOf, toneOf } from './sentence.ts';
import { movesOf, namesIn, refersTo, Whereabouts } from './story.ts';

/** What a person asks about: the two states in which a VM serves nobody. */
const TROUBLES: ReadonlySet<string> = new Set(['ERROR', 'SHUTOFF']);

/** A request of Nova's that fails leaves its VM in error within this time; what ended earlier explains nothing. */
const EXPLAINS_WITHIN_MS = 60_000;

/** A guest that its host's return did not start is found shut down by nova-compute within this time (its sync, and a boot). */
const AFTER_RETURN_MS = 15 * 60_000;

/** Commands that only look. */
const LOOKS = /(?:^|-)(?:list|show|get|status|info|describe|console-log|diagnostics|ping)$/;

/** The API's word that an event shows the VM in; null where it says nothing about that. */
const statusIn = (e: LogEvent): string | null => {
  if (e.type !== 'vm.reported' && e.type !== 'vm.state_changed') return null;
  if (e.type === 'vm.reported' && e.data.status !== undefined) return e.data.status;
  return e.data.vmState === undefined ? null : apiStatus(e.data.vmState, e.data.taskState ?? null);
};

/** Seen with nothing under way: a VM that is being switched off still counts as ACTIVE. */
const isAtRest = (e: LogEvent): boolean =>
  (e.type !== 'vm.reported' && e.type !== 'vm.state_changed') || (e.data.taskState ?? null) === null;

/** True for a word about the guest alone: it is shut down, or has crashed. */
const isGuestDown = (e: LogEvent): boolean =>
  (e.type === 'vm.reported' || e.type === 'vm.state_changed') &&
  e.data.vmState === undefined &&
  (e.data.powerState === 'SHUTDOWN' || e.data.powerState === 'CRASHED');

/** Collects what led to the present state: begun anew whenever the VM is seen well on a host that is up. */
class Episode {
  readonly #vm: string;
  readonly #moves: ReadonlySet<string>;
  readonly #where: Whereabouts;
  /** Hosts that are down, with what was said of that. */
  readonly #down = new Map<string, LogEvent[]>();
  readonly #pending = new Map<string, boolean>();
  readonly #evacuations = new Set<string>();
  /** The last outage of its host that it was seen well after: its guest may have been taken for running. */
  #outage: readonly LogEvent[] = [];
  events: LogEvent[] = [];
  /** The trouble it is in, and the event that brought it there. */
  status: string | null = null;
  end: LogEvent | null = null;

  constructor(vm: string, moves: ReadonlySet<string>) {
    this.#vm = vm;
    this.#moves = moves;
    this.#where = new Whereabouts(vm);
  }

  hear(e: LogEvent): void {
    if (kindOf(e.entity) === 'host') this.#hearHost(e);
    else if (this.#moves.has(e.entity)) this.#hearMove(e);
    else if (e.entity === this.#vm) this.#hearVm(e);
    else if (refersTo(e, this.#vm)) this.#hearCommand(e);
  }

  get #hostIsDown(): boolean {
    return this.#where.host !== null && this.#down.has(this.#where.host);
  }

  #forget(): void {
    const ofHosts = this.events.filter((e) => kindOf(e.entity) === 'host');
    if (ofHosts.length > 0) this.#outage = ofHosts;
    this.events = [];
    this.status = null;
    this.end = null;
  }

  /** What came before a new cause, while the VM was well on a host that is up, has nothing to do with it: but its command. */
  #beginAnew(at: number): void {
    if (this.status !== null || this.#hostIsDown) return;
    const stays = (e: LogEvent): boolean => e.type === 'command.issued' || e.entity === this.#vm;
    this.events = this.events.filter((e) => stays(e) && at - e.at <= EXPLAINS_WITHIN_MS);
  }

  #isOver(e: LogEvent): boolean {
    const ofMove = e.type === 'migration.status_changed' || e.type === 'migration.accepted';
    return ofMove && !this.#evacuations.has(e.entity); // what an evacuation leaves is its doing, however long it took
  }

  #hearHost(e: LogEvent): void {
    const host = idOf(e.entity);
    const concerns = host === this.#where.host;
    const wasDown = this.#down.has(host);
    const fails = e.type === 'host.failed' || e.type === 'host.fenced';
    const service = e.type === 'host.service_reported' ? e.data : null;
    const goesDown = fails || service?.up === false || service?.forcedDown === true;
    const comesUp = e.type === 'host.returned' || (service?.up === true && service.forcedDown !== true);
    if (concerns && goesDown && !wasDown) this.#beginAnew(e.at);
    if (goesDown) this.#down.set(host, [...(this.#down.get(host) ?? []), e]);
    if (comesUp) this.#down.delete(host);
    const commanded = e.type === 'command.issued' && !e.data.argv.some((word) => LOOKS.test(word));
    const noted = e.type === 'note.written' && wasDown; // how its recovery went
    if (concerns && (goesDown || (comesUp && wasDown) || commanded || noted)) this.events.push(e);
  }

  #hearMove(e: LogEvent): void {
    this.#where.hear(e);
    if (e.type === 'migration.accepted') {
      this.#beginAnew(e.at);
      this.#pending.set(e.entity, e.data.type === 'evacuation' && e.data.dest === null);
      if (e.data.type === 'evacuation') {
        this.#evacuations.add(e.entity);
        // That the VM was on that host may only be known by this: then what became of the host is still to be told.
        const outage = this.#down.get(e.data.source ?? '') ?? [];
        this.events = [...outage.filter((said) => !this.events.includes(said)), ...this.events];
      }
      this.events.push(e);
    }
    if (e.type !== 'migration.status_changed') return;
    const { status, dest, reason } = e.data;
    if (dest !== undefined) this.#pending.set(e.entity, false);
    const ended = status === 'completed' || status === 'done' || status === 'finished' || status === 'confirmed';
    const failed = status === 'failed' || status === 'error' || status === 'cancelled';
    if (ended || failed || reason !== undefined) this.events.push(e);
    // NoValidHost: Nova puts the VM into error with the record of its move.
    if (status === 'error' && this.#pending.get(e.entity) === true) this.#enter('ERROR', e);
    const isOver = ended && !this.#evacuations.has(e.entity);
    if (isOver && this.status === null && !this.#hostIsDown) this.#forget();
  }

  #hearVm(e: LogEvent): void {
    this.#where.hear(e);
    const status = statusIn(e);
    if (status === 'ACTIVE' && isAtRest(e) && !this.#hostIsDown) this.#forget();
    else if (status !== null && TROUBLES.has(status)) this.#enter(status, e);
    else if (e.type === 'command.issued') this.#hearCommand(e);
    else if (e.type === 'note.written') this.events.push(e);
    else if (this.#isStep(e)) {
      this.#beginAnew(e.at);
      this.events.push(e);
    }
  }

  /** A word about the VM that explains what comes: a fault, a reason, its being switched off, its guest's end. */
  #isStep(e: LogEvent): boolean {
    if (e.type !== 'vm.reported' && e.type !== 'vm.state_changed') return false;
    if (e.type === 'vm.state_changed' && (e.data.fault !== undefined || e.data.cause !== undefined)) return true;
    const said = this.events.some((b) => 'taskState' in b.data && b.data.taskState === 'powering-off');
    if (e.data.taskState === 'powering-off') return !said;
    return isGuestDown(e) && this.status === null && !this.events.some(isGuestDown);
  }

  #hearCommand(e: LogEvent): void {
    if (e.type === 'command.issued' && !e.data.argv.some((word) => LOOKS.test(word))) this.events.push(e);
  }

  #enter(status: string, e: LogEvent): void {
    const isNews = status !== this.status || (this.end !== null && kindOf(this.end.entity) === 'migration');
    if (!isNews) return;
    if (this.status === null && !this.#hostIsDown) {
      this.events = this.events.filter((before) => e.at - before.at <= EXPLAINS_WITHIN_MS || !this.#isOver(before));
    }
    const outage = this.#outage.at(-1);
    const byOutage = status === 'SHUTOFF' && outage !== undefined && e.at - outage.at <= AFTER_RETURN_MS;
    if (this.status === null && byOutage && !this.events.some(isAsked)) this.events = [...this.#outage, ...this.events];
    this.status = status;
    this.end = e;
    if (this.events.at(-1) !== e) this.events.push(e);
  }
}

/** True where somebody asked for what came: then no outage is needed to explain it. */
const isAsked = (e: LogEvent): boolean =>
  e.type === 'command.issued' || (e.type === 'vm.state_changed' && e.data.cause?.startsWith('asked by user') === true);

/** What the event that brought the trouble says of it itself. */
const reasonIn = (e: LogEvent | null): string | null => {
  if (e?.type === 'vm.state_changed') return e.data.fault ?? e.data.cause ?? null;
  return e?.type === 'migration.status_changed' ? (e.data.reason ?? null) : null;
};

/** A fault that the move before it gave as its reason is not told twice. */
const withoutEcho = (e: LogEvent, before: readonly LogEvent[]): LogEvent => {
  if (e.type !== 'vm.state_changed' || e.data.fault === undefined) return e;
  const { fault, ...data } = e.data;
  const told = before.some((b) => b.type === 'migration.status_changed' && b.data.reason === fault);
  return told ? { ...e, data } : e;
};

const linksOf = ({ events, end }: Episode, nameOf: NameOf): readonly CauseLink[] => {
  const last = end === null ? events.length : events.indexOf(end);
  return events.map((e, i) => ({
    seq: e.seq,
    at: e.at,
    entity: e.entity,
    type: e.type,
    sentence: sentenceOf(withoutEcho(e, events.slice(0, i)), nameOf),
    tone: toneOf(e),
    evidence: e.evidence,
    role: e === end ? 'end' : i === 0 ? 'cause' : i < last ? 'step' : 'after',
  }));
};

type Now = Pick<CauseChain, 'status' | 'host' | 'since' | 'links'> & {
  readonly hostDown: boolean;
  /** What the trouble itself says; null where it says nothing. */
  readonly reason: string | null;
  /** True while its guest was last seen running. */
  readonly running: boolean;
};

const verdictOf = (name: string, { status, host, since, links, hostDown, reason, running }: Now): string => {
  const where = host === null ? '' : ` on ${host}`;
  const from = since === null ? '' : ` since ${isoInstant(instant(since))}`;
  const [first] = links;
  if (TROUBLES.has(status)) {
    const why = reason === null ? '' : `: ${reason.replace(/\.$/, '')}`;
    const began = first?.role === 'cause' ? ` It began at ${isoInstant(instant(first.at))}: ${first.sentence}` : '';
    const guest =
      status === 'ERROR' && running && !hostDown
        ? ' Its guest was running when last seen: the error may be in Nova’s record only.'
        : '';
    if (why === '' && began === '') return `${name} is ${status}${where}${from}; nothing on record says why.${guest}`;
    return `${name} is ${status}${where}${from}${why}.${began}${guest}`;
  }
  if (!hostDown) return `${name} is ${status}${where}; there is nothing to explain.`;
  return `${name} counts as ${status}, but its host ${host ?? ''} is down.`;
};

/**
 * The cause chain of the VM `vm:id` at the state's instant; null when the record knows no such VM. `events` are those of
 * the lineage up to it, in event-time order; the caller may leave out events of other entities than `storyEntities` names.
 * Pure: it tells what is on record, and does not guess at what is not.
 */
export const causeChain = (c: Cluster, address: string, events: Iterable<LogEvent>): CauseChain | null => {
  const row = kindOf(address) === 'vm' ? findRow(c.vms.ids, idOf(address)) : NO_ROW;
  if (row === NO_ROW || byteAt(c.vms.col.present, row) === ABSENT) return null;
  const nameOf = namesIn(c);
  const episode = new Episode(address, movesOf(c, address));
  for (const e of events) episode.hear(e);
  const task = byteAt(c.vms.col.taskState, row);
  const status = apiStatus(
    vmStates.word(byteAt(c.vms.col.vmState, row)),
    task === IDLE_TASK ? null : taskStates.word(task),
  );
  const hostRow = rowAt(c.vms.col.host, row);
  const host = hostRow === NO_ROW ? null : idAt(c.hosts.ids, hostRow);
  const hostDown = hostRow !== NO_ROW && triOf(byteAt(c.hosts.col.up, hostRow)) === false;
  const troubled = TROUBLES.has(status);
  const links = troubled || hostDown ? linksOf(episode, nameOf) : [];
  const since = troubled ? (episode.end?.at ?? null) : null;
  const reason = reasonIn(episode.end);
  const running = byteAt(c.vms.col.powerState, row) === powerStates.code('RUNNING');
  const name = nameOf(address);
  return {
    entity: address,
    name,
    status,
    host,
    since,
    known: (!troubled && !hostDown) || reason !== null || links.some((l) => l.role === 'cause'),
    verdict: verdictOf(name, { status, host, since, links, hostDown, reason, running }),
    links,
  };
};
