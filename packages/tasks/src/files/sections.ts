import { RowError } from '../row.js';
import type { FileOptions, LocatedRow } from './located-row.js';
import { readTextLines } from './text-lines.js';

/** Characters from which a section ends with its paragraph. */
const SECTION = 4000;

/** Plain text as rows with a field `text`: whole paragraphs, those that stand together in one row, blank lines between them. */
export async function* readSections(path: string, _: number, options: FileOptions): AsyncGenerator<LocatedRow> {
  let lines: string[] = [];
  let [length, first] = [0, 1];
  const section = (): LocatedRow => {
    const text = lines.join('\n').trim();
    const place = `:${first}`;
    [lines, length] = [[], 0];
    return { place, read: () => new Map([['text', text]]) };
  };
  for await (const { number, text, isBlank } of readTextLines(path, options)) {
    if (length > SECTION && isBlank) yield section();
    if (lines.length === 0) {
      if (isBlank) continue;
      first = number;
    }
    try {
      const line = text();
      lines.push(line);
      length += line.length;
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      yield { place: `:${number}`, read: () => { throw error; } };
    }
  }
  if (lines.length > 0) yield section();
}
