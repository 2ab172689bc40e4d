// The loopback shell lets one browser in, and nobody else: tokens, cookies, hosts, origins, paths, headers.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ok } from '../../../domain/base/result.ts';
import type { Served } from '../../../main/service/serve.ts';
import { type Loopback, startLoopback } from '../../../main/shell/loopback/server.ts';
import { cookieOf, smallWindow } from '../../contract/transports.ts';

const idle: Served = { call: () => Promise.resolve(ok(null)), subscribe: () => () => {} };

let loopback: Loopback;
let cookie: string;

beforeAll(async () => {
  const windowDir = smallWindow();
  mkdirSync(join(windowDir, 'assets'));
  writeFileSync(join(windowDir, 'assets', 'main.js'), 'export {};');
  writeFileSync(join(windowDir, '..', 'understudy-secret.txt'), 'secret');
  symlinkSync(join(windowDir, '..', 'understudy-secret.txt'), join(windowDir, 'assets', 'link.txt'));
  const started = await startLoopback(idle, { windowDir, port: 0 });
  if (!started.ok) throw new Error(started.error);
  loopback = started.value;
  cookie = await cookieOf(loopback.url);
});
afterAll(() => loopback.close());

type Answer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string };

/** A request as raw as a stranger's: any path, any headers. */
const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: loopback.port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    asked.on('error', reject);
    asked.end();
  });

const withCookie = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  get(path, { cookie, ...headers });

test('the cookie opens the window and its files', async () => {
  expect((await withCookie('/')).body).toContain('Understudy');
  const script = await withCookie('/assets/main.js');
  expect(script.headers['content-type']).toContain('text/javascript');
  expect(script.headers['cache-control']).toContain('immutable');
});

test('the cookie is out of reach of scripts and of other sites', async () => {
  const other = await startLoopback(idle, { windowDir: smallWindow(), port: 0 });
  if (!other.ok) throw new Error(other.error);
  const response = await fetch(other.value.url, { redirect: 'manual' });
  await other.value.close();
  expect(response.status).toBe(303);
  expect(response.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
});

test('a second server on this machine throws nobody out of the first', async () => {
  const other = await startLoopback(idle, { windowDir: smallWindow(), port: 0 });
  if (!other.ok) throw new Error(other.error);
  const second = await cookieOf(other.value.url);
  await other.value.close();
  // What a browser keeps for 127.0.0.1: of one name, only the cookie that came last.
  const jar = new Map([cookie, second].map((pair) => [pair.split('=', 1)[0], pair]));
  expect((await get('/', { cookie: [...jar.values()].join('; ') })).status).toBe(200);
});

test('the printed address works once; who is in already is let through again', async () => {
  const path = new URL(loopback.url);
  const again = await get(path.pathname + path.search);
  expect(again.status).toBe(403);
  expect(again.body).toContain('used already');
  expect(again.headers['set-cookie']).toBeUndefined();
  expect((await withCookie(path.pathname + path.search)).status).toBe(303);
});

test('a browser led here by a link of another site goes on by a page of ours', async () => {
  const other = await startLoopback(idle, { windowDir: smallWindow(), port: 0 });
  if (!other.ok) throw new Error(other.error);
  const response = await fetch(other.value.url, { redirect: 'manual', headers: { 'sec-fetch-site': 'cross-site' } });
  await other.value.close();
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('http-equiv="refresh"');
});

test.each([
  ['no cookie', {}],
  ['another cookie', { cookie: 'guess' }],
  ['a foreign name for this machine', { cookie: 'yes', host: 'evil.example' }],
  ['another port', { cookie: 'yes', host: '127.0.0.1:1' }],
  ['a foreign origin', { cookie: 'yes', origin: 'http://evil.example' }],
])('nothing is answered with %s', async (_why, headers: Record<string, string>) => {
  const sent: Record<string, string> = { yes: cookie, guess: `${cookie.split('=', 1)[0]}=guess` };
  const real = headers['cookie'] === undefined ? headers : { ...headers, cookie: sent[headers['cookie']] ?? '' };
  const answer = await get('/', real);
  expect(answer.status).toBe(403);
  expect(answer.body).not.toContain('<title>');
});

test.each([
  '/../understudy-secret.txt',
  '/%2e%2e/understudy-secret.txt',
  '/..%2funderstudy-secret.txt',
  '/assets/..%5c..%5cunderstudy-secret.txt',
  '/assets/link.txt',
  '/assets/%00',
  '/%E0%A4%A',
  '/assets',
  '/nothing.html',
])('%s leads nowhere', async (path) => {
  const answer = await withCookie(path);
  expect(answer.status).toBe(404);
  expect(answer.body).not.toContain('secret');
});

test('only reading is possible', async () => {
  expect((await get('/', { cookie }, 'POST')).status).toBe(405);
});

test('every answer carries the policy, refused or not', async () => {
  for (const answer of [await withCookie('/'), await get('/')]) {
    const policy = String(answer.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${loopback.port}`);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['cross-origin-opener-policy']).toBe('same-origin');
  }
});

const connects = (path: string, headers: Record<string, string>): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${loopback.port}${path}`, { headers });
    socket.once('open', () => {
      socket.close();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

test('the port opens for the window alone', async () => {
  const origin = `http://127.0.0.1:${loopback.port}`;
  expect(await connects('/port', { cookie, origin })).toBe(true);
  expect(await connects('/port', { origin })).toBe(false);
  expect(await connects('/port', { cookie })).toBe(false);
  expect(await connects('/port', { cookie, origin: 'http://evil.example' })).toBe(false);
  expect(await connects('/elsewhere', { cookie, origin })).toBe(false);
});

/** Asks for the port as a stranger, reads the refusal's first bytes, and resets the connection. */
const refusedThenReset = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: loopback.port, allowHalfOpen: true }, () =>
      socket.write(
        `GET /port HTTP/1.1\r\nHost: 127.0.0.1:${loopback.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
      ),
    );
    socket.once('error', reject);
    socket.once('data', (chunk: Buffer) => {
      socket.once('close', () => resolve(chunk.toString()));
      socket.resetAndDestroy();
    });
  });

test('a refused stranger who resets the connection does not end the server', async () => {
  expect(await refusedThenReset()).toMatch(/^HTTP\/1\.1 403 /);
  expect((await withCookie('/')).status).toBe(200);
});

test('a port in use is a sentence', async () => {
  const second = await startLoopback(idle, { windowDir: smallWindow(), port: loopback.port });
  expect(second).toMatchObject({ ok: false });
  if (!second.ok) expect(second.error).toContain('something else listens there');
});
