// The command line end to end on a real log: answers on stdout, sentences on stderr, exit statuses that can be trusted.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { COMPARED } from '../../../domain/consolidation/experiment.ts';
import { ownFolder, run, type Ran } from './running.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const TRANSCRIPT = join(ROOT, 'main', 'shell', 'demonstration', 'live-migration.txt');
const dir = ownFolder('cli');
const INCIDENT = join(dir, 'incident.understudy');

const json = (ran: Ran): any => JSON.parse(ran.out); // oxlint-disable-line typescript/no-explicit-any -- read by the tests only

/** A log of its own, so that a test may change it. */
const fresh = (name: string): string => {
  const path = join(dir, `${name}.understudy`);
  copyFileSync(INCIDENT, path);
  return path;
};

beforeAll(async () => {
  const imported = await run('import', TRANSCRIPT, '--log', INCIDENT, '--json');
  expect(imported).toMatchObject({ status: 0, err: '' });
  expect(json(imported)).toMatchObject({ head: 93, files: [{ format: 'transcript', events: 93, duplicates: 0 }] });
});

test('help tells choices and defaults once, in words; the version is that of the package', async () => {
  const helped = await run('generate', '--help');
  expect(helped.status).toBe(0);
  expect(helped.out).toMatch(/--start <day> +the first day \(default: 2026-11-17\)/);
  const serve = await run('serve', '--help');
  expect(serve.out).toMatch(/the port \(default: any that is free\)\n/);
  const traffic = (await run('traffic', '--help')).out.replaceAll(/\s+/g, ' ');
  expect(traffic).toContain('(one of client-server, shuffle, chain)');
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await run('--version')).toMatchObject({ status: 0, out: `${version}\n`, err: '' });
});

test('a record beside main has no parent to tell: it shares nothing with it', async () => {
  const log = fresh('records');
  await run('branch', 'what-if', '--log', log, '--at', '2013-08-06T10:36:35Z');
  const listed = (await run('timelines', '--log', log)).out;
  expect(listed).toMatch(/^what-if +main +2013-08-06T10:36:35Z/m);
  expect(listed).toMatch(/^main +- +-/m);
});

test('importing twice changes nothing', async () => {
  const log = fresh('twice');
  const again = await run('import', TRANSCRIPT, '--log', log, '--json');
  expect(json(again)).toMatchObject({ head: 93, files: [{ events: 0, duplicates: 93 }] });
});

test('a dry run tells and writes nothing, not even a file', async () => {
  const log = join(dir, 'dry.understudy');
  const dry = await run('import', TRANSCRIPT, '--log', log, '--dry-run', '--json');
  expect(json(dry)).toMatchObject({ files: [{ events: 93 }] });
  expect(existsSync(log)).toBe(false);
});

test.each([
  ['10:36:35', ['ACTIVE', 'ACTIVE'], ['compute-1', 'compute-1']],
  ['2013-08-06T10:36:37Z', ['SHUTOFF', 'SHUTOFF'], ['compute-1', 'compute-1']],
  ['10:42:51', ['SHUTOFF', 'SHUTOFF'], ['compute-2', 'compute-2']],
  ['#93', ['ACTIVE', 'ACTIVE'], ['compute-2', 'compute-2']],
])('the state at %s', async (at, statuses, hosts) => {
  const state = json(await run('state', '--log', INCIDENT, '--at', at, '--json'));
  expect(state.vms.map((vm: { status: string }) => vm.status)).toEqual(statuses);
  expect(state.vms.map((vm: { host: string }) => vm.host)).toEqual(hosts);
});

test('the same state is told to people', async () => {
  const { out } = await run('state', '--log', INCIDENT);
  expect(out).toMatch(/^main at 2013-08-06T10:42:54Z, event #93, state [0-9a-f]{12}\n/);
  expect(out).toContain('vm-live-migration  5374577e-7417-4add-b23f-06de3b42c410  ACTIVE');
  expect(out).toContain('4 anomalies:');
  expect(out.split('\n').filter((line) => /\s$/.test(line))).toEqual([]);
});

test('events are one JSON object a line, and can be asked for by thing, type and time', async () => {
  const all = (await run('events', '--log', INCIDENT, '--json')).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(all).toHaveLength(93);
  const instants = all.map(({ at }) => Date.parse(at));
  expect(instants).toEqual(instants.toSorted((a, b) => a - b));
  const some = await run('events', '--log', INCIDENT, '--json', '--type', 'host', '--from', '#76', '--to', '10:36:36');
  expect(
    some.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type),
  ).toEqual(['host.failed']);
  const moved = await run('events', '--log', INCIDENT, '--entity', 'vm-boot-from-vol', '--type', 'migration.accepted');
  expect(moved.out.trimEnd().split('\n')).toHaveLength(2);
});

test('verify says yes, and no after one byte was changed', async () => {
  const log = fresh('changed');
  expect(json(await run('verify', '--log', log, '--json'))).toMatchObject({ ok: true, events: 93, firstBad: null });
  const bytes = readFileSync(log);
  const place = bytes.indexOf('vm-boot-from-vol');
  bytes.write('vm-boot-from-vot', place);
  writeFileSync(log, bytes);
  const verified = await run('verify', '--log', log, '--json');
  expect(verified.status).toBe(1);
  expect(json(verified)).toMatchObject({ ok: false, firstBad: { timeline: 'main' } });
});

test('a branch, a drill on it, and what is different after', async () => {
  const log = fresh('drill');
  expect((await run('branch', 'before', '--log', log, '--at', '10:36:35')).status).toBe(0);
  const drill = await run(
    'drill',
    '--log',
    log,
    '--timeline',
    'before',
    '--fail',
    'compute-1',
    '--branch',
    'what-if',
    '--json',
  );
  expect(drill.status).toBe(0);
  expect(json(drill)).toMatchObject({
    branch: 'what-if',
    vms: [
      { outcome: 'recovered', dest: 'compute-2', vmState: 'stopped', dataLost: false },
      { outcome: 'recovered', dest: 'compute-2', vmState: 'stopped', dataLost: false },
    ],
  });
  const timelines = json(await run('timelines', '--log', log, '--json')).timelines as {
    name: string;
    parent: string;
  }[];
  expect(timelines.map(({ name, parent }) => [name, parent])).toEqual([
    ['main', null],
    ['before', 'main'],
    ['what-if', 'before'],
  ]);
  const different = json(await run('diff', 'before', 'what-if', '--log', log, '--json'));
  expect(different.changed.map((entry: { entity: string }) => entry.entity)).toContain('host:compute-1');
  expect((await run('diff', 'main@10:36:35', 'before', '--log', log)).out).toBe('No difference.\n');
  expect((await run('branch', 'what-if', '--drop', '--log', log)).status).toBe(0);
  expect(json(await run('timelines', '--log', log, '--json')).timelines).toHaveLength(2);
});

test('a branch made or renamed is told as `timelines` tells it', async () => {
  const log = fresh('told');
  const listed = async (name: string): Promise<unknown> =>
    json(await run('timelines', '--log', log, '--json')).timelines.find((t: { name: string }) => t.name === name);
  const made = json(await run('branch', 'early', '--log', log, '--at', '10:36:35', '--json'));
  expect(made).toMatchObject({ forkedAt: { at: '2013-08-06T10:36:35Z' } });
  expect(made).toEqual(await listed('early'));
  const renamed = json(await run('branch', 'early', '--rename', 'first', '--log', log, '--json'));
  expect(renamed).toEqual(await listed('first'));
});

test('a drill without a branch writes nothing', async () => {
  const log = fresh('unwritten');
  const before = (await run('export', '--log', log)).out;
  expect((await run('drill', '--log', log, '--at', '10:36:35', '--fail', 'compute-1')).status).toBe(0);
  expect((await run('export', '--log', log)).out).toBe(before);
});

test('generate is the same for the same seed, and never writes over a file', async () => {
  const asked = ['--hosts', '4', '--vms', '12', '--days', '1', '--seed', 's', '--json'];
  const [a, b] = [join(dir, 'a.understudy'), join(dir, 'b.understudy')];
  expect((await run('generate', ...asked, '--log', a)).status).toBe(0);
  expect((await run('generate', ...asked, '--log', b)).status).toBe(0);
  const hash = async (log: string): Promise<string> => json(await run('state', '--log', log, '--json')).hash;
  expect(await hash(a)).toBe(await hash(b));
  expect(await run('generate', ...asked, '--log', a)).toMatchObject({ status: 2 });
});

const MOVE = {
  id: 'a',
  mode: 'precopy',
  ramBytes: 4 * 2 ** 30,
  touchedBytes: 3e9,
  workingSetBytes: 1e8,
  dirtyPagesPerS: 2000,
  maxBandwidthBps: 125_000_000,
};

test('predict answers every line, or names the lines it cannot read', async () => {
  const good = join(dir, 'moves.jsonl');
  writeFileSync(
    good,
    `${JSON.stringify(MOVE)}\n\n${JSON.stringify({ ...MOVE, id: 'b', maxBandwidthBps: 1_000_000 })}\n`,
  );
  const lines = (await run('predict', good, '--json')).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { id: 'a', outcome: 'completed', diskBytes: 0 },
    { id: 'b', outcome: 'endless' },
  ]);
  const bad = join(dir, 'bad.jsonl');
  writeFileSync(bad, `${JSON.stringify(MOVE)}\nnonsense\n`);
  expect(await run('predict', bad)).toMatchObject({
    status: 2,
    out: '',
    err: 'line 2: the line is not JSON: nonsense\n',
  });
});

test('a block migration reads no faster than the engine asked for, or than its own line says', async () => {
  const block = {
    ...MOVE,
    mode: 'block',
    maxBandwidthBps: 0,
    linkBps: 12_500_000_000,
    diskBytes: 107_374_182_400,
    diskFill: 1,
  };
  const moves = join(dir, 'block.jsonl');
  writeFileSync(
    moves,
    `${JSON.stringify(block)}\n${JSON.stringify({ ...block, id: 'slow', diskReadBps: 500_000_000 })}\n`,
  );
  const total = async (...options: readonly string[]): Promise<readonly number[]> =>
    (await run('predict', moves, '--json', ...options)).out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).totalMs);
  const [free = 0, slow = 0] = await total();
  const [engine = 0, own = 0] = await total('--io-engine', 'threads');
  expect(slow).toBeGreaterThan(200_000); // 107 GB at 0.5 GB/s
  expect(own).toBe(slow);
  expect(engine).toBeGreaterThan(free);
  expect(engine).toBeGreaterThan(107_374 / 3); // 3 GB/s is the disk assumed
  expect(await run('predict', moves, '--io-engine', 'posix')).toMatchObject({ status: 2, out: '' });
});

test('consolidate compares policies on a workload', async () => {
  const workload = join(dir, 'workload.csv');
  const samples = Array.from({ length: 12 }, (_, i) => 20 + i);
  const header = samples.map((_, i) => `s${i}`).join(',');
  writeFileSync(workload, `vm,${header}\na,${samples.join(',')}\nb,${samples.join(',')}\n`);
  const ran = await run('consolidate', '--workload', workload, '--policy', 'dvfs', 'lrr-mmt', '--json');
  const rows = ran.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([
    { policy: 'dvfs', vms: 2, migrations: 0 },
    { policy: 'lrr-mmt', vms: 2 },
  ]);
  const honest = ['consolidate', '--experiment', 'honest', '--workload', workload, workload, '--json'];
  const one = await run(...honest, '--workers', '1');
  const front = one.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(front).toHaveLength(2 * COMPARED.honest.length);
  for (const row of front) expect(row.energyKwh).toBeGreaterThanOrEqual(row.boundKwh);
  expect(front[0]).toMatchObject({ policy: 'dvfs', workload: 'workload', meanMigrationS: null });
  expect((await run(...honest, '--workers', '2')).out).toBe(one.out);
  expect(json(await run('consolidate', '--list', '--json')).strategies.length).toBeGreaterThan(10);
});

const half = (path: string): string => {
  truncateSync(path, statSync(path).size >> 1);
  return path;
};
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};

test.each<[why: string, argv: () => readonly string[], says: RegExp]>([
  ['no command', () => [], /Usage|command/],
  ['an unknown command', () => ['frobnicate'], /unknown command 'frobnicate'/],
  ['an unknown option', () => ['state', '--loud'], /unknown option '--loud'/],
  ['no log to write', () => ['import', TRANSCRIPT], /--log FILE/],
  [
    'a path that is not there',
    () => ['import', join(dir, 'nothing'), '--log', join(dir, 'new.understudy')],
    /does not exist/,
  ],
  ['an empty file', () => ['import', file('empty.txt', ''), '--log', join(dir, 'new.understudy')], /is empty/],
  [
    'a binary file',
    () => ['import', file('x.bin', Buffer.alloc(999, 1)), '--log', join(dir, 'new.understudy')],
    /binary/,
  ],
  ['a log that is not there', () => ['state', '--log', join(dir, 'nothing')], /There is no log/],
  ['a log that is none', () => ['state', '--log', join(ROOT, 'package.json')], /not an Understudy log/],
  ['a log cut short', () => ['state', '--log', half(fresh('half'))], /cut short/],
  ['an unknown timeline', () => ['state', '--log', INCIDENT, '--timeline', 'b'], /no timeline b/],
  ['an instant that is none', () => ['state', '--log', INCIDENT, '--at', 'noon'], /is not an instant/],
  ['a day that does not exist', () => ['state', '--log', INCIDENT, '--at', '2026-02-30'], /does not exist/],
  ['an event that is not there', () => ['state', '--log', INCIDENT, '--at', '#94'], /no event #94/],
  ['an unknown host', () => ['drill', '--log', INCIDENT, '--fail', 'compute-9'], /no host compute-9/],
  ['no host', () => ['drill', '--log', INCIDENT], /--fail/],
  ['a name that is taken', () => ['branch', 'main', '--log', INCIDENT], /main/],
  ['too few hosts', () => ['generate', '--hosts', '0', '--log', join(dir, 'none')], /hosts must be/],
  ['an unknown policy', () => ['consolidate', '--workload', TRANSCRIPT, '--policy', 'best'], /unknown policy "best"/],
  [
    'a policy the experiment does not have',
    () => ['consolidate', '--experiment', 'honest', '--workload', TRANSCRIPT, '--policy', 'steady', '--param', '2'],
    /policy steady takes no parameter/,
  ],
  [
    'a sample beyond 100 %, found before the good day runs',
    () => [
      'consolidate',
      '--policy',
      'dvfs',
      '--workload',
      file('good.csv', 'vm,s0,s1\na,1,2\n'),
      file('bad.csv', 'vm,s0,s1\na,1,2\nb,3,101\n'),
    ],
    /bad.csv, line 3, field s1: 101 % is more than 100 %/,
  ],
  [
    'a hole',
    () => ['consolidate', '--workload', file('hole.csv', 'vm,s0,s1\na,1,\n')],
    /line 2, field s1: the sample is missing/,
  ],
  [
    'an unknown power model',
    () => ['consolidate', '--log', INCIDENT, '--power-model', 'acme'],
    /no power model "acme"/,
  ],
  [
    'an unknown algorithm',
    () => ['consolidate', '--log', INCIDENT, '--overload', 'best'],
    /no overload algorithm "best"/,
  ],
  [
    'an unknown parameter',
    () => ['consolidate', '--log', INCIDENT, '--set', 'overload.thresh=1'],
    /loess_robust has no parameter "thresh"/,
  ],
  ['traces that are none', () => ['consolidate', '--workload', TRANSCRIPT], /live-migration.txt, line \d+/],
  ['a fact without its branch', () => ['record', 'host.reported', 'host:compute-2', '--log', INCIDENT], /--timeline/],
  ['a port that is none', () => ['serve', '--port', '70000'], /65535/],
])('%s: a sentence, status 2, nothing changed', async (_why, argv, says) => {
  const ran = await run(...argv());
  expect(ran.err).toMatch(says);
  expect(ran.err).not.toMatch(/\n\s+at /);
  expect(ran).toMatchObject({ status: 2, out: '' });
  expect(existsSync(join(dir, 'new.understudy'))).toBe(false);
});

test('as a process: a reader that goes away ends it quietly', () => {
  const cli = join(ROOT, 'main', 'shell', 'cli.ts');
  const line = `"${process.execPath}" "${cli}" export --log "${INCIDENT}" | head -1; echo "\${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', line], { encoding: 'utf8' });
  expect(stdout).toBe('{"understudy":1}\n0\n');
  expect(stderr).toBe('');
});
