// The two ways a window reaches the service, each as the shell builds it: Electron's message port, loopback's web socket.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { WebSocket } from 'ws';
import type { Port, ToService, ToWindow } from '../../domain/contract/port.ts';
import { serve } from '../../main/service/serve.ts';
import type { Service } from '../../main/service/service.ts';
import { messagePort } from '../../main/shell/electron/message-port.ts';
import { startLoopback } from '../../main/shell/loopback/server.ts';
import { MessagePortMain } from '../main/shell/electron-standin.ts';

export type Transport = {
  readonly name: string;
  /** Joins a new window to the service; `end` takes everything down again. */
  readonly join: (service: Service) => Promise<{ port: Port<ToWindow, ToService>; end: () => Promise<void> }>;
};

const overMessagePort: Transport = {
  name: 'MessagePort',
  join: (service) => {
    const { port1, port2 } = new MessageChannel();
    serve(messagePort(new MessagePortMain(port1)), service);
    const port: Port<ToWindow, ToService> = {
      post: (message) => port2.postMessage(message),
      listen: (listener) => void port2.on('message', listener),
      onClose: (listener) => void port2.on('close', listener),
      close: () => port2.close(),
    };
    return Promise.resolve({
      port,
      end: () => {
        port2.close();
        return Promise.resolve();
      },
    });
  },
};

/** A window folder with one page, enough for a server that is asked for its port only. */
export const smallWindow = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'understudy-window-'));
  writeFileSync(join(dir, 'index.html'), '<!doctype html><title>Understudy</title>');
  return dir;
};

/** Opens the printed address as a browser does and returns the cookie it was given. */
export const cookieOf = async (url: string): Promise<string> => {
  const response = await fetch(url, { redirect: 'manual' });
  return (response.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
};

const overWebSocket: Transport = {
  name: 'WebSocket',
  join: async (service) => {
    const started = await startLoopback(service, { windowDir: smallWindow(), port: 0 });
    if (!started.ok) throw new Error(started.error);
    const { url, port: number, close } = started.value;
    const headers = { cookie: await cookieOf(url), origin: `http://127.0.0.1:${number}` };
    const socket = new WebSocket(`ws://127.0.0.1:${number}/port`, { headers });
    const backlog: ToWindow[] = [];
    let listener = (message: ToWindow): void => void backlog.push(message);
    socket.on('message', (data: Buffer) => listener(JSON.parse(data.toString()) as ToWindow));
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    const port: Port<ToWindow, ToService> = {
      post: (message) => socket.send(JSON.stringify(message)),
      listen: (next) => {
        listener = next;
        backlog.splice(0).forEach(next);
      },
      onClose: (closed) => void socket.once('close', closed),
      close: () => socket.close(),
    };
    return { port, end: close };
  },
};

export const transports: readonly Transport[] = [overMessagePort, overWebSocket];
