// Bytes as base64 text (RFC 4648), for packed telemetry inside JSON.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

const VALUE = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) VALUE[ALPHABET.charCodeAt(i)] = i;

const CODES = Uint8Array.from(ALPHABET, (c) => c.charCodeAt(0));
const PAD = '='.charCodeAt(0);
/** Bytes turned at once, a multiple of three: an engine takes some ten thousand arguments in one call. */
const CHUNK = 6144;

/** A plain array of codes, because engines spread typed arrays into arguments ten times as slowly. */
const chunkText = (bytes: Uint8Array, from: number, to: number): string => {
  const codes: number[] = [];
  for (let i = from; i < to; i += 3) {
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    const word = (bytes[i]! << 16) | ((b ?? 0) << 8) | (c ?? 0);
    codes.push(
      CODES[word >> 18]!,
      CODES[(word >> 12) & 63]!,
      b === undefined ? PAD : CODES[(word >> 6) & 63]!,
      c === undefined ? PAD : CODES[word & 63]!,
    );
  }
  return String.fromCharCode(...codes);
};

export const toBase64 = (bytes: Uint8Array): string => {
  let text = '';
  for (let from = 0; from < bytes.length; from += CHUNK) {
    text += chunkText(bytes, from, Math.min(bytes.length, from + CHUNK));
  }
  return text;
};

/** Null when the text is not base64. */
export const fromBase64 = (text: string): Uint8Array | null => {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let out = 0;
  for (let i = 0; i < text.length; i += 4) {
    let word = 0;
    for (let j = i; j < i + 4; j++) {
      const padded = j >= text.length - padding;
      const value = padded ? 0 : (VALUE[text.charCodeAt(j)] ?? -1);
      if (value < 0) return null;
      word = (word << 6) | value;
    }
    if (out < bytes.length) bytes[out++] = word >> 16;
    if (out < bytes.length) bytes[out++] = (word >> 8) & 255;
    if (out < bytes.length) bytes[out++] = word & 255;
  }
  return bytes;
};
