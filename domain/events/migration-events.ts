// Facts about moves: live, cold and resize migrations and evacuations, as Nova's migration record tells them.
import Type from 'typebox';
import { Amount, Count, exact, fact, Name, NullableName, oneOf } from './shape.ts';

/** Nova's migration_type. */
export const MIGRATION_TYPES = ['live-migration', 'migration', 'resize', 'evacuation'] as const;

/** Every value Nova writes into migration.status. */
export const MIGRATION_STATUSES = [
  'accepted',
  'queued',
  'preparing',
  'running',
  'running (post-copy)',
  'pre-migrating',
  'migrating',
  'post-migrating',
  'finished',
  'confirming',
  'confirmed',
  'reverting',
  'reverted',
  'done',
  'completed',
  'failed',
  'cancelled',
  'error',
] as const;

/** How a live migration carries the disks. */
export const MIGRATION_KINDS = ['block', 'shared', 'volume'] as const;

export const migrationEvents = [
  fact(
    'migration.accepted',
    1,
    'A migration record was made. `kind` is null for cold moves and evacuations, `dest` null until one is chosen.',
    exact({
      vm: Name,
      type: oneOf(MIGRATION_TYPES),
      kind: Type.Union([oneOf(MIGRATION_KINDS), Type.Null()]),
      source: NullableName,
      dest: NullableName,
    }),
  ),
  fact(
    'migration.status_changed',
    1,
    "The record's status changed; `dest` where it became known, `reason` where it went wrong.",
    Type.Object(
      {
        status: oneOf(MIGRATION_STATUSES),
        dest: Type.Optional(Name),
        reason: Type.Optional(Type.String({ minLength: 1 })),
      },
      { additionalProperties: false },
    ),
  ),
  fact(
    'migration.progressed',
    1,
    'Bytes so far, as Nova or QEMU counted them.',
    Type.Object(
      {
        memoryTotalBytes: Type.Optional(Count),
        memoryProcessedBytes: Type.Optional(Count),
        memoryRemainingBytes: Type.Optional(Count),
        diskTotalBytes: Type.Optional(Count),
        diskProcessedBytes: Type.Optional(Count),
        diskRemainingBytes: Type.Optional(Count),
        downtimeLimitMs: Type.Optional(Amount),
        dirtyBytesPerS: Type.Optional(Amount),
      },
      { additionalProperties: false },
    ),
  ),
  fact(
    'migration.measured',
    1,
    "The hypervisor's own figures after the end.",
    Type.Object(
      { totalMs: Type.Optional(Amount), downtimeMs: Type.Optional(Amount), bytes: Type.Optional(Count) },
      { additionalProperties: false },
    ),
  ),
] as const;
