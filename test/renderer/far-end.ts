// The service's end of a window's port, played by a test: it hears what the window posts and answers when the test says so.
import type { ToService, ToWindow } from '../../domain/contract/port.ts';
import type { WindowPort } from '../../renderer/session/transport.ts';

export class FarEnd {
  readonly heard: ToService[] = [];
  #say: (message: ToWindow) => void = () => undefined;
  #close: () => void = () => undefined;

  readonly port: WindowPort = {
    post: (message) => this.heard.push(message),
    listen: (listener) => (this.#say = listener),
    onClose: (listener) => (this.#close = listener),
    close: () => this.#close(),
  };

  say(message: ToWindow): void {
    this.#say(message);
  }
  calls(): Extract<ToService, { kind: 'call' }>[] {
    return this.heard.filter((m) => m.kind === 'call');
  }
}

/** Lets everything that waits for a promise go on. */
export const turn = (): Promise<void> => new Promise((done) => setTimeout(done, 0));
