// The window's end of a port as the suite needs it: asks, waits, and keeps everything that arrived.
import { CONTRACT_VERSION, type Port, type ToService, type ToWindow } from '../../domain/contract/port.ts';

export type Caller = {
  /** Says hello and waits for the answer. */
  readonly hello: (version?: number) => Promise<ToWindow>;
  /** Posts a call and returns its id at once. */
  readonly post: (name: string, input: unknown) => number;
  readonly cancel: (id: number) => void;
  /** The result or failure of a call. */
  readonly settled: (id: number) => Promise<ToWindow>;
  /** The first message that fits, whether it came already or is still to come. */
  readonly until: (fits: (message: ToWindow) => boolean) => Promise<ToWindow>;
  readonly ask: (name: string, input: unknown) => Promise<ToWindow>;
  readonly seen: readonly ToWindow[];
  readonly closed: Promise<void>;
  readonly raw: Port<ToWindow, ToService>;
};

export const callerOn = (raw: Port<ToWindow, ToService>): Caller => {
  const seen: ToWindow[] = [];
  const waiting = new Set<() => void>();
  raw.listen((message) => {
    seen.push(message);
    for (const look of waiting) look();
  });
  const until = (fits: (message: ToWindow) => boolean): Promise<ToWindow> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = seen.find(fits);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  let last = 0;
  const post = (name: string, input: unknown): number => {
    last += 1;
    raw.post({ kind: 'call', id: last, name, input });
    return last;
  };
  const settled = (id: number): Promise<ToWindow> =>
    until((m) => (m.kind === 'result' || m.kind === 'failure') && m.id === id);
  return {
    hello: (version = CONTRACT_VERSION) => {
      raw.post({ kind: 'hello', version });
      return until((m) => m.kind === 'hello');
    },
    post,
    cancel: (id) => raw.post({ kind: 'cancel', id }),
    settled,
    until,
    ask: (name, input) => settled(post(name, input)),
    seen,
    closed: new Promise((resolve) => raw.onClose(resolve)),
    raw,
  };
};
