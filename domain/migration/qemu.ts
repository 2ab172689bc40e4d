// What QEMU's migration thread and its wire format cost: constants read from its source or measured, and the move they describe.

/** Guest page of x86; QEMU migrates and counts RAM in this unit. */
export const PAGE_BYTES = 4096;
/** How a page with content travels, and in what portions the rate limit notices bytes. */
export type WireFormat = { readonly pageBytes: number; readonly portionPages: number };
/** One stream: 8 bytes of header a page; up to QEMU 8.1 every page counts against the limit at once. */
const STREAM: WireFormat = { pageBytes: PAGE_BYTES + 8, portionPages: 1 };
/** From QEMU 8.2 bytes count when the buffer of 64 pieces (32 headers, 32 pages) is flushed (measured with 10.0). */
const STREAM_8_2: WireFormat = { pageBytes: PAGE_BYTES + 8, portionPages: 32 };
/** multifd: packets of 128 pages with a header of 1,344 bytes. */
const MULTIFD: WireFormat = { pageBytes: PAGE_BYTES + 1344 / 128, portionPages: 128 };
/** A page of zeros: header and one fill byte. */
export const ZERO_PAGE_WIRE_BYTES = 9;
/** Major and minor version as a number, e.g. 7.2. */
export type QemuVersion = number;

export const wireFormat = (qemu: QemuVersion, multifd: boolean): WireFormat =>
  multifd ? MULTIFD : qemu >= 8.2 ? STREAM_8_2 : STREAM;

/** QEMU's `total` is RAM plus video memory, option ROMs and firmware tables (measured with the default `pc` machine). */
export const EXTRA_RAM_BYTES = 532_480;
/** Pages the firmware leaves with content before the guest touches anything (measured). */
export const FIRMWARE_PAGES = 118;
/** Zero pages below the firmware's, sent with the first bytes (measured). */
export const LOW_ZERO_PAGES = 987;
/** How fast QEMU finds that a page is zero (measured). */
export const ZERO_SCAN_BYTES_PER_S = 18e9;
/** BUFFER_DELAY of migration.c: bandwidth is measured, and the rate limit renewed, over windows of at least this. */
export const WINDOW_MS = 100;
/** MAX_WAIT of ram.c, and the millisecond its truncating comparison adds: the longest time of sending between two checks. */
export const ITERATE_MS = 51;
/** The clock is looked at once in this many pages. */
export const ITERATE_PAGES = 64;
/** Bytes a rate-limited window sends beyond whole pages: end-of-section marks (measured). */
export const WINDOW_TRAILER_BYTES = 18;
/** Device state and the closing sections, sent while the guest is stopped (measured behind a counting relay). */
export const DEVICE_STATE_BYTES = 112_600;
/** A bitmap sync more than this after the last one evaluated is evaluated for auto-converge. */
export const THROTTLE_PERIOD_MS = 1000;
/** What the loopback of the measured machines carries when nothing limits it; assumed where no link is named. */
export const UNLIMITED_BPS = 2e9;

/** 80-20: four fifths of the writes go to one fifth of the working set. */
export type WritePattern = 'random' | 'sweep' | '80-20';

export type AutoConverge = {
  readonly initialPct: number;
  readonly incrementPct: number;
  readonly maxPct: number;
  /** Throttle when new dirty bytes exceed this share of the bytes sent. */
  readonly triggerPct: number;
  /** cpu-throttle-tailslow: no step takes more processor time than the dirtying in excess calls for. */
  readonly tailSlow: boolean;
};

/** QEMU's defaults (cpu-throttle-initial, -increment, max-cpu-throttle, throttle-trigger-threshold). */
export const AUTO_CONVERGE_DEFAULTS: AutoConverge = {
  initialPct: 20,
  incrementPct: 10,
  maxPct: 99,
  triggerPct: 50,
  tailSlow: false,
};

/** The part of a disk that block migration mirrors before RAM is sent. */
export type DiskCopy = {
  readonly bytes: number;
  /** Share of the disk that holds data, 0 to 1; the rest are holes. */
  readonly fill: number;
  readonly writeBytesPerS: number;
  /** The most the source reads a second: its device and QEMU's I/O engine; null where nothing is known to limit it. */
  readonly readBytesPerS: number | null;
  /** The guest's disk writes fall uniformly into this many bytes. */
  readonly writeRegionBytes: number;
  /** A target that discards lets holes pass free of the job's speed limit. */
  readonly targetDiscards: boolean;
  /** copy-mode write-blocking: guest writes reach both sides at once, so that no second pass is needed. */
  readonly writeBlocking: boolean;
};

/** Something done to a running migration, at a time counted from its start. */
export type Order = { readonly atMs: number } & (
  | { readonly do: 'limit-downtime'; readonly downtimeLimitMs: number }
  | { readonly do: 'limit-bandwidth'; readonly bytesPerS: number | null }
  | { readonly do: 'post-copy' }
  | { readonly do: 'pause' }
  | { readonly do: 'stop'; readonly as: StopReason }
);

/** What ended a move from outside. */
export type StopReason = 'cancel' | 'timeout' | 'destination-killed' | 'source-killed';
/**
 * How a move ends. endless: it falls never below its threshold, with nothing due that would change it; postcopy-paused: the
 * guest stands still, its memory on both sides.
 */
export type MoveOutcome =
  | 'completed'
  | 'endless'
  | 'cancelled'
  | 'cancelled-timeout'
  | 'failed'
  | 'source-killed'
  | 'mirror-cancelled'
  | 'mirror-failed'
  | 'postcopy-paused';

/** One live migration as QEMU is asked to do it. Bytes, bytes a second, pages of 4,096 bytes. */
export type Move = {
  readonly ramBytes: number;
  /** RAM that ever held anything; the rest are zero pages. */
  readonly touchedBytes: number;
  readonly workingSetBytes: number;
  readonly dirtyPagesPerS: number;
  readonly pattern: WritePattern;
  /** QEMU's max-bandwidth; null is unlimited. */
  readonly bandwidthBytesPerS: number | null;
  /** max-postcopy-bandwidth; null is unlimited. */
  readonly postCopyBytesPerS: number | null;
  readonly downtimeLimitMs: number;
  /** avail-switchover-bandwidth: stands in for the measured bandwidth in the threshold; null measures. */
  readonly switchoverBytesPerS: number | null;
  /** Post-copy as soon as the first pass is done, without an order. */
  readonly postCopyAfterFirstPass: boolean;
  readonly autoConverge: AutoConverge | null;
  readonly wire: WireFormat;
  readonly disk: DiskCopy | null;
  /** Extra stop of a destination that opens its disk on a shared file system. */
  readonly sharedStorage: boolean;
  /** In order of time. */
  readonly orders: readonly Order[];
};
