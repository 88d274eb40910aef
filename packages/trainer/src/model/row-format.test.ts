import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { Cell } from '@unmask/tasks';
import { formatRows, type PredictedRow, type RowFormat, rowFormatOf } from './index.js';

async function formatted(rows: PredictedRow[], format: RowFormat): Promise<string> {
  let text = '';
  for await (const line of formatRows(Readable.from(rows) as AsyncIterable<PredictedRow>, format)) text += line;
  return text;
}

const rows: PredictedRow[] = [
  { row: { id: 1, body: new Cell('a, "b"\nc'), extra: null }, prediction: 'x', probability: 0.75 },
  { row: { id: 2, body: new Cell('d'), extra: ['e', 1] }, prediction: 'y, z', probability: 0.5 },
];
const tagged: PredictedRow[] = [
  { row: { words: 'a b' }, prediction: ['O', 'B-X'] },
  { row: { words: 'a b' }, prediction: ['O', null] },
];

describe('formatRows', () => {
  test('CSV: the columns in their order, then the answer, quoted where need be', async () => {
    expect(await formatted(rows, 'csv')).toBe('id,body,extra,prediction,probability\n1,"a, ""b""\nc",,x,0.75\n2,d,"[""e"",1]","y, z",0.5\n');
  });

  test('JSON Lines: values as they are', async () => {
    expect((await formatted(rows, 'jsonl')).trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      { id: 1, body: 'a, "b"\nc', extra: null, prediction: 'x', probability: 0.75 },
      { id: 2, body: 'd', extra: ['e', 1], prediction: 'y, z', probability: 0.5 },
    ]);
  });

  test('tags in CSV are a text, unless one is missing', async () => {
    expect(await formatted(tagged, 'csv')).toBe('words,prediction\na b,O B-X\na b,"[""O"",null]"\n');
  });

  test('plain: answers alone', async () => {
    expect(await formatted([...rows, ...tagged], 'plain')).toBe('x\t0.75\ny, z\t0.5\nO B-X\nO ?\n');
  });

  test('refuses what would be written over, and in CSV other columns', async () => {
    await expect(formatted([{ row: { prediction: 'old' }, prediction: 'new' }], 'jsonl')).rejects.toThrow('the rows have a column "prediction" already: rename it');
    const other = [rows[0], { row: { id: 3 }, prediction: 'x', probability: 1 }];
    await expect(formatted(other, 'csv')).rejects.toThrow('the rows have different columns, which CSV cannot hold');
    expect(await formatted(other, 'jsonl')).toContain('{"id":3,');
  });
});

test('rowFormatOf goes by the extension', () => {
  expect([rowFormatOf('a/b.csv'), rowFormatOf('b.JSONL')]).toEqual(['csv', 'jsonl']);
  expect(() => rowFormatOf('b.xlsx')).toThrow('predictions are written as .csv or .jsonl');
});
