// A dumped flow table that contradicts the record is an anomaly everywhere anomalies are told, from its instant on.
import { expect, test } from 'vitest';
import { instant } from '../../../domain/base/brand.ts';
import type { CallName, Input, Output } from '../../../domain/contract/contract.ts';
import { createService } from '../../../main/service/service.ts';
import { runHere } from '../../../main/work/jobs.ts';
import { unwatched } from '../../../main/work/watcher.ts';
import { smallLog, START } from '../work/small-log.ts';

const NOON = START + 43_200_000;
const place = (ms: number) => ({ timeline: 'main', at: { at: instant(ms), seq: null } });

test('marks, steps, the state, the anomalies, the counts of the picture and the lints of the overlay tell it', async () => {
  const log = smallLog();
  const service = createService(log, { demonstration: false, runJob: runHere });
  const ask = async <N extends CallName>(name: N, input: Input<N>): Promise<Output<N>> => {
    const answer = await service.call(name, input, unwatched());
    if (!answer.ok) throw new Error(answer.error.sentence);
    return answer.value as Output<N>;
  };
  const table = await ask('network.flows', {
    ...place(NOON),
    host: 'compute-01',
    bridge: 'br-tun',
    mode: 'l2pop-arp',
    style: 'master',
    dialect: null,
  });
  const gone = table.dump.find((line) => line.startsWith('table=20, priority=2'));
  expect(gone).toBeDefined();
  const before = await ask('view.picture', place(NOON));
  const timeline = log.timeline('main');
  if (!timeline.ok) throw new Error(timeline.error.sentence);
  const flows = table.dump.filter((line) => line !== gone);
  const event = { type: 'host.flows_reported', v: 1, data: { bridge: 'br-tun', flows } } as const;
  const told = {
    ...event,
    entity: 'host:compute-01',
    at: instant(NOON),
    evidence: 'observed',
    line: 1,
    key: null,
  } as const;
  const source = { id: 'dump', name: 'br-tun.compute-01.txt', format: 'transcript' };
  const batch = { source, throughLine: 1, done: true, events: [told], refused: [] };
  const appended = log.append(timeline.value, log.head(timeline.value), batch);
  expect(appended).toMatchObject({ ok: true });

  const found = expect.objectContaining({ rule: 'flows-disagree', entity: 'host:compute-01' }) as unknown;
  expect((await ask('view.state', place(NOON))).anomalies).toContainEqual(found);
  expect((await ask('view.state', place(NOON - 1))).anomalies).not.toContainEqual(found);
  expect(await ask('view.anomalies', place(NOON + 1))).toContainEqual(found);
  const marks = await ask('view.marks', { timeline: 'main' });
  const mark = marks.find((m) => m.kind === 'anomaly' && m.entity === 'host:compute-01');
  expect(mark?.label).toContain('is not what Neutron would program: compute-01 does not know that');
  const after = await ask('view.picture', place(NOON));
  expect(after.counts.contradictions).toBe(before.counts.contradictions + 1);
  const { lints } = await ask('network.overview', { ...place(NOON), style: 'master' });
  expect(lints.map((l) => l.code)).toContain('missing-fdb');
  service.close();
});
