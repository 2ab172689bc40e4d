// The only owner of requestAnimationFrame: whoever wants to paint, tick or run an effect in a frame asks here.
import { Observable } from 'rxjs';
import type { Idle } from '../session/idle.ts';

type Task = (nowMs: number) => void;

export class Frames {
  readonly #idle: Idle;
  readonly #tasks = new Map<unknown, Task>();
  #requested = false;

  constructor(idle: Idle) {
    this.#idle = idle;
  }

  /** Runs `task` in the next frame; a later task under the same key takes its place, so a surface paints once a frame. */
  next(key: unknown, task: Task): void {
    this.#tasks.set(key, task);
    if (this.#requested) return;
    this.#requested = true;
    const done = this.#idle.begin('frame');
    requestAnimationFrame((now) => {
      this.#requested = false;
      const tasks = [...this.#tasks.values()];
      this.#tasks.clear();
      for (const run of tasks) run(now);
      done();
    });
  }

  /** The time of every frame, in ms, while somebody listens. */
  readonly tick$: Observable<number> = new Observable((subscriber) => {
    const key = {};
    const again = (): void =>
      this.next(key, (now) => {
        subscriber.next(now);
        if (!subscriber.closed) again();
      });
    again();
    return () => this.#tasks.delete(key);
  });

  /** Emits in the next frame and completes. */
  readonly once$: Observable<number> = new Observable((subscriber) => {
    const key = {};
    this.next(key, (now) => {
      subscriber.next(now);
      subscriber.complete();
    });
    return () => this.#tasks.delete(key);
  });
}
