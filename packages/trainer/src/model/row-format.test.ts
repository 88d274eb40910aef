import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { Cell, Json } from '@unmask/tasks';
import { formatRows, type PredictedRow, type RowFormat, rowFormatOf } from './index.js';

async function formatted(rows: PredictedRow[], format: RowFormat): Promise<string> {
  let text = '';
  for await (const line of formatRows(Readable.from(rows) as AsyncIterable<PredictedRow>, format)) text += line;
  return text;
}

const rowOf = (fields: Record<string, unknown>) => new Map(Object.entries(fields));

const rows: PredictedRow[] = [
  { row: rowOf({ id: 1, body: new Cell('a, "b"\nc'), extra: null }), prediction: 'x', probability: 0.75 },
  { row: rowOf({ id: 2, body: new Cell('d'), extra: ['e', 1] }), prediction: 'y, z', probability: 0.5 },
];
const tagged: PredictedRow[] = [
  { row: rowOf({ words: 'a b' }), prediction: ['O', 'B-X'] },
  { row: rowOf({ words: 'a b' }), prediction: ['O', null] },
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

  test('values of a file come out as they stand, in their order', async () => {
    const row = new Map<string, unknown>([['2024', 'x'], ['id', new Json('1580661436132757506')], ['10', new Json('0.10')], ['list', new Json('[1,\n 2]')], ['none', new Json('null')], ['text', '=1+1\u001b']]);
    expect(await formatted([{ row, prediction: 'a' }], 'jsonl')).toBe('{"2024":"x","id":1580661436132757506,"10":0.10,"list":[1,  2],"none":null,"text":"=1+1\\u001b","prediction":"a"}\n');
    expect(await formatted([{ row, prediction: 'a' }], 'csv')).toBe('2024,id,10,list,none,text,prediction\nx,1580661436132757506,0.10,"[1,  2]",,=1+1\u001b,a\n');
  });

  test('a row without a text has an empty answer', async () => {
    const empty = [rows[0], { row: rows[1].row, prediction: null, probability: null }];
    expect(await formatted(empty, 'csv')).toMatch(/2,d,"\[""e"",1\]",,\n$/);
    expect(await formatted(empty, 'jsonl')).toContain('"prediction":null,"probability":null}');
    expect(await formatted([{ row: new Map(), prediction: null }], 'plain')).toBe('\n');
  });

  test('what a model writes does nothing to spreadsheets and terminals', async () => {
    const answers = ['=cmd|x', '-5', '+a', '@x', '\u001b[31mred', 'x\u202ey', 'two\nlines'].map((prediction): PredictedRow => ({ row: new Map(), prediction }));
    expect(await formatted(answers, 'csv')).toBe(`prediction\n'=cmd|x\n-5\n'+a\n'@x\n\\u001b[31mred\nx\\u202ey\n"two\nlines"\n`);
    expect(await formatted(answers.slice(4, 6), 'plain')).toBe('\\u001b[31mred\nx\\u202ey\n');
    expect((await formatted(answers, 'jsonl')).trim().split('\n').map((line) => (JSON.parse(line) as { prediction: string }).prediction)).toEqual(answers.map(({ prediction }) => prediction));
    expect(await formatted(answers, 'jsonl')).not.toMatch(/[\u001b\u202e]/);
  });

  test('tags in CSV are a text, unless one is missing', async () => {
    expect(await formatted(tagged, 'csv')).toBe('words,prediction\na b,O B-X\na b,"[""O"",null]"\n');
  });

  test('plain: answers alone', async () => {
    expect(await formatted([...rows, ...tagged], 'plain')).toBe('x\t0.75\ny, z\t0.5\nO B-X\nO ?\n');
  });

  test('refuses what would be written over, and in CSV other columns', async () => {
    await expect(formatted([{ row: rowOf({ prediction: 'old' }), prediction: 'new' }], 'jsonl')).rejects.toThrow('the rows have a column "prediction" already: rename it');
    const other = [rows[0], { row: rowOf({ id: 3 }), prediction: 'x', probability: 1 }];
    await expect(formatted(other, 'csv')).rejects.toThrow('the rows have different columns, which CSV cannot hold');
    expect(await formatted(other, 'jsonl')).toContain('{"id":3,');
  });
});

test('rowFormatOf goes by the extension', () => {
  expect([rowFormatOf('a/b.csv'), rowFormatOf('b.JSONL')]).toEqual(['csv', 'jsonl']);
  expect(() => rowFormatOf('b.xlsx')).toThrow('predictions are written as .csv or .jsonl');
});
