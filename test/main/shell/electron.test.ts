// The Electron shell against a stand-in: what the window may do, how it gets its port, and that a second start gives way.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ToWindow } from '../../../domain/contract/port.ts';
import { FOR_WINDOW, HANDED_OVER, WANTED } from '../../../main/shell/electron/handover.ts';
import { openForUse } from '../../../main/work/open-log.ts';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  ipcRenderer,
  MessagePortMain,
  protocol,
  session,
} from './electron-standin.ts';

const argv = process.argv;

beforeAll(async () => {
  const log = join(mkdtempSync(join(tmpdir(), 'understudy-electron-')), 'empty.understudy');
  const opened = openForUse(log, { create: true });
  if (!opened.ok) throw new Error(opened.error.sentence);
  opened.value.close();
  process.argv = ['electron', 'electron.js', `--log=${log}`];
  await import('../../../main/shell/electron/main.ts');
});
afterAll(() => {
  process.argv = argv;
  app.emit('will-quit');
});

const theWindow = (): BrowserWindow => {
  const [window] = BrowserWindow.all;
  if (window === undefined) throw new Error('no window was opened');
  return window;
};

test('the window is isolated, sandboxed and without Node', () => {
  expect(dialog.errors).toEqual([]);
  expect(app.sandboxed).toBe(true);
  expect(theWindow().options['webPreferences']).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
  });
  expect(theWindow().loaded).toEqual(['understudy://window/']);
  expect(theWindow().shown).toBe(true);
});

test('it can neither leave nor open windows nor embed pages', () => {
  const { webContents } = theWindow();
  for (const attempt of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
    let prevented = false;
    webContents.emit(attempt, { preventDefault: () => (prevented = true) }, 'https://evil.example');
    expect(prevented, attempt).toBe(true);
  }
  expect(webContents.openHandler?.({ url: 'https://evil.example' })).toEqual({ action: 'deny' });
});

test('it gets no permission and no device', () => {
  const { request, check, device } = session.defaultSession as unknown as Record<
    string,
    (...args: unknown[]) => unknown
  >;
  let granted: unknown = null;
  request?.(null, 'media', (answer: unknown) => (granted = answer));
  expect(granted).toBe(false);
  expect(check?.(null, 'media')).toBe(false);
  expect(device?.({})).toBe(false);
});

test('its files come with the policy, and only its own', async () => {
  const files = protocol.handlers.get('understudy');
  const answer = await files?.(new Request('understudy://window/../../package.json'));
  expect(answer?.status).toBe(404);
  expect(answer?.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(protocol.schemes).toMatchObject([{ scheme: 'understudy', privileges: { standard: true, secure: true } }]);
});

/** A frame of the window, or of something that pretends to be it. */
const frame = (url: string) => {
  const ports: MessagePortMain[] = [];
  const postMessage = (channel: string, _message: unknown, transfer: MessagePortMain[]): void => {
    if (channel === HANDED_OVER) ports.push(...transfer);
  };
  return { url, ports, postMessage };
};

test('the window that asks gets a port on which the service answers', async () => {
  const sender = frame('understudy://window/');
  ipcMain.emit(WANTED, { senderFrame: sender });
  const [port] = sender.ports;
  expect(port).toBeInstanceOf(MessagePortMain);
  const answered = new Promise<ToWindow>((resolve) => {
    port?.on('message', ({ data }: { data: ToWindow }) => {
      if (data.kind !== 'hello') resolve(data);
    });
  });
  port?.start();
  port?.postMessage({ kind: 'hello', version: 1 });
  port?.postMessage({ kind: 'call', id: 1, name: 'log.info', input: {} });
  expect(await answered).toMatchObject({ kind: 'result', id: 1, value: { name: 'empty.understudy' } });
  port?.close();
});

test('a page from elsewhere gets none', () => {
  const stranger = frame('https://evil.example/');
  ipcMain.emit(WANTED, { senderFrame: stranger });
  ipcMain.emit(WANTED, { senderFrame: null });
  expect(stranger.ports).toEqual([]);
});

test('a second start brings the first window forward', () => {
  app.emit('second-instance');
  expect(theWindow().focused).toBe(true);
});

test('closing the last window ends the app', () => {
  const before = app.quits;
  app.emit('window-all-closed');
  expect(app.quits).toBe(before + 1);
});

test('the preload asks when the window has loaded, and hands the port on to it alone', async () => {
  const loaded: (() => void)[] = [];
  const posted: unknown[][] = [];
  Object.assign(globalThis, {
    window: {
      location: { origin: 'understudy://window' },
      addEventListener: (_name: string, listener: () => void) => loaded.push(listener),
      postMessage: (...message: unknown[]) => posted.push(message),
    },
  });
  await import('../../../main/shell/electron/preload.ts');
  expect(ipcRenderer.posted).toEqual([]);
  loaded.forEach((listener) => listener());
  expect(ipcRenderer.posted).toEqual([WANTED]);
  ipcRenderer.emit(HANDED_OVER, { ports: ['the port'] });
  expect(posted).toEqual([[{ kind: FOR_WINDOW }, 'understudy://window', ['the port']]]);
});
