// What the desk shows when its answers come late: the timeline and the instant chosen last, never a mixture.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LogInfo, TimelineInfo } from '../../domain/contract/contract.ts';
import { CONTRACT_VERSION } from '../../domain/contract/port.ts';
import { ok } from '../../domain/base/result.ts';
import { Frames } from '../../renderer/playback/frames.ts';
import { Player } from '../../renderer/playback/player.ts';
import { Client } from '../../renderer/session/client.ts';
import { Desk } from '../../renderer/session/desk.ts';
import { Idle } from '../../renderer/session/idle.ts';
import { FarEnd, turn } from './far-end.ts';

const HOUR_MS = 3_600_000;

const day = (name: string, hour: number): TimelineInfo => ({
  name,
  parent: null,
  forkedAt: null,
  head: 9,
  from: hour * HOUR_MS,
  to: (hour + 1) * HOUR_MS,
  events: 9,
});

const LOG: LogInfo = {
  name: 'week',
  path: '/week.understudy',
  readOnly: false,
  demonstration: false,
  timelines: [day('main', 0), day('monday', 24), day('tuesday', 48)],
};

const storage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined };

beforeAll(() => {
  vi.stubGlobal('window', {
    location: { hash: '' },
    history: { replaceState: () => undefined, pushState: () => undefined },
    localStorage: storage,
    sessionStorage: storage,
    matchMedia: () => new EventTarget(),
    addEventListener: () => undefined,
  });
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  vi.stubGlobal('requestAnimationFrame', (paint: (now: number) => void) => setTimeout(() => paint(0), 0));
});
afterAll(() => void vi.unstubAllGlobals());

/** A desk on `main` whose marks come only when they are let. */
const openDesk = async () => {
  const far = new FarEnd();
  const idle = new Idle();
  const frames = new Frames(idle);
  const client = new Client(() => Promise.resolve(ok(far.port)), idle);
  const desk = new Desk({ client, frames, player: new Player(frames, idle), idle });
  await turn();
  far.say({ kind: 'hello', version: CONTRACT_VERSION });
  const answered = new Set<number>();
  /** Answers what was asked of marks of that timeline, and draws. */
  const letMarks = async (timeline: string): Promise<number> => {
    const asked = far.calls().filter((c) => c.name === 'view.marks' && !answered.has(c.id));
    const due = asked.filter((c) => (c.input as { timeline: string }).timeline === timeline);
    for (const { id } of due) {
      answered.add(id);
      far.say({ kind: 'result', id, value: [] });
    }
    await turn();
    await turn();
    return due.length;
  };
  for (const { id } of far.calls().filter((c) => c.name === 'log.info')) far.say({ kind: 'result', id, value: LOG });
  await turn();
  await letMarks('main');
  await letMarks('main');
  return { desk, letMarks };
};

test('of two switches the later one stays, whichever is answered first', async () => {
  const { desk, letMarks } = await openDesk();
  expect(desk.player.at.value.at).toBe(1 * HOUR_MS);
  desk.switchTo('monday');
  desk.switchTo('tuesday');
  expect(await letMarks('tuesday')).toBeGreaterThan(0);
  expect(await letMarks('monday')).toBeGreaterThan(0);
  expect(desk.timeline.value).toBe('tuesday');
  expect(desk.player.at.value.at).toBe(49 * HOUR_MS);
  expect(desk.range.value.from).toBeGreaterThan(47 * HOUR_MS);
});

test('an instant chosen after a switch is not taken back by its answer', async () => {
  const { desk, letMarks } = await openDesk();
  desk.switchTo('monday');
  desk.goTo({ at: 24.5 * HOUR_MS, seq: null });
  expect(await letMarks('monday')).toBeGreaterThan(0);
  expect(desk.player.at.value.at).toBe(24.5 * HOUR_MS);
});
