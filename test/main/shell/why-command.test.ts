// understudy why: the operators' own incident explained on the command line, and what is asked wrongly.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ownFolder, run } from './running.ts';

const dir = ownFolder('why');
const LOG = join(dir, 'incident.understudy');
const TRANSCRIPT = join(import.meta.dirname, '../../conformance/data/seeds/live-migration.txt');

beforeAll(async () => {
  expect(await run('import', TRANSCRIPT, '--log', LOG)).toMatchObject({ status: 0 });
});

test('a stopped VM: the command, the host that it stopped, the state that followed', async () => {
  const ran = await run('why', 'vm-live-migration', '--log', LOG, '--at', '10:36:37', '--json');
  expect(ran).toMatchObject({ status: 0, err: '' });
  expect(JSON.parse(ran.out)).toMatchObject({
    name: 'vm-live-migration',
    status: 'SHUTOFF',
    host: 'compute-1',
    since: '2013-08-06T10:36:37Z',
    known: true,
    links: [
      { role: 'cause', type: 'command.issued', at: '2013-08-06T10:36:36Z' },
      { role: 'step', type: 'host.failed', entity: 'host:compute-1' },
      { role: 'end', type: 'vm.reported' },
    ],
  });
});

test('a VM that is well has nothing to explain', async () => {
  const ran = await run('why', 'vm-live-migration', '--log', LOG);
  expect(ran.status).toBe(0);
  expect(ran.out).toBe('vm-live-migration is ACTIVE on compute-2; there is nothing to explain.\n');
});

test('a VM that nobody knows is a sentence', async () => {
  expect(await run('why', 'nobody', '--log', LOG)).toMatchObject({
    status: 2,
    out: '',
    err: 'There is no VM nobody at this instant.\n',
  });
});
