import { blocksOf, openSource } from '@unmask/tensor-core';
import { asUtf8 } from './encoding.js';
import type { FileOptions } from './located-row.js';

/** A line of a file, without its line end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
  /** True when only the first `maximumBytes` and a little more were read; nothing follows such a line. */
  readonly tooLong: boolean;
}

const LINE_END = 0x0a;

/** The lines of a file, read as they are asked for. At most `maximumBytes` and one block of a few megabytes are held at a time. */
export async function* readLines(path: string, maximumBytes: number, { encoding }: FileOptions): AsyncGenerator<Line> {
  const source = await openSource(path);
  try {
    let rest = new Uint8Array(0);
    let number = 1;
    for await (const block of asUtf8(blocksOf(source), encoding)) {
      const bytes = new Uint8Array(rest.length + block.length);
      bytes.set(rest);
      bytes.set(block, rest.length);
      let start = 0;
      for (let end; (end = bytes.indexOf(LINE_END, start)) >= 0; start = end + 1) {
        yield { number: number++, bytes: bytes.subarray(start, end), tooLong: end - start > maximumBytes };
      }
      rest = bytes.subarray(start);
      if (rest.length > maximumBytes) {
        yield { number, bytes: rest, tooLong: true };
        return;
      }
    }
    if (rest.length > 0) yield { number, bytes: rest, tooLong: false };
  } finally {
    await source.close();
  }
}
