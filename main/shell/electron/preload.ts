// All that the window gets from Electron: one port, posted when its own code is there to take it. Runs sandboxed.
import { ipcRenderer } from 'electron';
import { FOR_WINDOW, HANDED_OVER, WANTED } from './handover.ts';

/** The few names of the browser that this file meets; the main process has no DOM types. */
declare const window: {
  readonly location: { readonly origin: string };
  readonly addEventListener: (name: 'load', listener: () => void) => void;
  readonly postMessage: (data: { readonly kind: string }, origin: string, ports: readonly unknown[]) => void;
};

// A port cannot cross the context bridge, but it can be posted to the page, and the page's own code is all that listens.
ipcRenderer.on(HANDED_OVER, (event) => window.postMessage({ kind: FOR_WINDOW }, window.location.origin, event.ports));
window.addEventListener('load', () => ipcRenderer.postMessage(WANTED, null));
