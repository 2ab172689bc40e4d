// --release on the commands that ask who may run where: another answer, the same sentence for a release nobody knows.
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { CheckAnswer } from '../../../domain/planning/check.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { commands } from '../../../main/shell/commands.ts';
import { runCommandLine } from '../../../main/shell/command-line/run.ts';
import type { PlanRecord } from '../../../main/work/plan-job.ts';
import { play } from '../../scenarios/story.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'understudy-release-'));
const LOG = join(FOLDER, 'small.understudy');

const run = async (...argv: readonly string[]) => {
  let out = '';
  let err = '';
  const terminal = {
    write: (text: string) => {
      out += text;
      return Promise.resolve();
    },
    warn: (line: string) => void (err += `${line}\n`),
    status: () => {},
  };
  return { status: await runCommandLine([...argv, '--log', LOG], commands, terminal), out, err };
};
const json = async <T>(...argv: readonly string[]): Promise<T> => JSON.parse((await run(...argv, '--json')).out) as T;

let host = '';
beforeAll(async () => {
  expect((await run('generate', '--hosts', '12', '--vms', '200', '--days', '1', '--seed', 'b')).err).toBe('');
  const { hosts } = await json<ClusterState>('state');
  host = hosts.find((h) => h.vms.length > 3)!.name;
});

test('every command that knows releases refuses one nobody knows in the same sentence, with status 2', async () => {
  for (const argv of [
    ['state'],
    ['check', '--host', host],
    ['drill', '--fail', host],
    ['drill', '--fail', host, '--rto', '600'],
    ['drill', '--sweep', '1'],
    ['drill', '--sweep', '2'],
    ['drain', host],
    ['maintain', host],
    ['rebalance'],
    ['repair'],
    ['make-room', 'm1.small'],
  ]) {
    const { status, out, err } = await run(...argv, '--release', 'bobcat');
    expect({ argv, status, out }).toEqual({ argv, status: 2, out: '' });
    expect(err).toContain(
      'There is no release bobcat here. Known releases: grizzly, rocky, train, zed, antelope, 2026.1.',
    );
  }
});

test('the state under a release has its ratios and says so; a check there is never stricter where it gives out more', async () => {
  const plain = await json<ClusterState>('state');
  const rocky = await json<ClusterState>('state', '--release', 'Rocky');
  expect(rocky.release).toBe('rocky');
  expect(rocky.hosts.every((h) => h.ramRatio === null)).toBe(true);
  expect({ ...rocky, release: null, hosts: [] }).toEqual({ ...plain, hosts: [] });
  expect((await run('state', '--release', 'rocky')).out.split('\n')[0]).toContain('under the defaults of rocky');
  const allowed = async (release: string) => {
    const { verdicts } = await json<CheckAnswer>('check', '--host', host, '--release', release);
    return verdicts.filter((v) => v.ok).length;
  };
  expect(await allowed('rocky')).toBeGreaterThan(await allowed('2026.1'));
});

test('a plan keeps the release it was made under, and is applied under it again', async () => {
  const plan = await json<PlanRecord>('drain', host, '--release', 'rocky');
  expect(plan.made.release).toBe('rocky');
  expect((await json<PlanRecord>('drain', host)).made).not.toHaveProperty('release');
  const file = join(FOLDER, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  const applied = await json<PlanRecord>('apply', file);
  expect(applied.checker).toEqual(plan.checker);
  expect((await run('drain', host, '--release', 'rocky')).out.split('\n')[0]).toBe('Under the defaults of rocky:');
});

test('a drill under a release is kept as a scenario that answers the same', async () => {
  const folder = join(FOLDER, 'kept');
  const { status } = await run('drill', '--fail', host, '--release', 'rocky', '--json', '--save', folder);
  expect(status).toBe(0);
  expect(existsSync(folder)).toBe(true);
  expect(readFileSync(join(folder, 'commands.txt'), 'utf8')).toContain('--release rocky');
  expect(await play(folder)).toBe(readFileSync(join(folder, 'expected.log'), 'utf8'));
});
