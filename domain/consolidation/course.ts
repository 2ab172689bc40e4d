// How a run went over the day: what was used and suffered up to each tick, for the pictures of policies side by side.
import { pricesOf } from '../datapath/price.ts';
import { assumedTalk, coresPerGBps, TALK_PRICES, talkCores } from './network/talk.ts';
import { kwhOf, overloadTimeFraction } from './metrics.ts';

/** Sums from the beginning of the run to a tick. */
export type Reading = {
  readonly atS: number;
  readonly joules: number;
  readonly hostsOn: number;
  readonly migrations: number;
  /** Seconds hosts were short of CPU, and seconds they were on, over all hosts. */
  readonly shortS: number;
  readonly onS: number;
  /** Megabytes migrations have sent. */
  readonly movedMB: number;
  /** Host of each VM, -1 for one that left; to be read, not kept. */
  readonly hostOf: Int32Array;
};

/** Told at every tick, before the moves of that tick. */
export type Watch = (reading: Reading) => void;

/** Columns in step: one entry a tick. Energy, migrations and SLATAH are from the beginning to that tick; the others are of it. */
export type Course = {
  readonly atS: readonly number[];
  readonly energyKwh: readonly number[];
  readonly hostsOn: readonly number[];
  readonly migrations: readonly number[];
  readonly slatah: readonly number[];
  /** Cores all datapaths take for traffic between hosts: of VMs and, on average since the tick before, of migrations. */
  readonly networkCores: readonly number[];
};

/** Hands back a watch, and the course of what it was told about so many VMs. */
export const courseRecorder = (vms: number): { readonly watch: Watch; readonly course: Course } => {
  const talk = assumedTalk(vms);
  const coresPerMBps = coresPerGBps(pricesOf(TALK_PRICES)) / 1000;
  let before: Pick<Reading, 'atS' | 'movedMB'> = { atS: 0, movedMB: 0 };
  const atS: number[] = [];
  const energyKwh: number[] = [];
  const hostsOn: number[] = [];
  const migrations: number[] = [];
  const slatah: number[] = [];
  const networkCores: number[] = [];
  const watch: Watch = (r) => {
    atS.push(r.atS);
    energyKwh.push(kwhOf(r.joules));
    hostsOn.push(r.hostsOn);
    migrations.push(r.migrations);
    slatah.push(overloadTimeFraction(r.shortS, r.onS));
    const movedMBps = r.atS > before.atS ? (r.movedMB - before.movedMB) / (r.atS - before.atS) : 0;
    networkCores.push(talkCores(talk, r.hostOf) + coresPerMBps * movedMBps);
    before = { atS: r.atS, movedMB: r.movedMB };
  };
  return { watch, course: { atS, energyKwh, hostsOn, migrations, slatah, networkCores } };
};
