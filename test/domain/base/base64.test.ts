// base64 agrees with Node's own coder for every length, and refuses what is not base64.
import { expect, test } from 'vitest';
import { fromBase64, toBase64 } from '../../../domain/base/base64.ts';

test('bytes of every length up to 300 make the round trip and read as Node writes them', () => {
  for (let n = 0; n < 300; n++) {
    const bytes = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  }
});

test.each(['A', 'AB=', 'A===', 'AB=C', 'a b=', 'ÄÄÄÄ'])('%j is refused', (text) => {
  expect(fromBase64(text)).toBeNull();
});
