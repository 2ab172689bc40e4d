// Seeded randomness (sfc32) with a family tree: one child stream per purpose, so a draw added here never moves one there.
export type Rng = {
  /** Uniform in [0, 1). */
  readonly next: () => number;
  /** An independent stream that depends on the seed and the purpose only, not on draws made so far. */
  readonly child: (purpose: string) => Rng;
};

const hash = (s: string): [number, number, number, number] => {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = 0xb7e15162;
  let d = 0xdeadbeef ^ s.length;
  for (let i = 0; i < s.length; i++) {
    const k = s.charCodeAt(i);
    a = Math.imul(a ^ k, 0x85ebca6b);
    b = Math.imul(b ^ a, 0xc2b2ae35);
    c = Math.imul(c ^ b, 0x27d4eb2f);
    d = Math.imul(d ^ c, 0x165667b1);
  }
  return [a | 0, b | 0, c | 0, d | 0];
};

export const rng = (seed: string): Rng => {
  let [a, b, c, d] = hash(seed);
  const next = (): number => {
    // Integers only inside; the division at the end is the single float, so every platform draws the same.
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return { next, child: (purpose) => rng(`${seed}/${purpose}`) };
};

/** Uniform integer in [0, n). */
export const below = (r: Rng, n: number): number => Math.floor(r.next() * n);

/** One element of a non-empty list. */
export const pick = <T>(r: Rng, list: readonly T[]): T => list[below(r, list.length)] as T;

/** Exponentially distributed with the given mean. */
export const exponential = (r: Rng, mean: number): number => -Math.log(1 - r.next()) * mean;

/** Standard normal (Box–Muller; two draws a call). */
export const normal = (r: Rng): number => Math.sqrt(-2 * Math.log(1 - r.next())) * Math.cos(2 * Math.PI * r.next());
