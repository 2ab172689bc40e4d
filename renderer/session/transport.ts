// The two pipes a window can be handed: a WebSocket of the loopback shell, and a MessagePort of Electron's preload.
import type { Port, ToService, ToWindow } from '../../domain/contract/port.ts';
import { err, ok, type Result } from '../../domain/base/result.ts';

export type WindowPort = Port<ToWindow, ToService>;
/** Opens a pipe to the service; the error is a sentence for people. */
export type Open = () => Promise<Result<WindowPort, string>>;

/** Keeps what arrives before anybody listens. */
class Inbox<T> {
  #kept: T[] = [];
  #listener: ((message: T) => void) | null = null;

  push(message: T): void {
    if (this.#listener === null) this.#kept.push(message);
    else this.#listener(message);
  }

  listen(listener: (message: T) => void): void {
    this.#listener = listener;
    const kept = this.#kept;
    this.#kept = [];
    for (const message of kept) listener(message);
  }
}

/** A port over a WebSocket that carries one JSON message a frame. */
export const openSocket =
  (address: string): Open =>
  () =>
    new Promise((resolve) => {
      const socket = new WebSocket(address);
      const inbox = new Inbox<ToWindow>();
      const closers: (() => void)[] = [];
      socket.addEventListener('message', (e) => inbox.push(JSON.parse(String(e.data)) as ToWindow));
      socket.addEventListener('close', () => {
        resolve(err(`Understudy does not answer at ${new URL(address).host}.`)); // no effect once it was open
        for (const close of closers) close();
      });
      socket.addEventListener('open', () =>
        resolve(
          ok({
            post: (message) => socket.send(JSON.stringify(message)),
            listen: (listener) => inbox.listen(listener),
            onClose: (listener) => closers.push(listener),
            close: () => socket.close(),
          }),
        ),
      );
    });

const PORT_MESSAGE = 'understudy-port';

/** The port Electron's preload hands over once, with `window.postMessage`. */
export const receiveMessagePort = (from: Window): Open => {
  const handed = new Promise<MessagePort>((resolve) => {
    from.addEventListener('message', (e: MessageEvent<unknown>) => {
      const [port] = e.ports;
      const kind = (e.data as { kind?: unknown } | null)?.kind;
      if (e.source === from && kind === PORT_MESSAGE && port !== undefined) resolve(port);
    });
  });
  return async () => {
    const port = await handed;
    const inbox = new Inbox<ToWindow>();
    port.addEventListener('message', (e: MessageEvent<ToWindow>) => inbox.push(e.data));
    port.start();
    return ok({
      post: (message) => port.postMessage(message),
      listen: (listener) => inbox.listen(listener),
      onClose: (listener) => port.addEventListener('close', listener),
      close: () => port.close(),
    });
  };
};

/** The pipe that fits where this window was loaded from. */
export const openerFor = (window: Window): Open => {
  const { protocol, host } = window.location;
  if (protocol === 'http:' || protocol === 'https:') {
    return openSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/port`);
  }
  return receiveMessagePort(window);
};
