// A WebSocket as a Port: one JSON text message each way, in order.
import type { RawData, WebSocket } from 'ws';
import type { Port, ToService, ToWindow } from '../../../domain/contract/port.ts';

const NOT_JSON = 1007; // RFC 6455: data inconsistent with the type of the message

const parsed = (data: RawData, isBinary: boolean): ToService | null => {
  if (isBinary) return null;
  try {
    return JSON.parse((data as Buffer).toString()) as ToService;
  } catch {
    return null;
  }
};

/** Messages that arrive before `listen` wait for it; a message that is not JSON closes the socket. */
export const webSocketPort = (socket: WebSocket): Port<ToService, ToWindow> => {
  const waiting: ToService[] = [];
  let listener: ((message: ToService) => void) | null = null;
  socket.on('message', (data, isBinary) => {
    const message = parsed(data, isBinary);
    if (message === null) return socket.close(NOT_JSON, 'not JSON');
    if (listener === null) waiting.push(message);
    else listener(message);
  });
  socket.on('error', () => socket.terminate());
  return {
    post: (message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    },
    listen: (next) => {
      listener = next;
      for (const message of waiting.splice(0)) next(message);
    },
    onClose: (closed) => void socket.once('close', closed),
    close: () => socket.close(),
  };
};
