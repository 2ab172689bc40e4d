// How shells and window talk: numbered calls with progress and cancellation, and streams, over any two-way pipe.
export const CONTRACT_VERSION = 1;

export type Failure = { readonly code: string; readonly sentence: string };

export type Progress = { readonly done: number; readonly total: number | null; readonly says: string };

export type ToService =
  | { readonly kind: 'hello'; readonly version: number }
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly input: unknown }
  | { readonly kind: 'cancel'; readonly id: number };

export type ToWindow =
  | { readonly kind: 'hello'; readonly version: number }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly kind: 'stream'; readonly name: string; readonly value: unknown };

/** One end of a two-way pipe that carries structured-cloneable (and JSON-safe) messages in order. */
export interface Port<In, Out> {
  readonly post: (message: Out) => void;
  /** One listener; messages that arrive before it is set wait for it. */
  readonly listen: (listener: (message: In) => void) => void;
  readonly onClose: (listener: () => void) => void;
  readonly close: () => void;
}
