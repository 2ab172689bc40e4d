// Stands in for the `electron` module where its binary is not: records what the shell asks for, and carries its messages.
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

type Listener = (...args: never[]) => unknown;

/** Electron's main-process port over Node's: `{ data }` events, and nothing arrives before `start()`. */
export class MessagePortMain extends EventEmitter {
  readonly node: MessagePort;
  constructor(node: MessagePort) {
    super();
    this.node = node;
    node.on('close', () => this.emit('close'));
  }
  start(): void {
    this.node.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
  }
  postMessage(message: unknown): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- ports have no origin
    this.node.postMessage(message);
  }
  close(): void {
    this.node.close();
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;
  constructor() {
    const channel = new MessageChannel();
    this.port1 = new MessagePortMain(channel.port1);
    this.port2 = new MessagePortMain(channel.port2);
  }
}

export class WebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly options: Record<string, unknown>;
  readonly webContents = new WebContents();
  readonly loaded: string[] = [];
  shown = false;
  focused = false;
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    this.emit('ready-to-show');
    return Promise.resolve();
  }
  show(): void {
    this.shown = true;
  }
  focus(): void {
    this.focused = true;
  }
  isMinimized(): boolean {
    return false;
  }
  isDestroyed(): boolean {
    return false;
  }
}

class App extends EventEmitter {
  sandboxed = false;
  quits = 0;
  /** False plays a second start while the first still runs. */
  isFirst = true;
  enableSandbox(): void {
    this.sandboxed = true;
  }
  requestSingleInstanceLock(): boolean {
    return this.isFirst;
  }
  whenReady(): Promise<void> {
    return Promise.resolve();
  }
  quit(): void {
    this.quits++;
    this.emit('will-quit');
  }
}

class IpcMain extends EventEmitter {}

class Session {
  request: Listener | null = null;
  check: Listener | null = null;
  device: Listener | null = null;
  setPermissionRequestHandler(handler: Listener): void {
    this.request = handler;
  }
  setPermissionCheckHandler(handler: Listener): void {
    this.check = handler;
  }
  setDevicePermissionHandler(handler: Listener): void {
    this.device = handler;
  }
}

class Protocol {
  readonly schemes: unknown[] = [];
  readonly handlers = new Map<string, (request: Request) => Promise<Response>>();
  registerSchemesAsPrivileged(schemes: unknown[]): void {
    this.schemes.push(...schemes);
  }
  handle(scheme: string, handler: (request: Request) => Promise<Response>): void {
    this.handlers.set(scheme, handler);
  }
}

export const app = new App();
export const ipcMain = new IpcMain();
export const protocol = new Protocol();
export const session = { defaultSession: new Session() };
export const dialog = {
  errors: [] as string[],
  showErrorBox: (_title: string, content: string): void => void dialog.errors.push(content),
};

class IpcRenderer extends EventEmitter {
  readonly posted: string[] = [];
  postMessage(channel: string): void {
    this.posted.push(channel);
  }
}
export const ipcRenderer = new IpcRenderer();
