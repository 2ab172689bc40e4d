// What a day of the honest experiment cost, beside the least it could have cost.
import type { World } from '../cloudsim/world.ts';
import {
  aggregateOverloadTimeFraction,
  energySlaViolation,
  kwhOf,
  mean,
  meanOverloadTimeFraction,
  overallShortfall,
  overloadTimeFraction,
  performanceDegradation,
  slaViolation,
} from '../metrics.ts';
import type { HostLedger } from './host-ledger.ts';

export type HonestOutcome = {
  readonly strategy: string;
  readonly energyKwh: number;
  /** No placement could have used less while serving the same demand. */
  readonly boundKwh: number;
  readonly migrations: number;
  /** Gigabytes sent by migrations, pages sent again included. */
  readonly movedGB: number;
  readonly meanMigrationS: number;
  /** Seconds a host could not give its VMs what they asked for / seconds hosts were on. */
  readonly slatah: number;
  /** OTF: the mean over hosts of seconds used above 80 % / seconds on. AOTF: both sums over all hosts first. */
  readonly otf: number;
  readonly aotf: number;
  /** CPU lacked by VMs while moving / CPU asked for. */
  readonly pdm: number;
  readonly slav: number;
  readonly esv: number;
  /** All CPU asked for and not given, whatever the cause / CPU asked for. */
  readonly shortfall: number;
  readonly wakes: number;
  readonly hostShutdowns: number;
  readonly meanBeforeShutdownS: number;
  readonly meanHostsOn: number;
  /** Moves a strategy proposed that were not possible. */
  readonly refused: number;
};

const MB_PER_GB = 1000;

export const summarize = (
  strategy: string,
  w: World,
  l: HostLedger,
  boundJoules: number,
  seconds: number,
): HonestOutcome => {
  const slatah = overloadTimeFraction(l.shortS, l.onS);
  const pdm = performanceDegradation(l.lackedMovingTotal, l.askedTotal);
  const slav = slaViolation(slatah, pdm);
  const times = Array.from(l.hostOnS, (onS, host) => ({ onS, overloadedS: l.hostOverS[host]! }));
  const energyKwh = kwhOf(l.joules);
  return {
    strategy,
    energyKwh,
    boundKwh: kwhOf(boundJoules),
    migrations: w.migrations,
    movedGB: l.movedMB / MB_PER_GB,
    meanMigrationS: mean(l.migrationS),
    slatah,
    otf: meanOverloadTimeFraction(times),
    aotf: aggregateOverloadTimeFraction(times),
    pdm,
    slav,
    esv: energySlaViolation(energyKwh, slav),
    shortfall: overallShortfall(l.askedTotal, l.givenTotal),
    wakes: l.wakes,
    hostShutdowns: l.shutdownAfterS.length,
    meanBeforeShutdownS: mean(l.shutdownAfterS),
    meanHostsOn: l.onS / seconds,
    refused: l.refused,
  };
};
