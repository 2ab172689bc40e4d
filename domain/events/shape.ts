// The small shapes every fact is made of, and how a fact's schema is declared.
import Type, { type Static, type TSchema } from 'typebox';

/** One entry of the dictionary: the event's name, its version and the shape of its data. */
export type Declared<T extends string, V extends number, D extends TSchema> = {
  readonly type: T;
  readonly v: V;
  readonly says: string;
  readonly data: D;
};

/** Declares a fact. `says` is the sentence `docs/EVENTS.md` prints beside it. */
export const fact = <const T extends string, const V extends number, D extends TSchema>(
  type: T,
  v: V,
  says: string,
  data: D,
): Declared<T, V, D> => ({ type, v, says, data });

/** The event a declaration stands for. */
export type EventOf<X> =
  X extends Declared<infer T, infer V, infer D>
    ? { readonly type: T; readonly v: V; readonly data: Readonly<Static<D>> }
    : never;

const LONGEST_NAME = 255; // Nova's column width for names and hostnames

export const Name = Type.String({ minLength: 1, maxLength: LONGEST_NAME });
export const Count = Type.Integer({ minimum: 0, maximum: 2 ** 53 - 1 });
export const Amount = Type.Number({ minimum: 0 });
export const NullableName = Type.Union([Name, Type.Null()]);
export const oneOf = <const T extends string[]>(values: readonly [...T]) => Type.Enum<T>(values);

/**
 * A flavor's extra specs (`hw:cpu_policy`, `aggregate_instance_extra_specs:ssd`), an aggregate's metadata. Nova's key and
 * value columns hold 255 characters each.
 */
export const Metadata = Type.Record(Name, Type.String({ maxLength: LONGEST_NAME }));
/** An object that may leave any of its properties out (a report says only what the source said), and has no others. */
export const partial = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Partial(Type.Object(properties), { additionalProperties: false });
export const exact = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });
