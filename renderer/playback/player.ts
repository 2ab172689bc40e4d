// Play, pause, hold and step: the one adapter between the playback stream and the signals the window reads.
import { computed, signal, type ReadonlySignal } from '@preact/signals';
import { asyncScheduler, BehaviorSubject, share, throttleTime } from 'rxjs';
import type { At } from '../../domain/contract/contract.ts';
import type { Idle } from '../session/idle.ts';
import { cursor$, type Moment, type Playback } from './cursor.ts';
import type { Frames } from './frames.ts';

/** Log time per wall time. A Tuesday passes in 24 s at the last one. */
export const SPEEDS = [1, 10, 60, 600, 3_600] as const;
export type Speed = (typeof SPEEDS)[number];

/** Panels read the state in full: five times a second is as fast as anyone reads, and spares the service. */
const SETTLE_MS = 200;

const START: Moment = { at: { at: 0, seq: null }, playing: false };

export class Player {
  readonly #playback$ = new BehaviorSubject<Playback>({ mode: 'held', at: START.at });
  readonly #end$ = new BehaviorSubject(0);
  readonly #moment = signal<Moment>(START);
  readonly #settled = signal<At>(START.at);
  readonly speed = signal<Speed>(10);
  /** The instant to draw, every frame. */
  readonly at: ReadonlySignal<At> = computed(() => this.#moment.value.at);
  readonly playing: ReadonlySignal<boolean> = computed(() => this.#moment.value.playing);

  constructor(frames: Frames, idle: Idle) {
    const moments$ = cursor$(this.#playback$, this.#end$, frames).pipe(share());
    let unsettled: (() => void) | null = null;
    moments$.subscribe((moment) => {
      const stopped = this.#moment.peek().playing && !moment.playing;
      unsettled ??= idle.begin('cursor settling');
      this.#moment.value = moment;
      if (stopped && this.#playback$.value.mode === 'playing') this.hold(moment.at); // the end was reached
    });
    moments$.pipe(throttleTime(SETTLE_MS, asyncScheduler, { leading: true, trailing: true })).subscribe(() => {
      const { at } = this.#moment.peek();
      const shown = this.#settled.peek();
      if (at.at !== shown.at || at.seq !== shown.seq) this.#settled.value = at;
      unsettled?.();
      unsettled = null;
    });
  }

  /** The instant the panels read: the one drawn, at most five times a second. */
  get settled(): ReadonlySignal<At> {
    return this.#settled;
  }

  /** Where playing stops: the last instant of the timeline, ms since 1970. */
  endAt(ms: number): void {
    this.#end$.next(ms);
  }

  hold(at: At): void {
    this.#playback$.next({ mode: 'held', at });
  }

  play(): void {
    this.#playback$.next({ mode: 'playing', from: this.at.peek().at, rate: this.speed.peek() });
  }

  toggle(): void {
    if (this.playing.peek()) this.hold(this.at.peek());
    else this.play();
  }

  faster(speed: Speed): void {
    this.speed.value = speed;
    if (this.playing.peek()) this.play();
  }
}
