// How a run went over the day: what was used and suffered up to each tick, for the pictures of policies side by side.
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
};

/** Told at every tick, before the moves of that tick. */
export type Watch = (reading: Reading) => void;

/** Columns in step: one entry a tick. Energy, migrations and SLATAH are from the beginning to that tick. */
export type Course = {
  readonly atS: readonly number[];
  readonly energyKwh: readonly number[];
  readonly hostsOn: readonly number[];
  readonly migrations: readonly number[];
  readonly slatah: readonly number[];
};

/** Hands back a watch, and the course of what it was told. */
export const courseRecorder = (): { readonly watch: Watch; readonly course: Course } => {
  const atS: number[] = [];
  const energyKwh: number[] = [];
  const hostsOn: number[] = [];
  const migrations: number[] = [];
  const slatah: number[] = [];
  const watch: Watch = (r) => {
    atS.push(r.atS);
    energyKwh.push(kwhOf(r.joules));
    hostsOn.push(r.hostsOn);
    migrations.push(r.migrations);
    slatah.push(overloadTimeFraction(r.shortS, r.onS));
  };
  return { watch, course: { atS, energyKwh, hostsOn, migrations, slatah } };
};
