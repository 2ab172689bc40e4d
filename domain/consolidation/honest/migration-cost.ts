// What moving a VM takes in the honest experiment: the migration model, on links the hosts of the experiment have.
import { payloadBytesPerS } from '../../migration/encapsulation.ts';
import { NOVA_DEFAULTS } from '../../migration/nova-options.ts';
import { novaMove } from '../../migration/nova-move.ts';
import { simulate } from '../../migration/simulate.ts';
import { PLAN_DEFAULTS } from '../../planning/options.ts';

export type MigrationCost = {
  /** From the first byte to the VM running at the target. */
  readonly seconds: number;
  /** Of these, the VM runs nowhere. */
  readonly downtimeS: number;
  /** Megabytes on the wire, pages sent again included. */
  readonly sentMB: number;
};

/** By the RAM of the VM, in MB of 10^6 bytes as CloudSim counts them. */
export type MigrationModel = (ramMB: number) => MigrationCost;

/** CloudSim's hosts have 1,000,000 kbit/s. */
const LINK_BITS_PER_S = 1e9;
const MIB = 2 ** 20;
const BYTES_PER_MB = 1e6;

/**
 * Pre-copy with Nova's defaults over a link the move has for itself. No trace tells how fast a guest writes: the planner's
 * assumptions stand in (2,000 pages a second within a tenth of RAM, all RAM touched), so a move always ends.
 */
const simulated: MigrationModel = (ramMB) => {
  const { workingSetShare, touchedShare, dirtyPagesPerS, mtuBytes, qemu } = PLAN_DEFAULTS;
  const ramBytes = ramMB * BYTES_PER_MB;
  const memory = {
    flavorRamMiB: ramBytes / MIB,
    touchedBytes: ramBytes * touchedShare,
    workingSetBytes: ramBytes * workingSetShare,
    dirtyPagesPerS,
    pattern: 'random',
    disks: [],
    sharedStorage: true,
    postCopyPossible: true,
  } as const;
  const linkBytesPerS = payloadBytesPerS(LINK_BITS_PER_S, mtuBytes, 'none');
  const { totalMs, downtimeMs, ramBytes: sent } = simulate(novaMove(memory, NOVA_DEFAULTS, qemu), { linkBytesPerS });
  return { seconds: totalMs / 1000, downtimeS: downtimeMs / 1000, sentMB: sent / BYTES_PER_MB };
};

/** The same, each size simulated once. */
export const modelledMigration = (): MigrationModel => {
  const known = new Map<number, MigrationCost>();
  return (ramMB) => {
    const cost = known.get(ramMB) ?? simulated(ramMB);
    known.set(ramMB, cost);
    return cost;
  };
};
