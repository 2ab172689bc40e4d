// How exactly the machines keep time: on a busy host windows run long and every byte sent costs a little more.

/** What lies between a prediction and the tenth and the ninetieth percentile of what happens. */
export type Tails = { readonly below: number; readonly above: number };

/**
 * How far runs stray from their prediction when everything said of them is right: a busy host makes them longer, hardly ever
 * shorter (measured; the coverage is printed by the conformance part `qemu`).
 */
export type OwnError = {
  /** Shares of total time and of bytes. */
  readonly total: Tails;
  readonly bytes: Tails;
  /** Downtime: milliseconds, and a share beside them where pending is large when the guest stops. */
  readonly downtimeMs: Tails;
  readonly downtime: Tails;
};

export type Machine = {
  /** Mean length of a rate-limited window beyond its 100 ms. */
  readonly windowSlackMs: number;
  /** Time a byte takes beyond the link's own, because the sending thread waits for a processor. */
  readonly extraNsPerByte: number;
  /** Guest stopped, beyond the bytes: stopping, final sync, starting at the destination. */
  readonly switchMs: number;
  /** The same again when a block mirror must be drained and its export closed. */
  readonly mirrorSwitchMs: number;
  /** The same again when the destination re-opens a disk on a shared file system. */
  readonly sharedSwitchMs: number;
  /** Processor time a processor-bound guest gets, as a share of what it gets on an idle host. */
  readonly guestShare: number;
  /** Bytes of guest pages a second that a post-copy destination takes in where no link limits it. */
  readonly placeBytesPerS: number;
  readonly error: OwnError;
};

/** Measured with QEMU 7.2 and 10.0: hosts with idle processors. */
export const QUIET: Machine = {
  windowSlackMs: 0.03,
  extraNsPerByte: 0,
  switchMs: 1,
  mirrorSwitchMs: 11,
  sharedSwitchMs: 13,
  guestShare: 1,
  placeBytesPerS: 1e9,
  error: {
    total: { below: 0.013, above: 0.008 },
    bytes: { below: 0.002, above: 0.002 },
    downtimeMs: { below: 5, above: 4 },
    downtime: { below: 0.04, above: 0.03 },
  },
};

/** The same measurement on hosts whose processors were all busy. */
export const CONTENDED: Machine = {
  windowSlackMs: 0.4,
  extraNsPerByte: 0.3,
  switchMs: 2,
  mirrorSwitchMs: 19,
  sharedSwitchMs: 13,
  guestShare: 0.96,
  placeBytesPerS: 6e8,
  error: {
    total: { below: 0.016, above: 0.06 },
    bytes: { below: 0.003, above: 0.007 },
    downtimeMs: { below: 6, above: 14 },
    downtime: { below: 0.05, above: 0.08 },
  },
};

/** Half-way between the two: assumed when nobody says how busy the hosts are. */
export const UNKNOWN: Machine = {
  windowSlackMs: 0.2,
  extraNsPerByte: 0.15,
  switchMs: 1.5,
  mirrorSwitchMs: 15,
  sharedSwitchMs: 13,
  guestShare: 0.98,
  placeBytesPerS: 8e8,
  error: {
    total: { below: 0.015, above: 0.055 },
    bytes: { below: 0.003, above: 0.007 },
    downtimeMs: { below: 6, above: 12 },
    downtime: { below: 0.05, above: 0.07 },
  },
};

/** What a running guest's migration gets of a line (bytes/ms, both): the line's own time and the machine's for each byte. */
export const sendingRate = (lineBytesPerMs: number, machine: Machine): number =>
  lineBytesPerMs / (1 + lineBytesPerMs * machine.extraNsPerByte * 1e-6);

/** The line (bytes/ms) on which a running guest's migration sends at this rate: the inverse of `sendingRate`. */
export const lineFor = (ratePerMs: number, machine: Machine): number => {
  const share = ratePerMs * machine.extraNsPerByte * 1e-6;
  return share < 1 ? ratePerMs / (1 - share) : Infinity;
};
