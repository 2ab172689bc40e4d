// What the window may rely on, whatever carries it: one suite, run over both transports against the real service.
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTRACT_VERSION } from '../../domain/contract/port.ts';
import { createService, type Service } from '../../main/service/service.ts';
import { runHere } from '../../main/work/jobs.ts';
import { openForUse } from '../../main/work/open-log.ts';
import { runOnThread } from '../../main/work/thread.ts';
import { unwatched } from '../../main/work/watcher.ts';
import { type Caller, callerOn } from './caller.ts';
import { transports } from './transports.ts';

const TRANSCRIPT = join(import.meta.dirname, '..', '..', 'main', 'shell', 'demonstration', 'live-migration.txt');
const AFTER_SHUTDOWN = { at: Date.parse('2013-08-06T10:36:37Z'), seq: null };
const BEFORE_SHUTDOWN = { at: Date.parse('2013-08-06T10:36:35Z'), seq: null };

let template = '';

beforeAll(async () => {
  template = join(mkdtempSync(join(tmpdir(), 'understudy-contract-')), 'incident.understudy');
  const opened = openForUse(template, { create: true });
  if (!opened.ok) throw new Error(opened.error.sentence);
  opened.value.close();
  const order = { timeline: 'main', from: { paths: [TRANSCRIPT] }, dryRun: false, as: null, undatedAt: null };
  const imported = await runHere('import', { logPath: template, order }, unwatched());
  if (!imported.ok) throw new Error(imported.error.sentence);
});

describe.each(transports)('over $name', ({ join: joinService }) => {
  let service: Service;
  let caller: Caller;
  let end: () => Promise<void>;

  beforeAll(async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'understudy-contract-')), 'incident.understudy');
    copyFileSync(template, path);
    const opened = openForUse(path, { create: false });
    if (!opened.ok) throw new Error(opened.error.sentence);
    service = createService(opened.value, { demonstration: false, runJob: runOnThread });
    const joined = await joinService(service);
    caller = callerOn(joined.port);
    end = joined.end;
  });
  afterAll(async () => {
    await end();
    service.close();
  });

  test('a call before hello is refused with a sentence', async () => {
    const refused = await caller.ask('log.info', {});
    expect(refused).toMatchObject({ kind: 'failure', failure: { code: 'version' } });
  });

  test('a window of another version is told so', async () => {
    expect(await caller.hello(CONTRACT_VERSION + 1)).toEqual({ kind: 'hello', version: CONTRACT_VERSION });
    const refused = await caller.ask('log.info', {});
    expect(refused).toMatchObject({ kind: 'failure', failure: { code: 'version' } });
    expect(JSON.stringify(refused)).toContain('Reload the window');
    await caller.hello();
  });

  test('log.info names the record and how far it reaches', async () => {
    expect(await caller.ask('log.info', {})).toMatchObject({
      kind: 'result',
      value: { name: 'incident.understudy', readOnly: false, timelines: [{ name: 'main', parent: null, events: 93 }] },
    });
  });

  test('an unknown call, a wrong input and an unknown timeline are sentences', async () => {
    const failures = await Promise.all([
      caller.ask('log.erase', {}),
      caller.ask('view.state', { timeline: 'main' }),
      caller.ask('view.state', { timeline: 'main', at: { at: 0, seq: 1.5 } }),
      caller.ask('view.state', { timeline: 'nowhere', at: null }),
      caller.ask('view.state', { timeline: 'main', at: { at: 0, seq: 99_999 } }),
    ]);
    const said = failures.map((m) => (m.kind === 'failure' ? m.failure : null));
    expect(said.map((failure) => failure?.code)).toEqual([
      'no_such_call',
      'bad_input',
      'bad_input',
      'no_such_timeline',
      'no_such_event',
    ]);
    for (const failure of said) expect(failure?.sentence).toMatch(/^[A-Z#"a-z].*\.$/);
  });

  test('a state arrives whole, and calls may overlap', async () => {
    const answers = await Promise.all(
      [null, BEFORE_SHUTDOWN, AFTER_SHUTDOWN].map((at) => caller.ask('view.state', { timeline: 'main', at })),
    );
    const statuses = answers.map((m) =>
      m.kind === 'result' ? (m.value as { vms: { status: string }[] }).vms.map((vm) => vm.status) : m,
    );
    expect(statuses).toEqual([
      ['ACTIVE', 'ACTIVE'],
      ['ACTIVE', 'ACTIVE'],
      ['SHUTOFF', 'SHUTOFF'],
    ]);
  });

  test('a drill runs off the calling thread, lands on its branch and is announced', async () => {
    const input = {
      timeline: 'main',
      at: BEFORE_SHUTDOWN,
      fail: ['compute-1'],
      branch: 'rehearsal',
      settings: {},
      assume: null,
    };
    expect(await caller.ask('drill.run', input)).toMatchObject({ kind: 'result', value: { branch: 'rehearsal' } });
    const announced = await caller.until((m) => m.kind === 'stream' && m.name === 'log.changed');
    expect(announced).toMatchObject({
      value: { timelines: [{ name: 'main' }, { name: 'rehearsal', parent: 'main' }] },
    });
    expect(await caller.ask('drill.run', input)).toMatchObject({ kind: 'failure', failure: { code: 'name_taken' } });
  });

  test('dropped files are imported, and the second time nothing is added', async () => {
    const base64 = readFileSync(TRANSCRIPT).toString('base64');
    const input = { timeline: 'main', files: [{ name: 'again.txt', base64 }] };
    const answer = await caller.ask('intake.import', input);
    expect(answer).toMatchObject({ kind: 'result', value: { head: 93, files: [{ events: 0, duplicates: 93 }] } });
    const empty = await caller.ask('intake.import', { timeline: 'main', files: [{ name: 'empty.txt', base64: '' }] });
    expect(empty).toMatchObject({ kind: 'failure', failure: { code: 'bad_input' } });
  });

  test('a call that was cancelled answers so, and the port goes on', async () => {
    const noise = Buffer.alloc(8 * 1024 * 1024, '| not | a | table |\n').toString('base64');
    const id = caller.post('intake.import', { timeline: 'main', files: [{ name: 'noise.txt', base64: noise }] });
    caller.cancel(id);
    expect(await caller.settled(id)).toMatchObject({ kind: 'failure', failure: { code: 'cancelled' } });
    expect(await caller.ask('log.info', {})).toMatchObject({ kind: 'result' });
  });

  test('a message that is none ends the connection', async () => {
    caller.raw.post('nonsense' as never);
    await caller.closed;
  });
});
