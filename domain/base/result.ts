// A Result is for what the world may do; an assertion is for what we must not do.
export type Ok<T> = { readonly ok: true; readonly value: T };
export type Err<E> = { readonly ok: false; readonly error: E };
export type Result<T, E> = Ok<T> | Err<E>;

export const ok = <T>(value: T): Ok<T> => ({ ok: true, value });
export const err = <E>(error: E): Err<E> => ({ ok: false, error });

/** Broken promise between two functions of ours: stop here, with the reason, and keep the log intact. */
export function assert(condition: boolean, because: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${because}`);
}

/** The compiler proves that no case is left; at run time an unknown one is a bug, not a default. */
export const unreachable = (x: never): never => {
  throw new Error(`unreachable: ${JSON.stringify(x)}`);
};
