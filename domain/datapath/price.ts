// What a frame costs the hosts of its way, as straight lines over its size: the form a whole matrix is priced with.
import { contextCycles } from './context.ts';
import {
  BETWEEN_FRAMES_BYTES,
  type Encapsulation,
  ETHERNET_BYTES,
  FCS_BYTES,
  FRAME_BYTES_MIN,
  overheadBytes,
} from './frame.ts';
import { contextsOf, type PathInput } from './path.ts';
import { PROFILES, type ProfileName } from './profiles.ts';
import { STANDARD_PATH } from './standard-path.ts';

/** Host cycles of `frames` frames with `bytes` bytes in all: `perFrame * frames + perByte * bytes`. */
export type Line = { readonly perFrame: number; readonly perByte: number };

export type Prices = {
  /** Sending host, receiving host, and one host that is both. Guests' own work is their VMs' demand and not in here. */
  readonly send: Line;
  readonly receive: Line;
  readonly local: Line;
  /** Bytes a frame occupies a link with beyond its own: tunnel, preamble and gap. */
  readonly wireOverheadBytes: number;
  /** Cores a host's poll-mode threads take whatever the traffic; their cycles are not counted by frame. */
  readonly pollingCores: number;
};

export type PriceOptions = {
  readonly datapath: ProfileName;
  readonly encapsulation: Encapsulation | null;
  readonly guestMtu: number;
  /** Poll-mode threads a host runs; irrelevant where nothing polls. */
  readonly pmdCores: number;
};

/** Cycles by host, poll-mode threads apart: their cores are busy anyway. */
const hostCycles = (input: PathInput): ReadonlyMap<string, number> => {
  const cycles = new Map<string, number>();
  for (const context of contextsOf(input)) {
    if (context.pollingCores > 0) continue;
    cycles.set(context.host, (cycles.get(context.host) ?? 0) + contextCycles(context));
  }
  return cycles;
};

/** Stages cost a constant and so much a byte, so two sizes within the MTU give the line exactly. */
export const pricesOf = (options: PriceOptions): Prices => {
  const { datapath, encapsulation, guestMtu, pmdCores } = options;
  const line = (to: string, host: string): Line => {
    const at = (sizeBytes: number): number =>
      hostCycles({ ...STANDARD_PATH, from: 'a', to, datapath, encapsulation, guestMtu, sizeBytes, guest: 'none' }).get(
        host,
      ) ?? 0;
    const full = guestMtu + ETHERNET_BYTES + FCS_BYTES;
    const perByte = (at(full) - at(FRAME_BYTES_MIN)) / (full - FRAME_BYTES_MIN);
    return { perFrame: at(full) - perByte * full, perByte };
  };
  const polls = PROFILES[datapath].send.some((plan) => plan.polls);
  return {
    send: line('b', 'a'),
    receive: line('b', 'b'),
    local: line('a', 'a'),
    wireOverheadBytes: BETWEEN_FRAMES_BYTES + (encapsulation === null ? 0 : overheadBytes(encapsulation)),
    pollingCores: polls ? pmdCores : 0,
  };
};

/** Cycles a second of a stream. */
export const streamCycles = (line: Line, framesPerS: number, bytesPerS: number): number =>
  line.perFrame * framesPerS + line.perByte * bytesPerS;
