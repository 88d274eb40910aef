import { expect, test } from '@jest/globals';
import { readUserData, type Rows } from '../index.js';

const columns = { texts: ['body'], label: 'topic' };
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

async function* oneByOne<T>(rows: readonly T[]): AsyncGenerator<T> {
  for (const row of rows) yield await Promise.resolve(row);
}

test.each([
  ['texts', ['pos', 'neg', 'pos']],
  ['whole numbers', [10, 9, 10]],
  ['numbers', [0.5, 1.5, 2]],
  ['truth values', [true, false, true]],
  ['lists', [['O', 'B'], ['O', 'O'], ['B', 'O']]],
])('rows with %s are the same in memory, one by one and in a file', async (_, labels) => {
  const rows = labels.map((topic, index) => ({ body: `text ${index}`, topic }));
  const file = await readUserData(new File([lines(rows)], 'x.jsonl'), columns);
  expect(await readUserData(rows, columns)).toEqual(file);
  expect(await readUserData(oneByOne(rows), columns)).toEqual(file);
});

test('no more rows than wanted are asked for', async () => {
  const endless = (function* () {
    for (let number = 0; ; number++) yield { body: `text ${number}`, topic: number % 2 };
  })();
  expect((await readUserData(endless, columns, { limit: 6 })).examples).toHaveLength(6);
});

test.each<[string, Rows, string]>([
  ['rows without a column', [{ body: 'a', topic: 'x' }, { body: 'b', topik: 'y' }], 'data, row 2, has no field "topic"; its fields are body, topik; did you mean "topik"?'],
  ['rows that are none', JSON.parse('[{ "body": "a", "topic": "x" }, "b"]') as Rows, 'data, row 2, is "b"; give an object of columns and values'],
  ['no rows', [], 'data has no rows'],
  ['a file of another kind', new File(['a'], 'x.xlsx'), 'data is read from .jsonl'],
  ['a file with a row that does not fit', new File(['body,topic\na\n'], 'x.csv'), 'x.csv:2 has 1 cells'],
])('%s are refused', async (_, rows, message) => {
  await expect(readUserData(rows, columns)).rejects.toThrow(message);
});
