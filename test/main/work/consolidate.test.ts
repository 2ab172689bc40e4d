// A plan on a generated log: told without a trace, or kept on a branch whose fold has every VM where the plan put it.
import { expect, test } from 'vitest';
import { historiesOf } from '../../../main/work/histories.ts';
import { runConsolidateJob } from '../../../main/work/consolidate-job.ts';
import { unwatched } from '../../../main/work/watcher.ts';
import { cutAt } from '../../../main/work/cut.ts';
import { START, smallLog } from './small-log.ts';

const at = { at: START + 10 * 3_600_000, seq: null };

test('the branch holds what the plan says, without an anomaly more; its parent holds nothing of it', () => {
  const log = smallLog();
  const main = log.timeline('main');
  if (!main.ok) throw new Error(main.error.sentence);
  const head = log.head(main.value);
  const order = { timeline: 'main', at, settings: { keepN1: false }, branch: 'tight' };
  const plan = runConsolidateJob(log, order, unwatched());
  if (!plan.ok) throw new Error(plan.error.sentence);
  expect(plan.value.moves.length).toBeGreaterThan(0);
  expect(plan.value.violations).toEqual([]);
  expect(plan.value.hosts.find((h) => h.vms > 0)?.history).toHaveLength(100);
  expect(log.head(main.value)).toBe(head);
  const branch = log.timeline('tight');
  if (!branch.ok) throw new Error(branch.error.sentence);
  const cuts = [cutAt(log, main.value, at), cutAt(log, branch.value, null)];
  const [before, after] = cuts.map((cut, i) => {
    if (!cut.ok) throw new Error(cut.error.sentence);
    return historiesOf(log).stateAt(i === 0 ? main.value : branch.value, cut.value);
  });
  const hosts = new Map(after!.vms.map((vm) => [vm.id, vm]));
  for (const move of plan.value.moves) expect(hosts.get(move.vm)).toMatchObject({ host: move.dest, taskState: null });
  for (const host of plan.value.asleep)
    expect(after!.hosts.find((h) => h.name === host)).toMatchObject({ vms: [], enabled: false });
  expect(after!.anomalies).toEqual(before!.anomalies);
  expect(runConsolidateJob(log, order, unwatched())).toMatchObject({ ok: false, error: { code: 'name_taken' } });
  log.close();
});

test('the same question twice has the same answer, and writes nothing without a branch', () => {
  const log = smallLog();
  const order = { timeline: 'main', at, settings: {}, branch: null };
  const one = runConsolidateJob(log, order, unwatched());
  expect(runConsolidateJob(log, order, unwatched())).toEqual(one);
  expect(log.timelines()).toHaveLength(1);
  log.close();
});
