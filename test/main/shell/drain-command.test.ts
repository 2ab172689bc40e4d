// understudy check and drain on a generated log: answers, exit status, branches, and a sentence for bad input.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { CheckAnswer } from '../../../domain/planning/check.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import type { PlanRecord } from '../../../main/work/plan-job.ts';
import { ownFolder, runOn } from './running.ts';

const FOLDER = ownFolder('drain');
const LOG = join(FOLDER, 'small.understudy');

const run = runOn(LOG);

const stateOf = async (timeline: string): Promise<ClusterState> =>
  JSON.parse((await run('state', '--json', '--timeline', timeline)).out) as ClusterState;

const onHost = (state: ClusterState, host: string): readonly string[] =>
  state.hosts.find((h) => h.name === host)?.vms ?? [];

let host = '';
beforeAll(async () => {
  expect((await run('generate', '--hosts', '12', '--vms', '60', '--days', '1', '--seed', 'c')).err).toBe('');
  const state = await stateOf('main');
  const busy = state.hosts.filter((h) => h.vms.length > 3 && h.vms.length < 12);
  host = busy[0]?.name ?? '';
});

test('check of a host answers for every VM and every other host, and its status says whether all can move', async () => {
  const { status, out } = await run('check', '--host', host, '--json');
  const answer = JSON.parse(out) as CheckAnswer;
  const vms = onHost(await stateOf('main'), host);
  expect(answer.verdicts).toHaveLength(vms.length * 11);
  const movable = vms.filter((vm) => answer.verdicts.some((v) => v.vm === vm && v.ok));
  expect(status).toBe(movable.length === vms.length ? 0 : 1);
  expect(answer.verdicts.every((v) => v.ok === (v.reasons.length === 0))).toBe(true);
});

test('a drain on a branch empties the host there, without an anomaly, and leaves the record alone', async () => {
  const { status, out, err } = await run('drain', host, '--branch', 'drained', '--json');
  expect(err).toBe('');
  expect(status).toBe(0);
  const report = JSON.parse(out) as PlanRecord;
  expect(report).toMatchObject({ feasible: true, checker: { ok: true }, branch: 'drained' });
  const [before, after] = [await stateOf('main'), await stateOf('drained')];
  expect(report.moves).toHaveLength(onHost(before, host).length);
  expect(onHost(after, host)).toEqual([]);
  expect(after.anomalies).toEqual(before.anomalies);
  for (const move of report.moves) expect(onHost(after, move.dest)).toContain(move.vm);
  expect(after.hosts.find((h) => h.name === host)).toMatchObject({ enabled: false, ramMiBUsed: 0 });
});

test('Markdown, script and the way back are told from the same plan', async () => {
  const { moves, report, made } = JSON.parse((await run('drain', host, '--json')).out) as PlanRecord;
  const { out } = await run('drain', host, '--markdown');
  expect(out).toMatch(new RegExp(`^# Drain of ${host}\\n\\nIt can be done\\. ${moves.length} moves in `));
  expect(out).toContain(' An independent checker accepts the plan.\n');
  expect(out.match(new RegExp(`^\\| \\d+ \\| .* \\| ${host} \\|`, 'gm'))).toHaveLength(moves.length);
  for (const line of [`- N+1: ${report.spare?.note}`, `- Lower bound: ${report.lowerBound}.`, ...report.assumptions])
    expect(out.replaceAll('\\', '')).toContain(line);
  expect(out).toContain(`Understudy: log small.understudy, timeline main, ${made.at}, event #${made.seq}, state `);
  expect((await run('drain', host, '--script')).out).toMatch(/^#!\/bin\/sh\n/);
  const back = JSON.parse((await run('drain', host, '--reverse', '--json')).out) as PlanRecord;
  expect(back.reverse).toMatchObject({ feasible: true, checker: { ok: true } });
});

test.each<[said: string, argv: readonly string[]]>([
  ['There is no host nowhere', ['drain', 'nowhere']],
  ['There is no VM nobody', ['check', '--vm', 'nobody']],
  ['There is no VM nobody', ['drain', 'HOST', '--skip', 'nobody']],
  ['Say either --vm', ['check']],
  ['--nic-gbps takes a number', ['drain', 'HOST', '--nic-gbps', '-1']],
  ['--per-host takes a whole number', ['drain', 'HOST', '--per-host', '1.5']],
  ['There is already a timeline named main', ['drain', 'HOST', '--branch', 'main']],
  ['does not exist', ['drain', 'HOST', '--constraints', '/no/such/file']],
  ['Constraint 1 has the kind "bann"', ['drain', 'HOST', '--constraints', 'RULES']],
])('%s: a sentence, status 2', async (said, argv) => {
  const rules = join(FOLDER, 'rules.json');
  writeFileSync(rules, '[{"kind":"bann"}]');
  const words = argv.map((word) => (word === 'HOST' ? host : word === 'RULES' ? rules : word));
  const { status, err, out } = await run(...words);
  expect(status).toBe(2);
  expect(err).toContain(said);
  expect(out).toBe('');
});
