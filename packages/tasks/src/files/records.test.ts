import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type Dialect, Records } from './records.js';

const DIALECTS: readonly Dialect[] = [{ delimiter: ',', quotes: true }, { delimiter: '\t', quotes: false }];

/** The records of a text, or null for one that is none. */
function ours(lines: readonly string[], dialect: Dialect): string[][] | null {
  const records = new Records(dialect);
  try {
    const found = lines.flatMap((line) => [records.add(line) ?? []]).filter((record) => record.length > 0);
    return records.isOpen ? null : found;
  } catch {
    return null;
  }
}

function theirs(lines: readonly string[], { delimiter, quotes }: Dialect): string[][] | null {
  try {
    return parse(lines.map((line) => `${line}\n`).join(''), { delimiter, quote: quotes && '"', record_delimiter: '\n', relax_column_count: true });
  } catch {
    return null;
  }
}

test('records are those of csv-parse', () => {
  const line = fc.oneof(fc.array(fc.constantFrom('"', '""', ',', '\t', 'a', ' ', '"b"', '"c,d"'), { maxLength: 8 }).map((parts) => parts.join('')), fc.string().map((text) => text.replaceAll('\n', '')));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), fc.constantFrom(...DIALECTS), (lines, dialect) => {
      expect(ours(lines, dialect)).toEqual(theirs(lines, dialect));
    }),
    { numRuns: 1000 },
  );
});

test('a quotation mark that is never closed does not take the rest of a large file', () => {
  const records = new Records(DIALECTS[0]);
  const line = 'x'.repeat(1000);
  expect(() => {
    records.add(`"${line}`);
    for (let count = 0; count < 2000; count++) records.add(line);
  }).toThrow('more than 1000000 characters');
});
