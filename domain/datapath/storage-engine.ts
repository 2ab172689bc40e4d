// How fast the source of a block copy reads its disk, by QEMU's I/O engine: cycles a request, requests at once, the device.
import { REFERENCE_CLOCK_GHZ, type Basis } from './stages.ts';

export type StorageEngine = {
  readonly title: string;
  /** Cycles a request costs the thread that submits and completes it. */
  readonly cyclesPerRequest: number;
  /** Microseconds between submission and the device seeing it, and back: hand-over between threads. */
  readonly handOverUs: number;
  /** Requests QEMU keeps in flight through it. */
  readonly inFlightMax: number;
  readonly basis: Basis;
  readonly meaning: string;
};

/** `aio=` of QEMU. The figures order the engines as their authors do; no published row determines one. */
export const STORAGE_ENGINES = {
  threads: {
    title: 'aio=threads',
    cyclesPerRequest: 15_000,
    handOverUs: 10,
    inFlightMax: 64,
    basis: 'assumed',
    meaning: 'a pool of up to 64 threads, each blocks in preadv: two context switches a request',
  },
  native: {
    title: 'aio=native',
    cyclesPerRequest: 8000,
    handOverUs: 4,
    inFlightMax: 1024,
    basis: 'assumed',
    meaning: 'Linux AIO: one system call to submit, one event to complete; needs cache=none',
  },
  io_uring: {
    title: 'aio=io_uring',
    cyclesPerRequest: 5000,
    handOverUs: 2,
    inFlightMax: 1024,
    basis: 'assumed',
    meaning: 'shared rings: requests of a batch share a system call',
  },
} as const satisfies Readonly<Record<string, StorageEngine>>;

export type StorageEngineName = keyof typeof STORAGE_ENGINES;

export type ReadSide = {
  readonly engine: StorageEngineName;
  /** QEMU's mirror reads in pieces of this size; 1 MiB by its default. */
  readonly requestBytes: number;
  /** Requests the mirror keeps in flight; 16 by QEMU's default. */
  readonly inFlight: number;
  readonly deviceBytesPerS: number;
  readonly deviceLatencyUs: number;
  readonly clockGhz?: number;
};

/** Bytes a second the read side delivers, what limits it, and the share of a core it takes. */
export const readRate = (
  side: ReadSide,
): { readonly bytesPerS: number; readonly limit: 'device' | 'cpu' | 'latency'; readonly cpuPercent: number } => {
  const engine: StorageEngine = STORAGE_ENGINES[side.engine];
  const { requestBytes, deviceBytesPerS } = side;
  const hz = (side.clockGhz ?? REFERENCE_CLOCK_GHZ) * 1e9;
  const roundTripS = (side.deviceLatencyUs + engine.handOverUs) / 1e6 + requestBytes / deviceBytesPerS;
  const rates = {
    device: deviceBytesPerS,
    cpu: (hz / engine.cyclesPerRequest) * requestBytes,
    latency: (Math.min(side.inFlight, engine.inFlightMax) * requestBytes) / roundTripS,
  };
  const limit = (['device', 'cpu', 'latency'] as const).reduce((a, b) => (rates[b] < rates[a] ? b : a));
  const bytesPerS = rates[limit];
  return { bytesPerS, limit, cpuPercent: (100 * (bytesPerS / requestBytes) * engine.cyclesPerRequest) / hz };
};
