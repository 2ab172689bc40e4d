// The loopback shell: the window over HTTP and its port over WebSocket, on 127.0.0.1 for the one who has the address.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { err, ok, type Result } from '../../../domain/base/result.ts';
import { serve, type Served as Service } from '../../service/serve.ts';
import { protectiveHeaders, windowFile, type Served } from '../window-files.ts';
import { type Admission, createAdmission } from './cookie.ts';
import { refusal } from './guard.ts';
import { webSocketPort } from './web-socket-port.ts';

const LOOPBACK = '127.0.0.1';
const LARGEST_MESSAGE = 256 * 1024 * 1024; // a dropped import travels as one base64 message
const UNDERSTOOD = ['GET', 'HEAD'];

export type Loopback = {
  /** The address to open, with its one-time token. */
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
};

const text = (status: number, body: string): Served => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' },
  body: `${body}\n`,
});

const USED = text(
  403,
  'This address was used already, or is not complete. Run the command again; it prints a new one.',
);

/**
 * Answers the printed address. Where the browser came from nowhere (typed, or opened by us) it is sent on at once; where
 * a link of another site led here, a strict cookie would not follow a redirect, so a page of ours goes on instead.
 */
const enter = (admission: Admission, token: string, request: IncomingMessage): Served => {
  const home = { Location: '/', 'Cache-Control': 'no-store' };
  if (admission.admits(request.headers.cookie)) return { status: 303, headers: home, body: '' };
  const cookie = admission.redeem(token);
  if (cookie === null) return USED;
  if ((request.headers['sec-fetch-site'] ?? 'none') === 'none') {
    return { status: 303, headers: { ...home, 'Set-Cookie': cookie }, body: '' };
  }
  return {
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Set-Cookie': cookie },
    body: '<!doctype html><title>Understudy</title><meta http-equiv="refresh" content="0;url=/">',
  };
};

const listening = (server: Server, port: number): Promise<Result<number, string>> =>
  new Promise((resolve) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'something else listens there' : cause.message;
      resolve(err(`Port ${port} of ${LOOPBACK} cannot be used: ${why}. Choose another with --port, or leave it out.`));
    });
    server.listen({ host: LOOPBACK, port }, () => {
      const address = server.address();
      resolve(ok(typeof address === 'object' && address !== null ? address.port : port));
    });
  });

/**
 * Serves the window of `windowDir` and `service` on 127.0.0.1.
 * @param options.port 0 lets the system choose; a port in use is a sentence
 */
export const startLoopback = async (
  service: Service,
  options: { readonly windowDir: string; readonly port: number },
): Promise<Result<Loopback, string>> => {
  const server = createServer();
  const bound = await listening(server, options.port);
  if (!bound.ok) return bound;
  const port = bound.value;
  const admission = createAdmission(port);

  const answer = async (request: IncomingMessage): Promise<Served> => {
    const refused = refusal(request, port, false);
    if (refused !== null) return text(403, refused);
    if (!UNDERSTOOD.includes(request.method ?? '')) return text(405, 'Only reading is possible here.');
    const url = new URL(request.url ?? '/', `http://${LOOPBACK}:${port}`);
    const token = url.searchParams.get('token');
    if (url.pathname === '/' && token !== null) return enter(admission, token, request);
    if (!admission.admits(request.headers.cookie)) return USED;
    return windowFile(options.windowDir, url.pathname);
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, headers, body } = await answer(request).catch(() => text(400, 'This request cannot be read.'));
    const connect = `'self' ws://${LOOPBACK}:${port} ws://localhost:${port}`;
    response.writeHead(status, { ...protectiveHeaders(connect), ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  };

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE, perMessageDeflate: false });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy()); // a raw socket: a reset nobody hears would end the program
    const path = (request.url ?? '').split('?', 1)[0];
    const ours = refusal(request, port, true) === null && admission.admits(request.headers.cookie);
    if (!ours || path !== '/port') {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (socket) => serve(webSocketPort(socket), service));
  };
  server.on('request', (request, response) => void respond(request, response));
  server.on('upgrade', upgrade);

  return ok({
    url: `http://${LOOPBACK}:${port}/?token=${admission.token() ?? ''}`,
    port,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  });
};
