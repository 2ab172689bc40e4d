// understudy drill on a generated log: sweeps and their status, racks from elsewhere, a drill kept as a scenario folder.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { play } from '../../scenarios/story.ts';
import { ownFolder, run } from './running.ts';

const LOG = join(ownFolder('sweep'), 'small.understudy');

beforeAll(async () => {
  const made = await run('generate', '--hosts', '12', '--vms', '200', '--days', '1', '--seed', 'b', '--log', LOG);
  expect(made.err).toBe('');
});

test('a cluster with one VM too large for any other host is not safe, and the answer names both', async () => {
  const { status, out } = await run('drill', '--sweep', '1', '--log', LOG, '--json');
  expect(status).toBe(1);
  const answer = JSON.parse(out) as {
    safe: boolean;
    checked: number;
    counterExample: { hosts: string[]; vms: string[] };
  };
  expect(answer).toMatchObject({ safe: false, checked: 12, failingCount: 1 });
  expect(answer.counterExample.hosts).toHaveLength(1);
  expect(answer.counterExample.vms).toHaveLength(1);
  const told = await run('drill', '--sweep', '1', '--log', LOG);
  expect(told.status).toBe(1);
  expect(told.out.split('\n')[0]).toBe('Not safe: 1 of 12 hosts cannot fail without VMs left over.');
  expect(told.out).toContain(answer.counterExample.hosts[0]);
});

test('every pair with that host fails too', async () => {
  const { out } = await run('drill', '--sweep', '2', '--log', LOG, '--json');
  const { failing, checked } = JSON.parse(out) as { checked: number; failing: { hosts: string[] }[] };
  expect(checked).toBe(66);
  const { counterExample } = JSON.parse((await run('drill', '--sweep', '1', '--log', LOG, '--json')).out) as {
    counterExample: { hosts: string[] };
  };
  expect(failing.filter((f) => f.hosts.includes(counterExample.hosts[0]!))).toHaveLength(11);
});

test('a drill needs hosts or a sweep, and not both', async () => {
  for (const argv of [[], ['--fail', 'compute-01', '--sweep', '1']]) {
    const refused = await run('drill', ...argv, '--log', LOG);
    expect(refused).toMatchObject({ status: 2, out: '' });
    expect(refused.err).toContain('Name the hosts with --fail');
  }
});

test('a drill kept as a scenario gives the same answer from its folder alone', async () => {
  const folder = join(dirname(LOG), 'kept');
  const racks = join(dirname(LOG), 'racks.csv');
  writeFileSync(racks, 'host,rack\ncompute-01,left\ncompute-02,left\n');
  const script = 'fail rack left by power; at +10m return compute-01';
  const asked = ['--script', script, '--profile', 'masakari', '--racks', racks, '--seed', 'x y', '--log', LOG];
  const kept = await run('drill', ...asked, '--save', folder);
  expect(kept).toMatchObject({ status: 0, err: '' });
  const expected = readFileSync(join(folder, 'expected.log'), 'utf8');
  expect(await play(folder)).toBe(expected);
  expect(expected).toContain('"failed":["compute-01","compute-02"]');
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toMatch(/^# Drill: compute-01, compute-02 at /);
  // Not twice, and not half: what is there stays.
  const again = await run('drill', ...asked, '--save', folder);
  expect(again.status).toBe(2);
  expect(again.err).toContain('There is already something at');
  const nowhere = await run('drill', ...asked, '--save', join(racks, 'below-a-file'));
  expect(nowhere.status).toBe(2);
  expect(nowhere.err).toContain('The scenario cannot be written');
  expect(existsSync(`${folder}.half`)).toBe(false);
});

test('racks by a pattern of names are swept like the log’s own', async () => {
  const { out } = await run('drill', '--sweep', 'rack', '--racks', 'name:^compute-(.)', '--log', LOG, '--json');
  expect(JSON.parse(out)).toMatchObject({ checked: 2 });
});

test.each([
  [['--racks', 'name:('], 'is not a pattern'],
  [['--racks', 'name:(xyz)'], "finds a rack in no host's name"],
  [['--racks', '/nowhere/racks.csv'], 'does not exist'],
  [['--method', 'auto', '--reserve', 'compute-99'], 'There is no host compute-99'],
  [['--clock', 'retries=1.5'], 'retries must be a whole number'],
  [['--clock', 'method=auto'], 'There is no clock method'],
])('the drill %j is refused with a sentence', async (more, sentence) => {
  const refused = await run('drill', '--fail', 'compute-01', ...more, '--log', LOG);
  expect(refused).toMatchObject({ status: 2, out: '' });
  expect(refused.err).toContain(sentence);
});
