// What a call is inside the service: a checked input and its watcher go in, an answer or a sentence comes out.
import type { CallName, Input, Output } from '../../domain/contract/contract.ts';
import type { Answer, Watcher } from '../work/watcher.ts';

/** Answers one call. Its input was checked at the door; what the world can break comes back as a failure, never thrown. */
export type Handler<N extends CallName> = (
  input: Input<N>,
  watcher: Watcher,
) => Answer<Output<N>> | Promise<Answer<Output<N>>>;

export type Handlers = { readonly [N in CallName]: Handler<N> };
