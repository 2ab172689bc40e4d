// Everything a panel may reach: the client, what the person has chosen, and the instant, as one value in a context.
import { batch, computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { At, DrillReport, LogInfo, TimelineInfo } from '../../domain/contract/contract.ts';
import type { Failure } from '../../domain/contract/port.ts';
import type { Mark, Picture } from '../../domain/readout/picture-types.ts';
import { assert } from '../../domain/base/result.ts';
import type { Frames } from '../playback/frames.ts';
import type { Player } from '../playback/player.ts';
import { readAddress, sameSubject, writeAddress, type Choice } from './address.ts';
import type { Client } from './client.ts';
import type { Idle } from './idle.ts';
import { isRecord } from '../../domain/contract/branches.ts';
import { Latest } from './latest.ts';
import { openingView, type OpeningView } from './opening.ts';
import type { PlaceId } from './places.ts';
import { Preferences } from './preferences.ts';
import { MigrateView } from './migrate-view.ts';
import { NetworkView } from './network-view.ts';
import { ConsolidateView } from './consolidate-view.ts';
import { DrillPlan } from './drill-plan.ts';
import { DrillShelf } from './drill-shelf.ts';
import { Undo } from './undo.ts';

export type Range = { readonly from: number; readonly to: number };
export type Measure = 'cpu' | 'ram' | 'vcpus';
export type Sheet = 'find' | 'menu' | 'keys' | 'anomalies' | 'branches' | 'view' | 'report' | 'export' | null;

export type DeskParts = {
  readonly client: Client;
  readonly frames: Frames;
  readonly player: Player;
  readonly idle: Idle;
};

const MAIN = 'main';
/** Places whose stage is made of the state in full. */
const STATE_PLACES: ReadonlySet<PlaceId> = new Set(['network', 'migrate', 'capacity', 'drill']);

export class Desk {
  readonly client: Client;
  readonly frames: Frames;
  readonly player: Player;
  readonly idle: Idle;
  readonly preferences = new Preferences();
  readonly drills = new DrillShelf();
  readonly plan = new DrillPlan();
  readonly overlay = new NetworkView();
  readonly migrate = new MigrateView();
  readonly consolidation = new ConsolidateView();
  readonly choices = new Undo();

  readonly log = signal<LogInfo | null>(null);
  readonly logFailure = signal<Failure | null>(null);
  readonly place = signal<PlaceId>('cluster');
  readonly timeline = signal(MAIN);
  /** `host:compute-1`, `vm:…`; null when nothing is selected. */
  readonly selection = signal<string | null>(null);
  /** Hosts picked as faults of the next drill. */
  readonly faults = signal<readonly string[]>([]);
  readonly against: Signal<Choice['against']> = signal(null);
  readonly range = signal<Range>({ from: 0, to: 1 });
  readonly measure = signal<Measure>('cpu');
  readonly groupBy = signal<'rack' | 'az'>('rack');
  /** The cluster as a table of its VMs instead of a map. */
  readonly asTable = signal(false);
  readonly sheet = signal<Sheet>(null);
  readonly inspectorOpen = signal(true);
  readonly dockOpen = signal(true);
  readonly drill = signal<DrillReport | null>(null);

  readonly pictures: Latest<'view.picture'>;
  readonly marks: Latest<'view.marks'>;
  /** The state in full, five times a second at most and only while a panel shows it. */
  readonly states: Latest<'view.state'>;
  /** Changes whenever what was read may no longer be true. */
  readonly epoch = signal(0);
  readonly picture: ReadonlySignal<Picture | null>;
  readonly timelineInfo: ReadonlySignal<TimelineInfo | null>;
  readonly isBranch: ReadonlySignal<boolean>;
  #opened = false;
  /** Counts switches and leaps: an answer that was asked for before the last one comes too late. */
  #moves = 0;

  constructor(parts: DeskParts) {
    this.client = parts.client;
    this.frames = parts.frames;
    this.player = parts.player;
    this.idle = parts.idle;
    this.pictures = new Latest(this.client, 'view.picture', { showsOlder: true });
    this.marks = new Latest(this.client, 'view.marks', { showsOlder: false });
    this.states = new Latest(this.client, 'view.state', { showsOlder: true });
    this.picture = computed(() => this.pictures.value.value);
    this.timelineInfo = computed(() => this.log.value?.timelines.find((t) => t.name === this.timeline.value) ?? null);
    this.isBranch = computed(() => {
      const info = this.timelineInfo.value;
      return info !== null && !isRecord(info, this.log.value?.timelines ?? []);
    });
    this.#wire();
    const { goal, room, hosts, settings } = this.migrate;
    for (const choice of [this.faults, hosts]) this.choices.watch(choice);
    this.choices.watch(goal);
    this.choices.watch(room);
    this.choices.watch(settings);
  }

  /** Moves to another instant (and stops playing). */
  goTo(at: At): void {
    this.#moves += 1;
    this.player.hold(at);
    this.reveal(at.at);
  }

  /** Brings an instant into the visible stretch of the timeline, moving it as little as it takes. */
  reveal(ms: number): void {
    const { from, to } = this.range.peek();
    if (ms >= from && ms <= to) return;
    const half = (to - from) / 2;
    this.range.value = { from: ms - half, to: ms + half };
  }

  select(entity: string | null): void {
    this.selection.value = entity;
    if (this.sheet.peek() === 'anomalies') this.sheet.value = null;
    if (entity !== null) this.inspectorOpen.value = true;
  }

  /** Opens another timeline; the instant stays unless nothing of that timeline happened then. */
  switchTo(timeline: string): void {
    this.#moves += 1;
    this.timeline.value = timeline;
    const info = this.timelineInfo.peek();
    if (info === null || info.from === null || info.to === null) return;
    const { at } = this.player.at.peek();
    if (at < info.from || at > info.to) void this.#openUnlessMoved(info);
  }

  /** Shows a timeline at its incident, unless the person has gone elsewhere before the answer came. */
  async #openUnlessMoved(info: TimelineInfo): Promise<void> {
    const move = this.#moves;
    const view = await this.#viewOf(info, null);
    if (move === this.#moves) this.#show(view);
  }

  /** How to show a timeline: at a named instant, or at its incident. */
  async #viewOf(info: TimelineInfo, named: At | null): Promise<OpeningView> {
    const marks = await this.client.call('view.marks', { timeline: info.name });
    return openingView(info, marks.ok ? marks.value : [], named);
  }

  #show({ range, at }: OpeningView): void {
    this.range.value = range;
    if (at !== null) this.player.hold(at);
  }

  toggleFault(host: string): void {
    const now = this.faults.peek();
    this.faults.value = now.includes(host) ? now.filter((h) => h !== host) : [...now, host];
  }

  /** A branch name nobody uses yet: `drill: compute-1`, then `drill: compute-1 (2)`. */
  freeName(wanted: string): string {
    const used = new Set(this.log.peek()?.timelines.map((t) => t.name));
    let name = wanted;
    for (let n = 2; used.has(name); n++) name = `${wanted} (${n})`;
    return name;
  }

  async refreshLog(): Promise<void> {
    const answer = await this.client.call('log.info', {});
    if (!answer.ok) {
      this.logFailure.value = answer.error;
      return;
    }
    this.logFailure.value = null;
    if (!this.#opened) await this.#openFirst(answer.value);
    this.log.value = answer.value;
  }

  /** The first view: what the address names, else the incident of the log. */
  async #openFirst(log: LogInfo): Promise<void> {
    this.#opened = true;
    const named = readAddress(window.location.hash);
    const known = log.timelines.some((t) => t.name === named.timeline);
    const timeline = known && named.timeline !== null ? named.timeline : (log.timelines[0]?.name ?? MAIN);
    const info = log.timelines.find((t) => t.name === timeline) ?? null;
    if (info !== null) this.#show(await this.#viewOf(info, named.at));
    batch(() => {
      this.timeline.value = timeline;
      this.place.value = named.place ?? 'cluster';
      this.selection.value = named.selection;
      this.against.value = named.against;
    });
  }

  #wire(): void {
    this.client.on('log.changed', ({ timelines }) => {
      const log = this.log.peek();
      batch(() => {
        if (log !== null) this.log.value = { ...log, timelines };
        this.epoch.value += 1;
      });
    });
    effect(() => {
      if (this.client.connections.value === 0) return;
      this.epoch.value = this.epoch.peek() + 1;
      void this.refreshLog();
    });
    effect(() => {
      void this.epoch.value;
      this.pictures.forget();
      this.marks.forget();
      this.states.forget();
    });
    effect(() => {
      const place = this.place.value;
      const shown =
        STATE_PLACES.has(place) ||
        (place === 'cluster' && this.asTable.value) ||
        (this.inspectorOpen.value && this.selection.value !== null);
      if (!shown || this.log.value === null) return;
      this.states.ask({ timeline: this.timeline.value, at: this.player.settled.value });
    });
    effect(() => {
      if (this.log.value === null) return;
      const at = this.player.at.value;
      this.pictures.ask({ timeline: this.timeline.value, at });
    });
    effect(() => {
      if (this.log.value !== null) this.marks.ask({ timeline: this.timeline.value });
    });
    effect(() => {
      const all = this.log.value?.timelines ?? [];
      const [first] = all;
      // Another window dropped the branch this one was on.
      if (first !== undefined && !all.some((t) => t.name === this.timeline.value)) this.switchTo(first.name);
    });
    effect(() => {
      const to = this.timelineInfo.value?.to;
      if (to !== null && to !== undefined) this.player.endAt(to);
    });
    effect(() => {
      if (this.player.playing.value) this.reveal(this.player.at.value.at);
    });
    effect(() => {
      this.drill.value = this.drills.of(this.log.value?.path ?? '', this.timeline.value);
    });
    this.#mirrorAddress();
  }

  #mirrorAddress(): void {
    effect(() => {
      if (this.log.value === null) return;
      const choice = {
        place: this.place.value,
        timeline: this.timeline.value,
        at: this.player.settled.value,
        selection: this.selection.value,
        against: this.against.value,
      };
      const address = writeAddress(choice);
      if (address === window.location.hash) return;
      // Another thing to look at is a step one can go back from; another instant of the same is not.
      if (sameSubject(readAddress(window.location.hash), choice)) window.history.replaceState(null, '', address);
      else window.history.pushState(null, '', address);
    });
    window.addEventListener('hashchange', () => {
      const named = readAddress(window.location.hash);
      batch(() => {
        if (named.place !== null) this.place.value = named.place;
        if (named.timeline !== null) this.timeline.value = named.timeline;
        this.selection.value = named.selection;
        this.against.value = named.against;
      });
      if (named.at !== null) this.goTo(named.at);
    });
  }

  /** The marks of the current timeline; empty until they are known. */
  get knownMarks(): readonly Mark[] {
    return this.marks.value.value ?? [];
  }
}

const DeskContext = createContext<Desk | null>(null);
export const DeskProvider = DeskContext.Provider;

export const useDesk = (): Desk => {
  const desk = useContext(DeskContext);
  assert(desk !== null, 'panels are drawn inside a desk');
  return desk;
};
