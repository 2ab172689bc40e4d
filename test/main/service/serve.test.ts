// The port protocol itself: pacing, cancelling on close, and doors that never throw.
import { expect, test } from 'vitest';
import { err, ok } from '../../../domain/base/result.ts';
import { CONTRACT_VERSION, type Port, type ToService, type ToWindow } from '../../../domain/contract/port.ts';
import { openDoor } from '../../../main/service/door.ts';
import { serve, type Served } from '../../../main/service/serve.ts';
import { unwatched, type Watcher } from '../../../main/work/watcher.ts';

/** A port whose other end is this test. */
const hand = () => {
  const sent: ToWindow[] = [];
  let listener: (message: ToService) => void = () => {};
  const closers: (() => void)[] = [];
  const port: Port<ToService, ToWindow> = {
    post: (message) => void sent.push(message),
    listen: (next) => (listener = next),
    onClose: (closed) => void closers.push(closed),
    close: () => closers.forEach((closed) => closed()),
  };
  const say = (message: ToService): void => listener(message);
  return { port, sent, say };
};

const serving = (call: Served['call']) => {
  const end = hand();
  let listeners = 0;
  serve(end.port, {
    call,
    subscribe: () => {
      listeners++;
      return () => listeners--;
    },
  });
  end.say({ kind: 'hello', version: CONTRACT_VERSION });
  return { ...end, listeners: () => listeners };
};

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

test('a flood of progress is paced, and the answer still comes', async () => {
  const { sent, say } = serving((_name, _input, { progress }) => {
    for (let done = 0; done < 1000; done++) progress({ done, total: 1000, says: 'counting' });
    return Promise.resolve(ok('done'));
  });
  say({ kind: 'call', id: 1, name: 'any', input: {} });
  await turn();
  const reports = sent.filter((message) => message.kind === 'progress');
  expect(reports.length).toBeGreaterThan(0);
  expect(reports.length).toBeLessThan(20);
  expect(sent.at(-1)).toEqual({ kind: 'result', id: 1, value: 'done' });
});

test('a closed port cancels what it asked for and listens no more', async () => {
  const asked: Watcher[] = [];
  const { port, sent, say, listeners } = serving((_name, _input, watcher) => {
    asked.push(watcher);
    return new Promise((resolve) => {
      watcher.signal.addEventListener('abort', () => resolve(err({ code: 'cancelled', sentence: 'Stopped.' })));
    });
  });
  say({ kind: 'call', id: 1, name: 'any', input: {} });
  expect(listeners()).toBe(1);
  port.close();
  await turn();
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(listeners()).toBe(0);
  expect(sent).toEqual([{ kind: 'hello', version: CONTRACT_VERSION }]);
});

test('a call that is repeated while it runs is answered once', async () => {
  let runs = 0;
  const { sent, say } = serving(async () => {
    runs++;
    await turn();
    return ok('done');
  });
  say({ kind: 'call', id: 1, name: 'any', input: {} });
  say({ kind: 'call', id: 1, name: 'any', input: {} });
  await turn();
  await turn();
  expect(runs).toBe(1);
  expect(sent.filter(({ kind }) => kind === 'result')).toHaveLength(1);
});

test('a handler that throws becomes a sentence', async () => {
  const broken = (): never => {
    throw new Error('the row is gone');
  };
  const handlers = new Proxy({}, { get: () => broken }) as Parameters<typeof openDoor>[0];
  const answer = await openDoor(handlers)('log.info', {}, unwatched());
  expect(answer).toMatchObject({ ok: false, error: { code: 'own_mistake' } });
  if (!answer.ok) expect(answer.error.sentence).toContain('the row is gone');
});
