// Sorts many things by two whole numbers at once, without calling back per comparison.
import { assert } from '../base/result.ts';

/** Bits of the packed key: first and second number, and the index that comes out again. */
const FIRST_BITS = 20;
const SECOND_BITS = 24;
const INDEX_BITS = 20;

const isWithin = (values: Float64Array, bits: number): boolean => {
  const limit = 2 ** bits;
  for (let i = 0; i < values.length; i++) {
    const x = values[i]!;
    if (!(x >= 0 && x < limit) || Math.floor(x) !== x) return false;
  }
  return true;
};

/** One 64-bit word per element, (first, second, index) from the top, sorted as integers. */
const packedOrder = (first: Float64Array, second: Float64Array): Uint32Array => {
  const words = new BigUint64Array(first.length);
  const halves = new Uint32Array(words.buffer); // little-endian: low half first
  const lowBits = 32 - INDEX_BITS;
  for (let i = 0; i < first.length; i++) {
    const high = first[i]! * 2 ** (SECOND_BITS - lowBits) + Math.floor(second[i]! / 2 ** lowBits);
    halves[2 * i + 1] = high;
    halves[2 * i] = (second[i]! % 2 ** lowBits) * 2 ** INDEX_BITS + i;
  }
  words.sort();
  const order = new Uint32Array(first.length);
  for (let i = 0; i < order.length; i++) order[i] = halves[2 * i]! % 2 ** INDEX_BITS;
  return order;
};

const compared = (first: Float64Array, second: Float64Array): Uint32Array =>
  Uint32Array.from(first.keys()).sort((a, b) => first[a]! - first[b]! || second[a]! - second[b]!);

/** Up to here inserting one by one is quicker than a general sort, which has to be called back and given a view. */
const FEW = 8;

const sortByName = (order: Uint32Array, from: number, to: number, names: readonly string[]): void => {
  if (to - from > FEW) return void order.subarray(from, to).sort((a, b) => (names[a]! < names[b]! ? -1 : 1));
  for (let next = from + 1; next < to; next++) {
    const one = order[next]!;
    let at = next;
    for (; at > from && names[order[at - 1]!]! > names[one]!; at--) order[at] = order[at - 1]!;
    order[at] = one;
  }
};

/**
 * Indices in ascending order of (first, second, name). Whole numbers of ordinary size (MHz below a million, MB below
 * sixteen million) are sorted as machine words; anything else is compared.
 */
export const ascendingOrder = (first: Float64Array, second: Float64Array, names: readonly string[]): Uint32Array => {
  assert(first.length === second.length && first.length === names.length, 'columns run in step');
  const fast = first.length < 2 ** INDEX_BITS && isWithin(first, FIRST_BITS) && isWithin(second, SECOND_BITS);
  const order = fast ? packedOrder(first, second) : compared(first, second);
  for (let from = 0; from < order.length;) {
    const at = order[from]!;
    let to = from + 1;
    while (to < order.length && first[order[to]!] === first[at] && second[order[to]!] === second[at]) to++;
    if (to > from + 1) sortByName(order, from, to, names);
    from = to;
  }
  return order;
};
