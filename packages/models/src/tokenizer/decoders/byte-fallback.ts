import { wholeTextOf } from '../bytes.js';

/** Joins the bytes of tokens such as <0x41>; a run that is no valid UTF-8 becomes one U+FFFD a byte (HF tokenizers, ByteFallback). */
export function byteFallback(tokens: readonly string[]): string[] {
  const joined: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length > 0) joined.push(wholeTextOf(Uint8Array.from(bytes)) ?? '\uFFFD'.repeat(bytes.length));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
    if (byte) {
      bytes.push(parseInt(byte[1], 16));
    } else {
      flush();
      joined.push(token);
    }
  }
  flush();
  return joined;
}
