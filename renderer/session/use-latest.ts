// A question as a hook: asked while the component is shown, asked again when its input changes or the log grows.
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { CallName, Input, Output } from '../../domain/contract/contract.ts';
import type { Failure } from '../../domain/contract/port.ts';
import { useDesk } from './desk.ts';
import { Latest } from './latest.ts';

export type Answer<T> = { readonly value: T | null; readonly failure: Failure | null; readonly pending: boolean };

/**
 * Asks `name` with `input` (null: asks nothing). `subject` says what the answer is about: while it stays, the last
 * answer stays on show until the next arrives; when it changes, the old answer is taken down at once.
 */
export const useLatest = <N extends CallName>(name: N, input: Input<N> | null, subject = ''): Answer<Output<N>> => {
  const { client, epoch } = useDesk();
  const latest = useMemo(() => new Latest(client, name, { showsOlder: false }), [client, name]);
  const lastSubject = useRef(subject);
  const lastEpoch = useRef(epoch.peek());
  const age = epoch.value;
  const key = JSON.stringify(input);
  useEffect(() => {
    if (lastSubject.current !== subject) latest.ask(null);
    lastSubject.current = subject;
    if (lastEpoch.current !== age) latest.forget();
    lastEpoch.current = age;
    latest.ask(input);
    // `key` stands for `input`, which is a new object in every render.
  }, [latest, key, subject, age]);
  return { value: latest.value.value, failure: latest.failure.value, pending: latest.pending.value };
};
