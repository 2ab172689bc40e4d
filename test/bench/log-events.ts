// Events shaped like a real day's: mostly telemetry-free state changes, some reports, some keyed notifications. Seeded.
import { instant } from '../../domain/base/brand.ts';
import { below, pick, rng } from '../../domain/base/rng.ts';
import type { Candidate } from '../../domain/events/dictionary.ts';
import type { Batch } from '../../main/log/types.ts';

const STARTED_AT = Date.UTC(2026, 2, 3);
/** One event in this many carries the message id of a notification. */
const KEYED_EVERY = 5;
/** One event in this many arrives up to a minute late. */
const LATE_EVERY = 50;
const LATE_MS = 60_000;

/** `count` candidates over about a day, in the order in which a cluster would have told them. */
export const someEvents = (seed: string, count: number): readonly Candidate[] => {
  const random = rng(seed).child('bench-events');
  const stepMs = Math.max(1, Math.floor(86_400_000 / count));
  return Array.from({ length: count }, (_, i): Candidate => {
    const host = `compute-${below(random, 40)}`;
    const vm = `5374577e-7417-4ada-9a4b-${String(below(random, 600)).padStart(12, '0')}`;
    const late = below(random, LATE_EVERY) === 0 ? below(random, LATE_MS) : 0;
    const placed = {
      at: instant(STARTED_AT + i * stepMs - late),
      evidence: 'observed' as const,
      line: i + 1,
      key: i % KEYED_EVERY === 0 ? `${seed}-${i}-8c0b8a5e-6d2f` : null,
    };
    const kind = below(random, 10);
    if (kind < 5) {
      const data = {
        host,
        powerState: 'RUNNING' as const,
        taskState: null,
        vmState: pick(random, ['active', 'paused']),
      };
      return { ...placed, type: 'vm.state_changed', v: 1, entity: `vm:${vm}`, data } as Candidate;
    }
    if (kind < 8) {
      const remaining = below(random, 4_294_967_296);
      const data = { memoryProcessedBytes: below(random, 4_294_967_296), memoryRemainingBytes: remaining };
      return { ...placed, type: 'migration.progressed', v: 1, entity: `migration:${below(random, 900)}`, data };
    }
    if (kind < 9) {
      const data = { name: `web-${i % 600}`, host, vcpus: 2, ramMiB: 4096, diskGiB: 40, status: 'ACTIVE' as const };
      return { ...placed, type: 'vm.reported', v: 1, entity: `vm:${vm}`, data };
    }
    const data = { enabled: true, forcedDown: false, up: true };
    return { ...placed, type: 'host.service_reported', v: 1, entity: `host:${host}`, data };
  });
};

/** The events cut into batches of one source, the last one done. */
export const inBatches = (id: string, events: readonly Candidate[], size: number): readonly Batch[] => {
  const source = { id, name: `${id}.jsonl`, format: 'understudy' };
  const count = Math.ceil(events.length / size);
  return Array.from({ length: count }, (_, i) => {
    const part = events.slice(i * size, (i + 1) * size);
    return { source, throughLine: part.at(-1)!.line, done: i === count - 1, events: part, refused: [] };
  });
};
