// understudy drill --sweep on a generated log: the verdict first, its status, and JSON that says the same.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { commands } from '../../../main/shell/commands.ts';
import { runCommandLine } from '../../../main/shell/command-line/run.ts';

const LOG = join(mkdtempSync(join(tmpdir(), 'understudy-sweep-')), 'small.understudy');

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
  return { status: await runCommandLine(argv, commands, terminal), out, err };
};

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
