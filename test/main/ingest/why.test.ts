// The cause chain of the operators' own incident: what their pasted session tells about a stopped VM.
import { expect, test } from 'vitest';
import { seq } from '../../../domain/base/brand.ts';
import { emptyCluster } from '../../../domain/cluster/cluster.ts';
import { fold } from '../../../domain/cluster/fold.ts';
import type { LogEvent } from '../../../domain/events/dictionary.ts';
import { causeChain } from '../../../domain/readout/cause.ts';
import { transcript } from '../../../main/ingest/transcript/transcript.ts';
import { clock, factsOf, seed } from './reading.ts';

const UNTIL = Date.parse('2013-08-06T10:36:37Z');
const VM = 'vm:5374577e-7417-4add-b23f-06de3b42c410';

test('SHUTOFF because the operator shut its host down', () => {
  const events = factsOf(transcript, seed('live-migration.txt'))
    .toSorted((a, b) => a.at - b.at)
    .filter((fact) => fact.at <= UNTIL)
    .map((fact, i): LogEvent => ({ ...fact, seq: seq(i + 1), source: 'seed' }));
  const cluster = emptyCluster();
  for (const event of events) fold(cluster, event);
  const chain = causeChain(cluster, VM, events);
  expect(chain?.status).toBe('SHUTOFF');
  expect(chain?.links.map((l) => [clock(l.at), l.role, l.sentence])).toEqual([
    ['10:36:36', 'cause', 'shutdown now'],
    ['10:36:36', 'step', 'compute-1 fails (shutdown).'],
    ['10:36:37', 'end', 'vm-live-migration is reported SHUTOFF.'],
  ]);
});
