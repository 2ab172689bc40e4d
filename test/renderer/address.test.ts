// The window's address holds what was chosen and nothing is lost on the way back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAddress, writeAddress, type Choice } from '../../renderer/session/address.ts';
import { PLACES } from '../../renderer/session/places.ts';

const at = fc.record({
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  seq: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: null }),
});
const choice: fc.Arbitrary<Choice> = fc.record({
  place: fc.constantFrom(...PLACES.map((p) => p.id)),
  timeline: fc.string({ minLength: 1 }),
  at: fc.option(at, { nil: null }),
  selection: fc.option(fc.string({ minLength: 1 }), { nil: null }),
  against: fc.option(fc.record({ timeline: fc.string({ minLength: 1 }), at: fc.option(at, { nil: null }) }), {
    nil: null,
  }),
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(choice, (c) => {
      expect(readAddress(writeAddress(c))).toEqual(c);
    }),
  );
});

test('an address from elsewhere names nothing rather than something wrong', () => {
  const nothing = { place: null, timeline: null, at: null, selection: null, against: null };
  expect(readAddress('')).toEqual(nothing);
  expect(readAddress('#/no-such-place?at=2026-02-30T00:00:00Z')).toEqual(nothing);
});
