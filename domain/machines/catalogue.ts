// Every life cycle by name, and the one a migration record follows.
import type { MIGRATION_KINDS, MIGRATION_TYPES } from '../events/migration-events.ts';
import { coldMigration } from './cold-migration.ts';
import { evacuation } from './evacuation.ts';
import { hostLife } from './host.ts';
import type { Lifecycle } from './lifecycle.ts';
import { blockLiveMigration, sharedLiveMigration, volumeLiveMigration } from './live-migration.ts';
import { tunnelLife } from './tunnel.ts';
import { vmLife } from './vm.ts';
import { vmTask } from './vm-task.ts';
import { volumeLife } from './volume.ts';

export const lifecycles: readonly Lifecycle[] = [
  blockLiveMigration,
  sharedLiveMigration,
  volumeLiveMigration,
  coldMigration,
  evacuation,
  hostLife,
  vmLife,
  vmTask,
  volumeLife,
  tunnelLife,
];

type MigrationType = (typeof MIGRATION_TYPES)[number];
type MigrationKind = (typeof MIGRATION_KINDS)[number];

const byKind: Readonly<Record<MigrationKind, Lifecycle>> = {
  block: blockLiveMigration,
  shared: sharedLiveMigration,
  volume: volumeLiveMigration,
};

/** The machine a migration walks; a live one whose storage nobody told walks the shared one, which has the same steps. */
export const migrationLife = (type: MigrationType, kind: MigrationKind | null): Lifecycle => {
  switch (type) {
    case 'live-migration':
      return byKind[kind ?? 'shared'];
    case 'evacuation':
      return evacuation;
    case 'migration':
    case 'resize':
      return coldMigration;
  }
};
