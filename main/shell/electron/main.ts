// The Electron shell: one sandboxed window on the same composition as the loopback shell, joined by a MessagePort.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { app, BrowserWindow, dialog, ipcMain, MessageChannelMain, protocol, session } from 'electron';
import { serve } from '../../service/serve.ts';
import { runOnThread } from '../../work/thread.ts';
import { compose } from '../compose.ts';
import { WINDOW_DIR } from '../places.ts';
import { protectiveHeaders, windowFile } from '../window-files.ts';
import { HANDED_OVER, WANTED } from './handover.ts';
import { lockDown } from './lockdown.ts';
import { messagePort } from './message-port.ts';

const SCHEME = 'understudy'; // files by a scheme of our own get headers; file:// would get none
const HOME = `${SCHEME}://window/`;
const SMALLEST = { minWidth: 1024, minHeight: 640 };
const FIRST = { width: 1440, height: 900 };

const openWindow = (): BrowserWindow => {
  const window = new BrowserWindow({
    ...FIRST,
    ...SMALLEST,
    show: false, // until it has something to show
    title: 'Understudy',
    autoHideMenuBar: true,
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(HOME);
  return window;
};

const start = async (): Promise<void> => {
  await app.whenReady();
  const { values } = parseArgs({ options: { log: { type: 'string' } }, strict: false });
  const path = typeof values.log === 'string' ? values.log : null;
  const composed = await compose(path, { runJob: runOnThread, tell: () => {} });
  if (!composed.ok) {
    dialog.showErrorBox('Understudy cannot open its log', composed.error);
    return app.quit();
  }
  const { service, close } = composed.value;

  lockDown(session.defaultSession);
  protocol.handle(SCHEME, async (request) => {
    const { status, headers, body } = await windowFile(WINDOW_DIR, new URL(request.url).pathname);
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), {
      status,
      headers: { ...protectiveHeaders("'self'"), ...headers },
    });
  });
  ipcMain.on(WANTED, (event) => {
    if (event.senderFrame?.url.startsWith(HOME) !== true) return;
    const channel = new MessageChannelMain();
    serve(messagePort(channel.port1), service);
    event.senderFrame.postMessage(HANDED_OVER, null, [channel.port2]);
  });
  app.on('will-quit', close);

  let window = openWindow();
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('activate', () => {
    if (window.isDestroyed()) window = openWindow();
  });
};

protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
app.enableSandbox();
app.on('window-all-closed', () => app.quit());
// A second start shows the window of the first: two writers of one log would only get in each other's way.
if (app.requestSingleInstanceLock()) await start();
else app.quit();
