// understudy fit and runway on a generated log: JSON and tables that say the same, refusals in sentences.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ownFolder, runOn } from './running.ts';

const LOG = join(ownFolder('capacity'), 'small.understudy');

const run = runOn(LOG);

type Fits = { readonly flavors: readonly { name: string; count: number; bound: number; limitedBy: string }[] };
const fits = async (...argv: readonly string[]): Promise<Fits> =>
  JSON.parse((await run('fit', '--json', ...argv)).out) as Fits;

beforeAll(async () => {
  const made = await run('generate', '--hosts', '6', '--vms', '60', '--days', '9', '--seed', 'capacity');
  expect(made.err).toBe('');
});

test('every flavor of the log is counted, never above its bound, and fewer with a tighter ratio', async () => {
  const { flavors } = await fits();
  expect(flavors.map((f) => f.name)).toContain('m1.large');
  for (const f of flavors) expect(f.count).toBeLessThanOrEqual(f.bound);
  const [tight] = (await fits('--flavor', 'm1.small', '--vcpu-ratio', '0.1')).flavors;
  expect(tight).toMatchObject({ name: 'm1.small', count: 0, limitedBy: 'VCPU' });
});

test('the table has the counts of the JSON', async () => {
  const { flavors } = await fits();
  const { out, status } = await run('fit');
  expect(status).toBe(0);
  for (const f of flavors) expect(out).toMatch(new RegExp(`^${f.name.replace('.', '\\.')} +${f.count} `, 'm'));
});

test('an unknown flavor, zone or host is a sentence with status 2', async () => {
  for (const argv of [
    ['--flavor', 'm9'],
    ['--zone', 'az-9'],
    ['--without', 'compute-99'],
    ['--add', '3'],
    ['--add', '0', '--like', 'compute-01'],
    ['--aggregate', 'nobody'],
    ['--release', 'bobcat'],
    ['--mix', 'm1.small=0'],
    ['--hosts'],
    ['--beside', 'nowhere'],
    ['--keep', '7'],
  ]) {
    expect(await run('fit', ...argv)).toMatchObject({ status: 2, out: '' });
  }
});

test('the runway answers from nine days, and refuses two with status 1', async () => {
  const long = await run('runway', '--json');
  expect(long.status).toBe(0);
  const { resources } = JSON.parse(long.out) as { resources: { resource: string; points: unknown[] }[] };
  expect(resources.map((r) => r.resource)).toEqual(['VCPU', 'MEMORY_MB', 'DISK_GB']);
  expect(resources[0]!.points.length).toBeGreaterThanOrEqual(8);
  const short = await run('runway', '--at', '-7d');
  expect(short.status).toBe(1);
  expect(short.out).toContain('a trend needs at least 7 days');
});

test('what is assumed stands beside what is: another release, more hosts, and other branches', async () => {
  const rocky = (await run('fit', '--flavor', 'm1.small', '--release', 'rocky', '--json')).out;
  const [row] = (JSON.parse(rocky) as { flavors: { count: number; now: number }[] }).flavors;
  expect(row!.count).toBeGreaterThan(row!.now);
  const [plain] = (await fits('--flavor', 'm1.small')).flavors;
  expect(row!.now).toBe(plain!.count);
  const beside = await run('fit', '--flavor', 'm1.small', '--beside', 'main', '--json');
  expect(JSON.parse(beside.out)).toMatchObject({ flavors: [{ count: plain!.count, beside: { main: plain!.count } }] });
});

test("a mix, every host's books and CSV say the same as the table", async () => {
  const [alone] = (await fits('--flavor', 'm1.small')).flavors;
  const mix = JSON.parse((await run('fit', '--mix', 'm1.small=1', '--json')).out) as { sets: number };
  expect(mix.sets).toBe(alone!.count);
  const books = (await run('fit', '--flavor', 'm1.small', '--hosts', '--csv')).out.trimEnd().split('\n');
  expect(books[0]).toMatch(/^HOST,ZONE,AGGREGATES,MORE,/);
  expect(books.slice(1).reduce((sum, line) => sum + Number(line.split(',')[3]), 0)).toBe(alone!.count);
  expect((await run('fit', '--flavor', 'm1.small', '--csv')).out).toContain(`m1.small,${alone!.count},`);
});

test('a commitment, growth and more hosts move the end; what is written badly is a sentence with status 2', async () => {
  const end = async (...argv: readonly string[]): Promise<number> => {
    const { out } = await run('runway', '--resource', 'MEMORY_MB', '--json', ...argv);
    return (JSON.parse(out) as { daysP50: number | null }).daysP50 ?? Infinity;
  };
  const committed = await end('--commit', '2026-12-01=m1.small:100000');
  expect(committed).toBeLessThan(30);
  expect(await end('--commit', '2026-12-01=m1.small:100000', '--add', '5000', '--like', 'compute-01')).toBeGreaterThan(
    committed,
  );
  expect(await end('--grow', 'm1.small=900')).toBeLessThan(Infinity);
  for (const argv of [
    ['--commit', 'tomorrow'],
    ['--grow', 'm1.small'],
    ['--zone', 'az-9'],
    ['--resource', 'PCPU'],
  ]) {
    expect(await run('runway', ...argv)).toMatchObject({ status: 2, out: '' });
  }
  const history = (await run('runway', '--csv')).out.split('\n');
  expect(history[0]).toBe('AT,RESOURCE,USED,SHUT OFF,BUSY,CAPACITY,OFFLINE');
  expect(history[1]).toMatch(/^2026-[^,]+Z,VCPU,\d+,/);
});

test('what is assumed can be kept on a branch, where the same answer holds without assuming anything', async () => {
  const assumed = ['--flavor', 'm1.small', '--vcpu-ratio', '3', '--add', '2', '--like', 'compute-01'];
  const [there] = (await fits(...assumed, '--without', 'compute-02', '--branch', 'planned')).flavors;
  const [kept] = (await fits('--flavor', 'm1.small', '--timeline', 'planned')).flavors;
  expect(kept).toMatchObject({ count: there!.count, bound: there!.bound, limitedBy: there!.limitedBy });
  const rocky = await fits('--flavor', 'm1.small', '--release', 'rocky', '--branch', 'as rocky');
  const asRocky = await fits('--flavor', 'm1.small', '--timeline', 'as rocky');
  expect(asRocky.flavors[0]!.count).toBe(rocky.flavors[0]!.count);
  const again = await run('fit', ...assumed, '--branch', 'planned');
  expect(again).toMatchObject({ status: 2, out: '' });
  expect(again.err).toContain('planned');
  expect(await run('fit', '--branch', 'nothing')).toMatchObject({ status: 2, out: '' });
});

test('a drill under other ratios keeps them on its branch, and the branch beside the record tells both down times', async () => {
  const drilled = await run('drill', '--fail', 'compute-01', '--vcpu-ratio', '1', '--branch', 'tight');
  expect(drilled.out).toMatch(/^At a CPU ratio of 1:\n/);
  const state = await run('state', '--timeline', 'tight', '--json');
  const { hosts } = JSON.parse(state.out) as { hosts: { vcpuRatio: number }[] };
  expect(new Set(hosts.map((h) => h.vcpuRatio))).toEqual(new Set([1]));
  const { out } = await run('diff', 'main', 'tight');
  expect(out).toContain('until in place again:');
  expect(out).toMatch(/^VM +ON main +ON tight +BACK$/m);
});
