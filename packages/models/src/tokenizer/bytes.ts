/** Bytes that stand for themselves among the characters of byte-level tokenizers; the others follow from U+0100 on. */
const isVisible = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);

const characters: string[] = [];
let hidden = 0x100;
for (let byte = 0; byte < 256; byte++) characters.push(String.fromCharCode(isVisible(byte) ? byte : hidden++));

/** The character of each byte (GPT-2, bytes_to_unicode). */
const BYTE_CHARACTERS: readonly string[] = characters;

/** The byte of each of these characters. */
const CHARACTER_BYTES: ReadonlyMap<string, number> = new Map(characters.map((character, byte) => [character, byte]));

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT_DECODER = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** The UTF-8 bytes of a text. */
export const bytesOf = (text: string): Uint8Array => ENCODER.encode(text);

/** The text of UTF-8 bytes, U+FFFD for what is none. */
export const textOf = (bytes: Uint8Array): string => DECODER.decode(bytes);

/** The text of UTF-8 bytes; undefined when they are not UTF-8 throughout. */
export function wholeTextOf(bytes: Uint8Array): string | undefined {
  try {
    return STRICT_DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A text with a character for each of its bytes. */
export function toByteCharacters(text: string): string {
  let written = '';
  for (const byte of bytesOf(text)) written += BYTE_CHARACTERS[byte];
  return written;
}

/** The bytes that characters stand for; undefined when one of them stands for none. */
export function fromByteCharacters(text: string): number[] | undefined {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = CHARACTER_BYTES.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return bytes;
}
