// A brand costs nothing at run time and stops one kind of number or string from reaching another's slot.
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** Position of an event in record order within a timeline's lineage: 1-based, gapless. */
export type Seq = Brand<number, 'Seq'>;
/** Milliseconds since 1970-01-01T00:00:00Z, as the source's clock told it. */
export type Instant = Brand<number, 'Instant'>;
/** A length of time in milliseconds. */
export type Millis = Brand<number, 'Millis'>;
/** Row of an entity inside one table of the cluster's columns. */
export type Row = Brand<number, 'Row'>;

export const seq = (n: number): Seq => n as Seq;
export const instant = (ms: number): Instant => ms as Instant;
export const millis = (ms: number): Millis => ms as Millis;
