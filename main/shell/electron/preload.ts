// The only thing the window gets from Electron: a way to ask for its port. Runs sandboxed, before the window's own code.
import { contextBridge, ipcRenderer } from 'electron';
import { HANDED_OVER, WANTED } from './handover.ts';

/** The few names of the browser that this file meets; the main process has no DOM types. */
declare const window: {
  readonly location: { readonly origin: string };
  readonly postMessage: (data: string, origin: string, ports: readonly unknown[]) => void;
};

// A MessagePort cannot pass the context bridge; it can be posted to the page, which no other page can listen to.
ipcRenderer.on(HANDED_OVER, (event) => window.postMessage(HANDED_OVER, window.location.origin, event.ports));

/** `window.understudy` in the page: its presence says Electron; `connect` answers with a message that carries a port. */
contextBridge.exposeInMainWorld('understudy', { connect: () => ipcRenderer.postMessage(WANTED, null) });
