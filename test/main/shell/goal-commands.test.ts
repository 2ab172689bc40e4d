// make-room, repair and rebalance on a generated log: what they promise holds on the branch they write, and bad input is a sentence.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Rolling } from '../../../domain/planning/rolling.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import type { PlanRecord } from '../../../main/work/plan-job.ts';
import { ownFolder, runOn } from './running.ts';

const FOLDER = ownFolder('goals');
const LOG = join(FOLDER, 'small.understudy');

const run = runOn(LOG);

const json = async <T>(...argv: readonly string[]): Promise<T> => JSON.parse((await run(...argv, '--json')).out) as T;
const stateOf = (timeline: string): Promise<ClusterState> => json('state', '--timeline', timeline);
const fits = async (flavor: string, timeline: string): Promise<number> =>
  (await json<{ flavors: { count: number }[] }>('fit', '--flavor', flavor, '--timeline', timeline)).flavors[0]?.count ??
  0;

beforeAll(async () => {
  expect((await run('generate', '--hosts', '12', '--vms', '110', '--days', '1', '--seed', 'full')).err).toBe('');
});

test('make-room: on its branch the flavor fits as often as asked, by the count of `fit`', async () => {
  const flavor = 'm1.xlarge';
  const wanted = (await fits(flavor, 'main')) + 1;
  const { status, out, err } = await run('make-room', flavor, '--count', String(wanted), '--branch', 'roomy', '--json');
  expect(err).toBe('');
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ feasible: true, checker: { ok: true }, branch: 'roomy' });
  expect(await fits(flavor, 'roomy')).toBeGreaterThanOrEqual(wanted);
  const none = await run('make-room', flavor, '--count', '5000', '--json');
  expect(none.status).toBe(1);
  expect((JSON.parse(none.out) as PlanRecord).report.conflict?.relaxation).toMatch(/instead of 5000/);
});

test('repair: a spread written down is kept on its branch, and there is then nothing to repair', async () => {
  const state = await stateOf('main');
  const host = state.hosts.find((h) => h.vms.filter((id) => isMovable(state, id)).length > 2);
  const vms = (host?.vms ?? []).filter((id) => isMovable(state, id)).slice(0, 3);
  const rules = join(FOLDER, 'spread.json');
  writeFileSync(rules, JSON.stringify([{ kind: 'spread', vms }]));
  const plan = await run('repair', '--constraints', rules, '--branch', 'spread', '--json');
  expect(plan.err).toBe('');
  expect(plan.status).toBe(0);
  const after = await stateOf('spread');
  expect(new Set(vms.map((id) => after.vms.find((vm) => vm.id === id)?.host)).size).toBe(3);
  const again = await json<PlanRecord>('repair', '--constraints', rules, '--timeline', 'spread');
  expect(again).toMatchObject({ feasible: true, moves: [] });
});

const isMovable = (state: ClusterState, id: string): boolean =>
  state.vms.some((vm) => vm.id === id && vm.vmState === 'active' && vm.taskState === null && vm.serverGroup === null);

test('rebalance: few moves within what was allowed; a drain may be followed by one', async () => {
  const plan = await json<PlanRecord>('rebalance', '--most-moves', '3');
  expect(plan).toMatchObject({ feasible: true, checker: { ok: true } });
  expect(plan.moves.length).toBeLessThanOrEqual(3);
  const state = await stateOf('main');
  const host = state.hosts.find((h) => h.vms.length > 0 && h.vms.length < 12)?.name ?? '';
  const chained = await json<PlanRecord>('drain', host, '--then', 'rebalance');
  expect(chained.goals.map((g) => g.kind)).toEqual(['drain', 'rebalance']);
  expect(chained.checker.ok).toBe(true);
});

test('a pinned VM goes where a person said, and its policy is its own', async () => {
  const state = await stateOf('main');
  const host = state.hosts.find((h) => h.vms.some((id) => isMovable(state, id)) && h.vms.length < 12);
  const vm = host?.vms.find((id) => isMovable(state, id)) ?? '';
  const free = await json<PlanRecord>('drain', host?.name ?? '');
  const other = state.hosts.find(
    (h) => h.name !== host?.name && h.name !== free.moves.find((m) => m.vm === vm)?.dest && h.up && h.enabled,
  );
  const pinned = await json<PlanRecord>(
    'drain',
    host?.name ?? '',
    '--pin',
    `${vm}=${other?.name}`,
    '--vm-policy',
    `${vm}=live`,
  );
  const move = pinned.moves.find((m) => m.vm === vm);
  if (move === undefined) expect(pinned.blocked.map((b) => b.vm)).toContain(vm);
  else expect(move).toMatchObject({ dest: other?.name, kind: 'live' });
  expect(pinned.checker.ok).toBe(true);
});

test('maintain: hosts in turn, or all that are up and enabled, under the same limits as a drain', async () => {
  const { status, out } = await run('maintain', '--all', '--work-s', '60', '--per-host', '4', '--json');
  const rolling = JSON.parse(out) as Rolling;
  expect(status).toBe(rolling.feasible ? 0 : 1);
  const state = await stateOf('main');
  const open = state.hosts.filter((h) => h.up !== false && h.enabled !== false).map((h) => h.name);
  expect(rolling.windows.map((w) => w.host)).toEqual(open.slice(0, rolling.windows.length));
  expect(rolling.windows.every((w) => w.checker.ok)).toBe(true);
});

test.each<[said: string, argv: readonly string[]]>([
  ['There is no flavor huge', ['make-room', 'huge']],
  ['--count takes a whole number', ['make-room', 'm1.large', '--count', '0']],
  ['There is no zone mars', ['make-room', 'm1.large', '--zone', 'mars']],
  ['There is no host nowhere', ['make-room', 'm1.large', '--on', 'nowhere']],
  ['Say either --on', ['make-room', 'm1.large', '--on', 'a', '--zone', 'b']],
  ['Say which hosts, or --all', ['maintain']],
  ['--work-s takes a number', ['maintain', '--all', '--work-s', '-1']],
  ['--margin takes a number', ['rebalance', '--margin', '-1']],
  ['--most-moves takes a whole number', ['rebalance', '--most-moves', 'x']],
  ['--pin takes VM=HOST', ['rebalance', '--pin', 'nothing']],
  ['a policy is one of live, cold, stop', ['rebalance', '--vm-policy', 'a=fast']],
  ['There is no VM nobody', ['repair', '--pin', 'nobody=compute-01']],
])('%s: a sentence, status 2', async (said, argv) => {
  const { status, err, out } = await run(...argv);
  expect(err).toContain(said);
  expect(status).toBe(2);
  expect(out).toBe('');
});
