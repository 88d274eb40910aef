import type { FileOptions } from './located-row.js';
import { type Line, readLines } from './lines.js';
import { RowError } from '../row.js';

/** No row of a task is near this size; a longer line is another kind of file. */
const MAXIMUM_BYTES = 1_000_000;

/** A line of a text file. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Its text, without its line end. @throws RowError when it is too long, or not UTF-8 */
  readonly text: () => string;
  /** Whether nothing but blanks and tabs are in it. */
  readonly isBlank: boolean;
}

/** The lines of a text file, read as they are asked for; nothing follows one that is too long. */
export async function* readTextLines(path: string, options: FileOptions): AsyncGenerator<TextLine> {
  for await (const line of readLines(path, MAXIMUM_BYTES, options)) yield { number: line.number, text: () => decode(line), isBlank: line.bytes.every(isBlank) };
}

/** Whether a byte is a blank, a tab or of a line end. */
const isBlank = (byte: number) => byte === 0x20 || byte === 0x09 || byte === 0x0d;

function decode({ number, bytes, tooLong }: Line): string {
  if (tooLong) throw new RowError(`is longer than ${MAXIMUM_BYTES} bytes; write one row a line`);
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: number > 1 }).decode(bytes); // a mark at the start of the file goes
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  } catch {
    throw new RowError('is not valid UTF-8; save the file as UTF-8, or say what it is (--encoding latin1, utf-16le or utf-16be)');
  }
}
