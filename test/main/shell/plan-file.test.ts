// A plan kept in a file: applied only on the state it was made for, edited and checked again, replanned, and scored by a log.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PlanScore } from '../../../domain/planning/score.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import type { PlanRecord } from '../../../main/work/plan-job.ts';
import { ownFolder, runOn } from './running.ts';

const FOLDER = ownFolder('plan-file');
const LOG = join(FOLDER, 'small.understudy');
const PLAN = join(FOLDER, 'plan.json');

const run = runOn(LOG);

const stateOf = async (timeline: string): Promise<ClusterState> =>
  JSON.parse((await run('state', '--json', '--timeline', timeline)).out) as ClusterState;
const timelines = async (): Promise<string> => (await run('timelines')).out;
const written = (name: string, value: unknown): string => {
  const path = join(FOLDER, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

let plan: PlanRecord;
beforeAll(async () => {
  await run('generate', '--hosts', '12', '--vms', '60', '--days', '1', '--seed', 'c');
  const busy = (await stateOf('main')).hosts.filter((h) => h.vms.length > 4 && h.vms.length < 12);
  const { out } = await run('drain', busy[0]?.name ?? '', '--json');
  writeFileSync(PLAN, out);
  plan = JSON.parse(out) as PlanRecord;
  expect(plan).toMatchObject({ feasible: true, checker: { ok: true } });
});

test('applied as it is, the plan is written onto a branch, and scored there every step is as planned', async () => {
  const applied = await run('apply', PLAN, '--branch', 'applied', '--json');
  expect(applied).toMatchObject({ status: 0, err: '' });
  const { status, out } = await run('score', PLAN, '--timeline', 'applied', '--json');
  expect(status).toBe(0);
  const score = JSON.parse(out) as PlanScore;
  expect(score.outcomes['as planned']).toBe(plan.moves.length);
  expect(score.durationErrorP90).toBeLessThan(0.01);
  expect(Math.abs(score.etaDeviation ?? 1)).toBeLessThan(0.01);
  expect(score.steps.every((s, i) => Math.abs((s.downtimeMs.actual ?? -1) - plan.moves[i]!.downtimeMs) <= 1)).toBe(
    true,
  );
  expect(score.steps.every((s) => s.bytes.isWhole)).toBe(true);
  expect(score.bytesErrorMedian).toBeLessThan(0.001);
});

test('scored on a log that holds none of it, no step was run, and the answer is no', async () => {
  const { status, out } = await run('score', PLAN);
  expect(status).toBe(1);
  expect(out).toContain(`${plan.moves.length} not run`);
});

test('an edited plan is checked again: a step left out is refused, and nothing is written', async () => {
  const edited = written('edited.json', { ...plan, moves: plan.moves.slice(1).map((m) => ({ ...m, after: [] })) });
  const { status, out } = await run('apply', edited, '--branch', 'edited');
  expect(status).toBe(1);
  expect(out).toContain('REFUSES');
  expect(await timelines()).not.toContain('edited');
});

test('after a failed step the rest is planned anew from the state reached, away from where it failed', async () => {
  const [first, second] = plan.moves;
  const { status, out, err } = await run('replan', PLAN, '--done', '1', '--failed', '2', '--json');
  expect(err).toBe('');
  expect(status).toBe(0);
  const next = JSON.parse(out) as PlanRecord;
  expect(next.moves.map((m) => m.vm).sort()).toEqual(
    plan.moves
      .slice(1)
      .map((m) => m.vm)
      .sort(),
  );
  expect(next.moves.find((m) => m.vm === second?.vm)?.dest).not.toBe(second?.dest);
  expect(next.reached.map((m) => m.vm)).toEqual([first?.vm]);
  // What was planned anew can fail in its turn, and is checked from where it starts.
  const again = written('again.json', next);
  expect((await run('apply', again)).status).toBe(0);
  expect((await run('replan', again, '--failed', '1', '--json')).status).toBe(0);
  expect((await run('apply', again, '--branch', 'nothing')).err).toContain('Import what happened');
});

test('the state file of the runbook tells what is done, and asks about what was begun', async () => {
  const state = written('run.state', 'plan 0123abcd\nstarted 1\nwas-ACTIVE 1\ndone 1\nstarted 2\n');
  expect((await run('replan', PLAN, '--state', state)).err).toContain('Step 2 was started and is not done');
  const { status, out } = await run('replan', PLAN, '--state', state, '--failed', '2', '--json');
  expect(status).toBe(0);
  expect((JSON.parse(out) as PlanRecord).reached).toHaveLength(1);
});

test.each<[said: string, argv: readonly string[]]>([
  ['does not exist', ['apply', '/no/such/plan.json']],
  ['is not JSON', ['apply', 'TEXT']],
  ['is not a plan', ['score', 'EMPTY']],
  ['is not a plan at moves.0.endMs', ['apply', 'ABSURD']],
  ['is not the state file of a runbook', ['replan', 'PLAN', '--state', 'TEXT']],
  ['The plan has steps 1 to', ['replan', 'PLAN', '--failed', '999']],
  ['cannot be both done and failed', ['replan', 'PLAN', '--done', '1', '--failed', '1']],
  ['takes steps like', ['replan', 'PLAN', '--done', 'one']],
  ['There is already a timeline named main', ['apply', 'PLAN', '--branch', 'main']],
])('%s: a sentence, status 2, nothing written', async (said, argv) => {
  const before = await timelines();
  const files: Readonly<Record<string, string>> = {
    PLAN,
    TEXT: written('text.json', 'hello'),
    EMPTY: written('empty.json', {}),
    ABSURD: written('absurd.json', { ...plan, moves: [{ ...plan.moves[0], endMs: -5 }] }),
  };
  const { status, err, out } = await run(...argv.map((word) => files[word] ?? word));
  expect(err).toContain(said);
  expect(status).toBe(2);
  expect(out).toBe('');
  expect(await timelines()).toBe(before);
});

test('a plan against a head that has moved on is refused with a sentence, and nothing is written', async () => {
  await run('import', join(import.meta.dirname, '../../conformance/data/seeds/live-migration.txt'));
  const late = await run('apply', PLAN, '--branch', 'late');
  expect(late.status).toBe(2);
  expect(late.err).toMatch(/has changed since the plan was made. Nothing was done; plan anew/);
  expect((await run('replan', PLAN, '--done', '1')).status).toBe(2);
  expect(await timelines()).not.toContain('late');
});
