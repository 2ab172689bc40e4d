// `move`: one VM's migration out of a generated log, by itself and beside the settings that would change it.
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { PredictedMove } from '../../../domain/planning/move-prediction.ts';
import type { ClusterState } from '../../../domain/readout/state.ts';
import { ownFolder, runOn } from './running.ts';

const run = runOn(join(ownFolder('move'), 'small.understudy'));

let vm = '';
beforeAll(async () => {
  expect((await run('generate', '--hosts', '4', '--vms', '20', '--days', '1', '--seed', 'move')).err).toBe('');
  const state = JSON.parse((await run('state', '--json')).out) as ClusterState;
  vm = state.vms.find((v) => v.vmState === 'active' && v.storage === 'volume' && v.taskState === null)?.name ?? '';
});

test('a quiet guest moves: its rounds end below the threshold, and what was assumed says so', async () => {
  const { status, out } = await run('move', vm);
  expect(status).toBe(0);
  expect(out).toMatch(/^\S+ moves live in [\d.]+ s \([\d.]+ s to [\d.]+ s\), stands still for \d+ ms/);
  expect(out).toMatch(/write rate +2000 pages\/s +assumed/);
  expect(out).toMatch(/moved cold .* the guest is stopped/);
});

test('a guest that out-writes its link does not; which settings would let it, and at what price, is told', async () => {
  const { status, out } = await run('move', vm, '--dirty-pages', '3000000', '--nic-gbps', '1', '--json');
  expect(status).toBe(1);
  const told = JSON.parse(out) as PredictedMove;
  expect(told.outcome).not.toBe('completed');
  const helping = told.sweep.find((row) => row.finishes);
  expect(helping?.changes.join()).toMatch(/auto_converge|post_copy|force_complete/);
  const words = (await run('move', vm, '--dirty-pages', '3000000', '--nic-gbps', '1')).out;
  expect(words).toMatch(/does not get there: after .* its migration ends cancelled/);
  expect(words).toMatch(/a broken network loses the guest|the guest gets \d+ % of its time/);
});

test.each([
  [['nobody'], /^There is no VM nobody at /],
  [['VM', '--dirty-pages', '-1'], /^--dirty-pages takes a number from 0 to 1000000000, not -1\.\n$/],
  [['VM', '--nic-gbps', 'fast'], /^--nic-gbps takes a number from 0\.01 to 1000, not fast\.\n$/],
])('move %j is a sentence and status 2', async (argv, sentence) => {
  const { status, out, err } = await run('move', ...argv.map((word) => (word === 'VM' ? vm : word)));
  expect({ status, out }).toEqual({ status: 2, out: '' });
  expect(err).toMatch(sentence);
});
