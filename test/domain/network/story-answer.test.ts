// What changes of a recorded cluster say to whom, and what a live migration's blackout is made of.
import { expect, test } from 'vitest';
import { type BlackoutAnswer, blackoutAnswer, type BlackoutQuestion } from '../../../domain/network/blackout-answer.ts';
import { cloudOf } from '../../../domain/network/from-state.ts';
import { storyAnswer, type StoryQuestion, type StoryStep } from '../../../domain/network/story-answer.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { overlaid, portState } from './clouds.ts';

const QUESTION: StoryQuestion = {
  mode: 'l2pop-arp',
  style: 'master',
  kind: 'live',
  what: 'vm-b',
  dest: 'h3',
  address: null,
  first: 'dest',
  l3Plugin: true,
};

const seen = (state: ClusterState) => ({ state, seen: cloudOf(state) });

const played = (change: Partial<StoryQuestion>, state = overlaid()) => {
  const answer = storyAnswer(seen(state), { ...QUESTION, ...change });
  if (!answer.ok) throw new Error(answer.error);
  return answer.value.stories;
};
const refused = (change: Partial<StoryQuestion>, state = overlaid()): string => {
  const answer = storyAnswer(seen(state), { ...QUESTION, ...change });
  return answer.ok ? 'understood' : answer.error;
};
const lines = (steps: readonly StoryStep[]): string[] =>
  steps.flatMap((s) => s.messages.map((m) => `${m.kind} ${m.method} ${m.to} ${m.receivers} ${m.entries}`));

test('destination first: two casts, three FDB fanouts, two core fanouts, and the late removal empties the others', () => {
  const [story] = played({});
  expect(story).toMatchObject({ vm: 'vm-b', network: 'blue', source: 'h2', dest: 'h3' });
  expect(lines(story!.steps).filter((l) => !l.startsWith('call'))).toEqual([
    'fanout binding_deactivate all 3 0',
    'fanout binding_activate all 3 0',
    // h1 with its two ports, and h2, where the INACTIVE binding still counts
    'cast add_fdb_entries h3 1 5',
    'fanout add_fdb_entries all 3 2',
    'cast add_fdb_entries h3 1 5',
    'fanout add_fdb_entries all 3 2',
    'fanout remove_fdb_entries all 3 1',
  ]);
  const beliefs = story!.steps.map((s) => s.belief!);
  expect(beliefs[0]).toMatchObject({ toSource: ['h1'], toDest: [], flood: [], answerArp: 1 });
  expect(beliefs[3]?.toDest).toContain('h1');
  expect(beliefs.at(-1)).toMatchObject({
    toSource: [],
    toDest: [],
    flood: ['h1'],
    floodToSource: ['h1', 'h3'],
    answerArp: 0,
  });
});

test('source first: the others end right; without an L3 plugin no late removal comes', () => {
  expect(played({ first: 'source' })[0]?.steps.at(-1)?.belief).toMatchObject({
    toDest: ['h1'],
    flood: [],
    answerArp: 1,
  });
  expect(played({ l3Plugin: false })[0]?.steps.at(-1)?.belief).toMatchObject({
    toDest: ['h1'],
    floodToSource: ['h1', 'h3'],
  });
});

test('cold, evacuation, deletion and restart', () => {
  expect(lines(played({ kind: 'cold' })[0]!.steps)[0]).toBe('call update_device_list server 0 0');
  expect(lines(played({ kind: 'evacuate' })[0]!.steps).slice(0, 2)).toEqual([
    'fanout remove_fdb_entries all 3 2',
    'fanout port_update all 3 0',
  ]);
  expect(lines(played({ kind: 'delete', dest: null })[0]!.steps).at(-1)).toBe('fanout port_delete all 3 0');
  const [restart] = played({ kind: 'restart', what: 'h1', dest: null });
  expect(restart).toMatchObject({ port: null, network: 'blue', source: 'h1' });
  expect(lines(restart!.steps)[0]).toBe('call tunnel_sync server 0 0');
  expect(lines(restart!.steps).filter((l) => l.startsWith('cast'))).toHaveLength(4);
  expect(played({ kind: 'restart', what: 'h3', dest: null }, overlaid({ ports: [], vms: [] }))).toEqual([]);
});

test('what cannot be is said', () => {
  expect(refused({ what: 'nobody' })).toContain('no port and no VM nobody');
  expect(refused({ dest: 'h9' })).toBe('There is no host h9 at this instant.');
  expect(refused({ dest: 'h2' })).toBe('vm-b is on h2 already.');
  expect(refused({ dest: null })).toContain('say which');
  expect(refused({ kind: 'restart', what: 'h9' })).toContain('no host h9');
  expect(refused({}, overlaid({ ports: [portState('b', 'h2', 2, { status: 'DOWN' })] }))).toContain('plugged nowhere');
});

const dark = (change: Partial<BlackoutQuestion>, state = overlaid()): BlackoutAnswer => {
  const { mode, style, first, l3Plugin } = QUESTION;
  const question = { mode, style, first, l3Plugin, vm: 'vm-b', dest: 'h3', delays: {}, ...change };
  const answer = blackoutAnswer(seen(state), question, { ms: 70, source: 'predicted' });
  if (!answer.ok) throw new Error(answer.error);
  return answer.value;
};

test('a blackout is the sum of its parts; what is stated is not assumed', () => {
  const answer = dark({});
  expect(answer).toMatchObject({ vm: 'vm-b', source: 'h2', dest: 'h3', pause: 'predicted' });
  expect(answer.ports[0]?.totalMs).toBe(70 + 500 + 1300 + 200);
  expect(answer.ports[0]?.leftover).toEqual({ flood: 1, floodToSource: 2 });
  expect(answer.assumptions.at(-1)).toContain('200 ms for a fanout');
  const stated = dark({ delays: { pauseMs: 9, activateMs: 1, agentLoopMs: 2, bindMs: 3, fanoutMs: 4 } });
  expect([stated.pause, stated.ports[0]?.totalMs]).toEqual(['stated', 19]);
  expect(stated.assumptions).toEqual([]);
});

test('on a VLAN nobody is told: the switches learn from the first frame', () => {
  const networks = [{ id: 'net-a', name: 'blue', type: 'vlan', segment: 100, cidr: null, mtu: 1500 }];
  const [port] = dark({ delays: { guestTalksMs: 700 } }, overlaid({ networks })).ports;
  expect(port?.parts.slice(-2).map((p) => p.ms)).toEqual([0, 700]);
  expect(port?.leftover).toBeNull();
});

test('a delay below zero is refused', () => {
  const { mode, style, first, l3Plugin } = QUESTION;
  const question = { mode, style, first, l3Plugin, vm: 'vm-b', dest: 'h3', delays: { bindMs: -1 } };
  expect(blackoutAnswer(seen(overlaid()), question, { ms: 1, source: 'assumed' })).toMatchObject({
    ok: false,
    error: 'bindMs is a delay of 0 ms or more, not -1.',
  });
});

test('another fixed IP is one fanout of what was and what is; a word that is no address is refused', () => {
  const change = { kind: 'address', what: 'vm-a', dest: null } as const;
  const [step] = played({ ...change, address: '10.0.0.77' })[0]!.steps;
  expect(step?.event).toBe('its fixed IP becomes 10.0.0.77');
  expect(lines([step!])).toEqual(['fanout update_fdb_entries all 3 2', 'fanout port_update all 3 0']);
  expect(refused({ ...change, address: '10.0.0' })).toBe('A fixed IP is an IPv4 or IPv6 address, not 10.0.0.');
});
