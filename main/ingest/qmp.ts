// The format "qmp": what QEMU's monitor said during a live migration, as events and `query-migrate` replies, one a line.
import { createHash } from 'node:crypto';
import { entity } from '../../domain/events/entity.ts';
import type { Evidence, Fact } from '../../domain/events/dictionary.ts';
import { factKey } from './fact-key.ts';
import { type Format, ignored, type Item, type Proposal, type Reading, refusal } from './format.ts';
import { countAt, type Fields, isFields, jsonRecords, jsonText, textAt } from './json-records.ts';

type Status = Extract<Fact, { type: 'migration.status_changed' }>['data']['status'];
type Progress = Extract<Fact, { type: 'migration.progressed' }>['data'];
type Measured = Extract<Fact, { type: 'migration.measured' }>['data'];
type Told = Fact & { readonly entity: string; readonly evidence: Evidence };

/** QEMU's MigrationStatus (qapi/migration.json) in Nova's words; the others are steps Nova has no word for. */
const STATUSES: Readonly<Record<string, Status>> = {
  setup: 'preparing',
  active: 'running',
  'postcopy-active': 'running (post-copy)',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
};
const ENDS = new Set<Status>(['completed', 'failed', 'cancelled']);

/** The one migration a transcript is about at a time. */
type Story = {
  readonly vm: string;
  migration: string | null;
  startedAt: number;
  stoppedAt: number | null;
  /** Time of the last event: replies carry none. */
  at: number;
};

const timeOf = (fields: Fields): number | null => {
  const stamp = fields['timestamp'];
  const [seconds, micros] = isFields(stamp)
    ? [countAt(stamp, 'seconds'), countAt(stamp, 'microseconds')]
    : [null, null];
  return seconds === null || micros === null ? null : seconds * 1000 + Math.floor(micros / 1000);
};

const about = (story: Story): string => entity('migration', story.migration ?? '');

/** The migration's beginning, where this is the first word about it. */
const begun = (story: Story, kind: 'block' | null): readonly Told[] => {
  if (story.migration !== null) return [];
  story.migration = `${story.vm}/live-migration@${new Date(story.at).toISOString()}`;
  story.startedAt = story.at;
  const data = { vm: story.vm, type: 'live-migration', kind, source: null, dest: null } as const;
  return [{ type: 'migration.accepted', v: 1, entity: about(story), evidence: 'inferred', data }];
};

const measured = (story: Story, data: Measured): readonly Told[] =>
  story.migration === null
    ? []
    : [{ type: 'migration.measured', v: 1, entity: about(story), evidence: 'observed', data }];

const status = (story: Story, word: string): readonly Told[] | null => {
  const known = STATUSES[word];
  if (known === undefined) return null;
  const first = begun(story, null);
  const changed: Told = {
    type: 'migration.status_changed',
    v: 1,
    entity: about(story),
    evidence: 'observed',
    data: { status: known },
  };
  const total = known === 'completed' ? measured(story, { totalMs: story.at - story.startedAt }) : [];
  return [...first, changed, ...total];
};

/** A block job copies the disks before or while memory is copied: then it is a block migration. */
const blockJob = (story: Story, data: Fields): readonly Told[] | null => {
  const [total, done] = [countAt(data, 'len'), countAt(data, 'offset')];
  const first = begun(story, 'block');
  if (total === null || done === null) return first.length === 0 ? null : first;
  const bytes = { diskTotalBytes: total, diskProcessedBytes: done, diskRemainingBytes: Math.max(0, total - done) };
  return [...first, { type: 'migration.progressed', v: 1, entity: about(story), evidence: 'observed', data: bytes }];
};

const power = (story: Story, state: 'RUNNING' | 'PAUSED' | 'SHUTDOWN'): readonly Told[] => [
  { type: 'vm.reported', v: 1, entity: entity('vm', story.vm), evidence: 'observed', data: { powerState: state } },
];

/** The pause between STOP on the source and RESUME on the destination is the downtime the guest saw. */
const resumed = (story: Story, side: string | null): readonly Told[] => {
  const { stoppedAt } = story;
  if (side !== 'destination' || stoppedAt === null) return power(story, 'RUNNING');
  story.stoppedAt = null;
  return [...power(story, 'RUNNING'), ...measured(story, { downtimeMs: story.at - stoppedAt })];
};

const event = (story: Story, name: string, fields: Fields): readonly Told[] | null => {
  const side = textAt(fields, 'x_side');
  const data = isFields(fields['data']) ? fields['data'] : {};
  switch (name) {
    case 'MIGRATION':
      // Both ends report the same migration; the source's word is Nova's.
      return side === 'destination' ? null : status(story, textAt(data, 'status') ?? '');
    case 'STOP':
      if (side !== 'destination') story.stoppedAt = story.at;
      return side === 'destination' ? null : power(story, 'PAUSED');
    case 'RESUME':
      return resumed(story, side);
    case 'SHUTDOWN':
      return power(story, 'SHUTDOWN');
    case 'JOB_STATUS_CHANGE':
    case 'BLOCK_JOB_READY':
    case 'BLOCK_JOB_COMPLETED':
    case 'BLOCK_JOB_CANCELLED':
      return blockJob(story, data);
    default:
      return null;
  }
};

const given = <K extends keyof (Progress & Measured)>(name: K, value: number | null) =>
  value === null ? {} : { [name]: value };

const reply = (story: Story, value: Fields): readonly Told[] | null => {
  const [ram, disk] = [value['ram'], value['disk']];
  if (!isFields(ram) || textAt(value, 'status') === null) return null;
  const first = begun(story, isFields(disk) ? 'block' : null);
  const [rate, page] = [countAt(ram, 'dirty-pages-rate'), countAt(ram, 'page-size')];
  const data: Progress = {
    ...given('memoryTotalBytes', countAt(ram, 'total')),
    ...given('memoryProcessedBytes', countAt(ram, 'transferred')),
    ...given('memoryRemainingBytes', countAt(ram, 'remaining')),
    ...given('dirtyBytesPerS', rate === null || page === null ? null : rate * page),
    ...(isFields(disk) ? given('diskTotalBytes', countAt(disk, 'total')) : {}),
    ...(isFields(disk) ? given('diskRemainingBytes', countAt(disk, 'remaining')) : {}),
  };
  const progressed: Told = { type: 'migration.progressed', v: 1, entity: about(story), evidence: 'observed', data };
  const [totalMs, downtimeMs] = [countAt(value, 'total-time'), countAt(value, 'downtime')];
  const isOver = textAt(value, 'status') === 'completed';
  const end = isOver ? measured(story, { ...given('totalMs', totalMs), ...given('downtimeMs', downtimeMs) }) : [];
  return [...first, progressed, ...end];
};

const hasEnded = (facts: readonly Told[]): boolean =>
  facts.some((fact) => fact.type === 'migration.status_changed' && ENDS.has(fact.data.status));

function* read({ incoming, undatedAt }: Reading): Generator<Item> {
  // QEMU does not say whose monitor it is: the file's name is all there is.
  const vm = incoming.name.replace(/\.(?:jsonl?|qmp|log|txt)$/, '') || 'guest';
  const story: Story = { vm, migration: null, startedAt: undatedAt, stoppedAt: null, at: undatedAt };
  let ended = false;
  for (const record of jsonRecords(incoming)) {
    const { line } = record;
    const text = 'wrong' in record ? record.text : jsonText(record.value);
    if ('wrong' in record || !isFields(record.value) || text === null) {
      yield refusal(line, 'wrong' in record ? record.wrong : 'this is no message of QMP', text ?? '');
      continue;
    }
    const name = textAt(record.value, 'event');
    const at = timeOf(record.value);
    if (name !== null && at === null) {
      yield refusal(line, `this ${name} has no timestamp`, text);
      continue;
    }
    story.at = at ?? story.at;
    if (ended && name === 'MIGRATION' && textAt(record.value, 'x_side') !== 'destination') {
      story.migration = null; // the next attempt
      ended = false;
    }
    const value = record.value['return'];
    const told = name !== null ? event(story, name, record.value) : isFields(value) ? reply(story, value) : null;
    if (told === null) {
      yield ignored(line, name ?? (value === undefined ? 'commands' : 'replies'));
      continue;
    }
    ended ||= hasEnded(told);
    const key = createHash('sha256').update(`${vm} ${text}`).digest('hex').slice(0, 32);
    const facts = told.map((fact): Proposal => {
      const evidence = at === null ? 'inferred' : fact.evidence;
      return { ...fact, evidence, at: story.at, line, key: factKey(key, fact) };
    });
    yield { kind: 'facts', line, facts };
  }
}

export const qmp: Format = {
  name: 'qmp',
  dateless: true,
  sniff: (head) => {
    if (!/^\s*[[{]/.test(head)) return 0;
    const isQmp = /"QMP"\s*:|"microseconds"\s*:\s*\d+|"expected-downtime"\s*:/.test(head);
    return isQmp ? 0.92 : 0;
  },
  read,
};
