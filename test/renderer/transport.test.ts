// The pipe Electron's preload hands over: taken from this window only, and it carries both ways.
import { expect, test } from 'vitest';
import type { ToService, ToWindow } from '../../domain/contract/port.ts';
import { receiveMessagePort } from '../../renderer/session/transport.ts';

const handOver = (to: EventTarget, from: EventTarget, kind: string, port: MessagePort): void => {
  to.dispatchEvent(Object.assign(new Event('message'), { data: { kind }, source: from, ports: [port] }));
};

test('only a port this window posted under the agreed name is taken, and it carries both ways', async () => {
  const window = new EventTarget();
  const opening = receiveMessagePort(window as unknown as Window)();
  const foreign = new MessageChannel();
  handOver(window, new EventTarget(), 'understudy-port', foreign.port1);
  handOver(window, window, 'something-else', foreign.port1);
  const ours = new MessageChannel();
  handOver(window, window, 'understudy-port', ours.port1);
  const opened = await opening;
  expect(opened.ok).toBe(true);
  if (!opened.ok) return;

  const early: ToWindow = { kind: 'hello', version: 1 };
  ours.port2.postMessage(early);
  expect(await new Promise<ToWindow>((resolve) => opened.value.listen(resolve))).toEqual(early);

  const said = new Promise<ToService>((resolve) => {
    ours.port2.addEventListener('message', (e: MessageEvent<ToService>) => resolve(e.data));
    ours.port2.start();
  });
  opened.value.post({ kind: 'cancel', id: 7 });
  expect(await said).toEqual({ kind: 'cancel', id: 7 });
  for (const { port1, port2 } of [foreign, ours]) {
    port1.close();
    port2.close();
  }
});
