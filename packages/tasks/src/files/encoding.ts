import { UnmaskError } from '@unmask/tensor-core';

/** Encodings of text files by the names that users give them, and those that TextDecoder knows. */
const ENCODINGS: Readonly<Record<string, string>> = { 'utf-8': 'utf-8', 'utf-16le': 'utf-16le', 'utf-16be': 'utf-16be', latin1: 'windows-1252' };

/** Names of the encodings. */
export const encodingNames: readonly string[] = Object.keys(ENCODINGS);

/** Marks at the start of a file by which it says that it is UTF-16. */
const MARKS: readonly (readonly [encoding: string, first: number, second: number])[] = [['utf-16le', 0xff, 0xfe], ['utf-16be', 0xfe, 0xff]];

/**
 * The bytes of a file as UTF-8, whatever it is written in.
 * @param given the name of its encoding; by its first bytes when left out, UTF-8 where they say nothing
 * @throws UnmaskError for a name that is not known
 */
export async function* asUtf8(blocks: AsyncIterable<Uint8Array>, given: string | undefined): AsyncGenerator<Uint8Array> {
  if (given !== undefined && !Object.hasOwn(ENCODINGS, given)) throw new UnmaskError(`the encoding ${JSON.stringify(given)} is not known: choose ${encodingNames.join(', ')} (--encoding)`);
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  const encoder = new TextEncoder();
  for await (const block of blocks) {
    if (isFirst) {
      const name = given ?? MARKS.find(([, first, second]) => block[0] === first && block[1] === second)?.[0] ?? 'utf-8';
      decoder = name === 'utf-8' ? undefined : new TextDecoder(ENCODINGS[name]);
      isFirst = false;
    }
    yield decoder ? encoder.encode(decoder.decode(block, { stream: true })) : block;
  }
  if (decoder) yield encoder.encode(decoder.decode());
}
