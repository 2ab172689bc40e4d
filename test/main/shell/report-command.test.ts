// understudy report: the operators' own incident handed over, and what is asked wrongly.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ownFolder, run } from './running.ts';

const dir = ownFolder('report');
const LOG = join(dir, 'incident.understudy');
const TRANSCRIPT = join(import.meta.dirname, '../../conformance/data/seeds/live-migration.txt');

beforeAll(async () => {
  expect(await run('import', TRANSCRIPT, '--log', LOG)).toMatchObject({ status: 0 });
});

test('an instant in trouble: who serves nobody and why, what the record contradicts', async () => {
  const ran = await run('report', '--log', LOG, '--at', '10:36:37');
  expect(ran).toMatchObject({ status: 0, err: '' });
  expect(ran.out).toMatch(/^# The cluster at 2013-08-06T10:36:37Z\n\n2 hosts with 2 VMs: 1 host down\. /);
  expect(ran.out).toMatch(/- vm-live-migration is SHUTOFF on compute-1 since .* It began at 2013-08-06T10:36:36Z: /);
  expect(ran.out).toContain('| 2013-08-06T10:31:21Z | contradiction | vm-boot-from-vol was on compute-2');
  expect(ran.out).toMatch(/event #\d+, state [0-9a-f]{12}\.\n$/);
});

test('two instants compared, as a page', async () => {
  const against = 'main@2013-08-06T10:36:35Z';
  const ran = await run('report', '--log', LOG, '--against', against, '--format', 'html');
  expect(ran).toMatchObject({ status: 0, err: '' });
  expect(ran.out).toContain(`<h1>${against} and main</h1>`);
  expect(ran.out).toContain('2 hosts, 2 VMs, 2 migrations differ.');
  expect(ran.out).toContain('host compute-1 → compute-2');
});

test('a timeline, an instant or a format that does not exist is a sentence', async () => {
  expect(await run('report', '--log', LOG, '--timeline', 'nowhere')).toMatchObject({ status: 2, out: '' });
  expect(await run('report', '--log', LOG, '--against', 'main@yesterday')).toMatchObject({ status: 2, out: '' });
  expect(await run('report', '--log', LOG, '--format', 'pdf')).toMatchObject({ status: 2, out: '' });
});
