import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { Tokenizer } from './index.js';

const FOLDER = fileURLToPath(new URL('../fixtures/tiny-bert', import.meta.url));

test('token ids equal those of HF tokenizers, truncated pairs among them', async () => {
  interface Golden {
    texts: ([string] | [string, string])[];
    maxLength: Record<string, { ids: number[]; types: number[] }[]>;
  }
  const { texts, maxLength } = JSON.parse(await readFile(`${FOLDER}/tokens.json`, 'utf8')) as Golden;
  const tokenizer = await Tokenizer.load(FOLDER);
  for (const [length, rows] of Object.entries(maxLength)) {
    texts.forEach((text, index) => {
      const { inputIds, tokenTypeIds } = tokenizer.encodeBatch([text], { maxLength: Number(length) });
      expect({ text, ids: [...inputIds], types: [...tokenTypeIds] }).toEqual({ text, ...rows[index] });
    });
  }
  const batch = tokenizer.encodeBatch(texts, { maxLength: 64 });
  const longest = Math.max(...maxLength['64'].map(({ ids }) => ids.length));
  expect([batch.rows, batch.columns]).toEqual([texts.length, longest]);
  maxLength['64'].forEach(({ ids }, row) => {
    expect([...batch.inputIds.subarray(row * longest, (row + 1) * longest)]).toEqual([...ids, ...new Array<number>(longest - ids.length).fill(0)]);
    expect(batch.attentionMask.subarray(row * longest, (row + 1) * longest).reduce((sum, value) => sum + value, 0)).toBe(ids.length);
  });
  expect(() => tokenizer.encodeBatch([['a', 'b']], { maxLength: 2 })).toThrow('a maximum length of 2 does not hold the 3 special tokens');
});
