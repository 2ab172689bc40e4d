// Electron's MessagePortMain as a Port: structured clones each way, in order.
import type { MessagePortMain } from 'electron';
import type { Port, ToService, ToWindow } from '../../../domain/contract/port.ts';

/** Electron queues what arrives until `listen` starts the port. */
export const messagePort = (port: MessagePortMain): Port<ToService, ToWindow> => ({
  post: (message) => port.postMessage(message),
  listen: (listener) => {
    port.on('message', (event) => listener(event.data as ToService));
    port.start();
  },
  onClose: (closed) => void port.once('close', closed),
  close: () => port.close(),
});
