// The demonstration is made once, holds a real incident and a generated day, and tells the incident truly.
import { mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Log } from '../../../main/log/types.ts';
import { demonstration, INCIDENT_TIMELINE } from '../../../main/shell/demonstration.ts';
import { incidentSummary } from '../../../main/shell/incident-summary.ts';
import { dataDir } from '../../../main/shell/places.ts';
import { cutAt } from '../../../main/work/cut.ts';
import { historiesOf } from '../../../main/work/histories.ts';
import { openForUse } from '../../../main/work/open-log.ts';
import { unwatched } from '../../../main/work/watcher.ts';

const dir = join(mkdtempSync(join(tmpdir(), 'understudy-home-')), 'not', 'there', 'yet');
let path = '';

beforeAll(async () => {
  const made = await demonstration(dir, unwatched());
  if (!made.ok) throw new Error(made.error);
  path = made.value;
});

const opened = (): Log => {
  const log = openForUse(path, { create: false });
  if (!log.ok) throw new Error(log.error.sentence);
  return log.value;
};

test('it is one file, made whole, and the second time it is only found', async () => {
  expect(readdirSync(dir)).toHaveLength(1);
  const before = statSync(path).mtimeMs;
  expect(await demonstration(dir, unwatched())).toEqual({ ok: true, value: path });
  expect(statSync(path).mtimeMs).toBe(before);
});

test('it holds a day of 40 hosts on main, and the incident apart from it', () => {
  const log = opened();
  const stateOf = (name: string) => {
    const timeline = log.timeline(name);
    const cut = timeline.ok ? cutAt(log, timeline.value, null) : timeline;
    if (!timeline.ok || !cut.ok) throw new Error(`no ${name}`);
    return historiesOf(log).stateAt(timeline.value, cut.value);
  };
  expect(stateOf('main').hosts).toHaveLength(40);
  expect(stateOf(INCIDENT_TIMELINE).hosts.map(({ name }) => name)).toEqual(['compute-1', 'compute-2']);
  log.close();
});

test('the incident in a dozen lines', () => {
  const log = opened();
  const timeline = log.timeline(INCIDENT_TIMELINE);
  if (!timeline.ok) throw new Error(timeline.error.sentence);
  const end = cutAt(log, timeline.value, null);
  if (!end.ok) throw new Error(end.error.sentence);
  const state = historiesOf(log).stateAt(timeline.value, end.value);
  const told = incidentSummary(state, log.inEventTime(timeline.value)).join('\n');
  log.close();
  expect(told).toContain("incident-2013: a real operator's record of 2013-08-06, 2 hosts, 2 VMs.");
  expect(told).toMatch(/block live-migration, compute-1 to compute-2, completed by 09:45:33/);
  expect(told).toMatch(/compute-1 fails \(shutdown\)/);
  expect(told.match(/evacuation, compute-1 to compute-2, done/g)).toHaveLength(2);
  expect(told).toContain(
    'At the end: compute-1 down; vm-live-migration ACTIVE on compute-2; vm-boot-from-vol ACTIVE on compute-2.',
  );
  expect(told).toContain('Where the record contradicts itself (4):');
});

test('a folder that cannot be made is a sentence that says what to do', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'understudy-home-')), 'file');
  writeFileSync(file, '');
  const made = await demonstration(join(file, 'below'), unwatched());
  expect(made).toMatchObject({ ok: false });
  if (!made.ok) expect(made.error).toContain('UNDERSTUDY_HOME');
});

test("the person's folder is the platform's, or the one they named", () => {
  expect(dataDir({ UNDERSTUDY_HOME: '/data' }, 'linux')).toBe('/data');
  expect(dataDir({ XDG_DATA_HOME: '/xdg' }, 'linux')).toBe('/xdg/understudy');
  expect(dataDir({}, 'linux')).toMatch(/\.local\/share\/understudy$/);
  expect(dataDir({}, 'darwin')).toMatch(/Application Support\/Understudy$/);
});
