// A live migration as Nova's records tell it: accepted, queued, prepared, copied, and one of its three ends.
import type { Agenda } from '../base/agenda.ts';
import { millis } from '../base/brand.ts';
import { below, type Rng } from '../base/rng.ts';
import { entity } from '../events/entity.ts';
import { migrationChanged, portBound, portUnbound, type Told, vmChanged } from './facts.ts';
import { book, type Host, settle, uuid, type Vm } from './fleet.ts';

export type Stage = { readonly agenda: Agenda<() => void>; readonly tell: (facts: readonly Told[]) => void };

export type Ending = 'completed' | 'failed' | 'cancelled';

const S = 1000;
const MIB = 2 ** 20;
/** What one migration gets of a 10 Gbit/s NIC, in bytes a second. */
const BANDWIDTH = 1.05e9;
/** Nova's live_migration_completion_timeout, seconds for each GiB (nova.conf [libvirt]), never below two GiB. */
const TIMEOUT_S_PER_GIB = 800;
/** nova-compute logs progress every 30 s; a move that never ends is told every ten minutes, it says the same each time. */
const PROGRESS_EVERY_S = 30;
const STUCK_EVERY_S = 600;

/** Bytes a move carries: all RAM and a tenth of it again, and with block migration the disk. */
const bytesOf = (vm: Vm): number =>
  vm.flavor.ramMiB * MIB * 1.1 + (vm.role.storage === 'local' ? vm.flavor.diskGiB * 1024 * MIB * 0.35 : 0);

/** Plays one move; `done` is called when nothing of it is left. The books change when Nova's record would. */
export const liveMigration = (stage: Stage, r: Rng, vm: Vm, dest: Host, ending: Ending, done: () => void): void => {
  const { agenda, tell } = stage;
  const source = vm.host!;
  const migration = entity('migration', uuid(r));
  const at = (seconds: number, then: () => void): void => agenda.schedule(millis(Math.round(seconds * S)), then);
  const kind = vm.role.storage === 'local' ? 'block' : vm.role.storage;
  vm.busy = true;
  dest.inbound++;
  // Both ends are charged from acceptance on, as Nova does: others must not be promised the same room meanwhile.
  book(vm, dest, 1);
  const end = (): void => {
    vm.busy = false;
    dest.inbound--;
    done();
  };

  const copyS =
    ending === 'cancelled' ? Math.max(2, vm.flavor.ramMiB / 1024) * TIMEOUT_S_PER_GIB : bytesOf(vm) / BANDWIDTH + 1;
  const total = vm.flavor.ramMiB * MIB;
  const prepareS = 1.2 + r.next() * 2;

  const progress = (elapsed: number): void => {
    const share = ending === 'cancelled' ? 0.9 + 0.05 * r.next() : Math.min(0.98, elapsed / copyS);
    const left = Math.round(total * (1 - share));
    tell([
      {
        entity: migration,
        fact: {
          type: 'migration.progressed',
          v: 1,
          data: {
            memoryProcessedBytes: Math.round(elapsed * BANDWIDTH),
            memoryRemainingBytes: left,
            memoryTotalBytes: total,
          },
        },
      },
    ]);
  };

  tell([
    {
      entity: migration,
      fact: {
        type: 'migration.accepted',
        v: 1,
        data: { dest: dest.name, kind, source: source.name, type: 'live-migration', vm: vm.id },
      },
    },
    vmChanged(vm, { taskState: 'migrating' }),
  ]);
  at(0.4, () => tell([migrationChanged(migration, { dest: dest.name, status: 'queued' })]));
  at(0.6, () => tell([migrationChanged(migration, { status: 'preparing' }), portBound(vm, dest, 'INACTIVE')]));
  at(prepareS, () => {
    if (ending === 'failed') {
      const reason = 'Timed out waiting for network-vif-plugged on the destination after 300 s';
      at(300, () => {
        book(vm, dest, -1);
        tell([
          portUnbound(vm, dest),
          migrationChanged(migration, { reason, status: 'failed' }),
          vmChanged(vm, { taskState: null }),
        ]);
        end();
      });
      return;
    }
    tell([migrationChanged(migration, { status: 'running' })]);
    for (let t = PROGRESS_EVERY_S; t < copyS; t += ending === 'cancelled' ? STUCK_EVERY_S : PROGRESS_EVERY_S)
      at(t, () => progress(t));
    at(copyS, () => {
      if (ending === 'cancelled') {
        const reason = `Live migration not completed after ${Math.round(copyS)} sec`;
        book(vm, dest, -1);
        tell([
          portUnbound(vm, dest),
          migrationChanged(migration, { reason, status: 'cancelled' }),
          vmChanged(vm, { taskState: null }),
        ]);
      } else {
        book(vm, dest, -1);
        settle(vm, dest);
        tell([
          portBound(vm, dest, 'ACTIVE'),
          portUnbound(vm, source),
          migrationChanged(migration, { status: 'completed' }),
          {
            entity: migration,
            fact: {
              type: 'migration.measured',
              v: 1,
              data: { bytes: Math.round(bytesOf(vm)), downtimeMs: 40 + below(r, 260), totalMs: Math.round(copyS * S) },
            },
          },
          vmChanged(vm, { taskState: null }),
        ]);
      }
      end();
    });
  });
};
