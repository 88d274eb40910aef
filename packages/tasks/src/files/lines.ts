import { createReadStream } from 'node:fs';

/** A line of a file, without its line end. */
export interface Line {
  /** From 1. */
  readonly number: number;
  readonly bytes: Buffer;
  /** True when only the first `maximumBytes` and a little more were read; nothing follows such a line. */
  readonly tooLong: boolean;
}

/** The lines of a file, read as they are asked for. At most `maximumBytes` and one chunk of 64 KiB are held at a time. */
export async function* readLines(path: string, maximumBytes: number): AsyncGenerator<Line> {
  let rest: Buffer = Buffer.alloc(0);
  let number = 1;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end; (end = rest.indexOf(0x0a, start)) >= 0; start = end + 1) {
      yield { number: number++, bytes: rest.subarray(start, end), tooLong: end - start > maximumBytes };
    }
    rest = rest.subarray(start);
    if (rest.length > maximumBytes) {
      yield { number, bytes: rest, tooLong: true };
      return;
    }
  }
  if (rest.length > 0) yield { number, bytes: rest, tooLong: false };
}
