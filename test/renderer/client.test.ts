// The window's end of the port: order, progress, cancellation, a lost link and its return.
import { expect, test } from 'vitest';
import { ok } from '../../domain/base/result.ts';
import { CONTRACT_VERSION } from '../../domain/contract/port.ts';
import { Client } from '../../renderer/session/client.ts';
import { Idle } from '../../renderer/session/idle.ts';
import { Latest } from '../../renderer/session/latest.ts';
import { FarEnd, turn } from './far-end.ts';

const connected = async () => {
  const far = new FarEnd();
  const idle = new Idle();
  const client = new Client(() => Promise.resolve(ok(far.port)), idle);
  await turn();
  far.say({ kind: 'hello', version: CONTRACT_VERSION });
  return { far, client, idle };
};

test('calls made before hello wait for it and answers find their calls in any order', async () => {
  const far = new FarEnd();
  const client = new Client(() => Promise.resolve(ok(far.port)), new Idle());
  const first = client.call('view.marks', { timeline: 'main' });
  const second = client.call('log.info', {});
  await turn();
  expect(far.heard).toEqual([{ kind: 'hello', version: CONTRACT_VERSION }]);
  far.say({ kind: 'hello', version: CONTRACT_VERSION });
  const [a, b] = far.calls();
  far.say({ kind: 'result', id: b?.id ?? 0, value: 'info' });
  far.say({ kind: 'failure', id: a?.id ?? 0, failure: { code: 'x', sentence: 'No.' } });
  expect(await second).toEqual({ ok: true, value: 'info' });
  expect(await first).toEqual({ ok: false, error: { code: 'x', sentence: 'No.' } });
});

test('progress is heard, cancelling is told, and idle waits for the answer', async () => {
  const { far, client, idle } = await connected();
  const stop = new AbortController();
  const heard: number[] = [];
  const call = client.call('log.info', {}, { signal: stop.signal, progress: (p) => heard.push(p.done) });
  const id = far.calls()[0]?.id ?? 0;
  far.say({ kind: 'progress', id, progress: { done: 3, total: 9, says: 'reading' } });
  stop.abort();
  expect(heard).toEqual([3]);
  expect(far.heard.at(-1)).toEqual({ kind: 'cancel', id });
  expect(idle.busy()).toEqual(['call log.info']);
  far.say({ kind: 'failure', id, failure: { code: 'cancelled', sentence: 'Stopped, as asked.' } });
  await call;
  await idle.settled();
  expect(idle.busy()).toEqual([]);
});

test('a lost link answers every call with a sentence and says so itself', async () => {
  const { far, client } = await connected();
  const call = client.call('log.info', {});
  far.port.close();
  const answer = await call;
  expect(answer.ok ? null : answer.error.code).toBe('lost');
  expect(client.link.value.state).toBe('lost');
  expect(client.link.value.sentence).toMatch(/start it again and open the new address/);
});

test('a program of another version is not spoken to', async () => {
  const far = new FarEnd();
  const client = new Client(() => Promise.resolve(ok(far.port)), new Idle());
  void client.call('log.info', {});
  await turn();
  far.say({ kind: 'hello', version: CONTRACT_VERSION + 1 });
  expect(client.link.value.sentence).toMatch(/Reload the window/);
  expect(far.calls()).toEqual([]);
});

test('of many inputs at once only the first and the newest are asked, and the newest answer stays', async () => {
  const { far, client } = await connected();
  const latest = new Latest(client, 'view.marks', { showsOlder: false });
  for (const timeline of ['a', 'b', 'c', 'd']) latest.ask({ timeline });
  expect(far.calls().map((c) => c.input)).toEqual([{ timeline: 'a' }]);
  far.say({ kind: 'result', id: far.calls()[0]?.id ?? 0, value: ['of a'] });
  await turn();
  expect(latest.value.value).toBeNull();
  expect(far.calls().map((c) => c.input)).toEqual([{ timeline: 'a' }, { timeline: 'd' }]);
  far.say({ kind: 'result', id: far.calls()[1]?.id ?? 0, value: ['of d'] });
  await turn();
  expect(latest.value.value).toEqual(['of d']);
  latest.ask({ timeline: 'a' });
  expect(latest.value.value).toEqual(['of a']); // remembered
  latest.forget();
  expect(far.calls().length).toBe(3); // and asked again once it may be stale
});
