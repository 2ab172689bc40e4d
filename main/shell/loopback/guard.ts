// Whom the loopback server talks to: this machine's browser at its own address, and no page of another site.
import type { IncomingMessage } from 'node:http';

/**
 * Names the reason to refuse a request, or null. `Host` is checked so that a foreign name pointed at 127.0.0.1 (DNS
 * rebinding) gets nothing; `Origin`, where a browser sends it, must be ours; a WebSocket must always send it.
 */
export const refusal = (request: IncomingMessage, port: number, upgrade: boolean): string | null => {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = request.headers;
  if (host === undefined || !hosts.includes(host)) return 'This server answers to 127.0.0.1 only.';
  if (origin === undefined) return upgrade ? 'A connection without an origin is refused.' : null;
  return origin === `http://${host}` ? null : 'Pages of other sites are refused.';
};
