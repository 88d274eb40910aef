import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { checkEncoding, tokenLimits, Tokenizer } from './index.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const configOf = async (fixture: string) => JSON.parse(await readFile(`${FIXTURES}${fixture}/config.json`, 'utf8')) as Record<string, unknown>;
const tokenizer = await Tokenizer.load(`${FIXTURES}tiny-bert`);

test.each([
  ['tiny-bert', { words: 86, segments: 2, positions: 64 }],
  ['tiny-roberta', { words: 86, segments: Infinity, positions: 62 }],
  ['tiny-electra', { words: 86, segments: 2, positions: 64 }],
  ['tiny-distilbert', { words: 86, segments: Infinity, positions: 64 }],
  ['tiny-gpt2', { words: 86, segments: Infinity, positions: 64 }],
  ['tiny-llama', { words: 86, segments: Infinity, positions: Infinity }],
])('%s has rows for %j', async (fixture, limits) => {
  expect(tokenLimits(await configOf(fixture))).toEqual(limits);
});

test('DeBERTa has positions and segments where its configuration gives it tables of them', async () => {
  const config = { ...(await configOf('tiny-deberta-v2')), max_position_embeddings: 64 };
  expect(tokenLimits({ ...config, position_biased_input: false, type_vocab_size: 0 })).toMatchObject({ segments: Infinity, positions: Infinity });
  expect(tokenLimits({ ...config, position_biased_input: true, type_vocab_size: 1 })).toMatchObject({ segments: 1, positions: 64 });
});

test.each([
  [[2, 86, 3], [0, 0, 0], 'the tokenizer gives the token "" the id 86, but the model\'s table of words has 86 rows: take the tokenizer that belongs to the model'],
  [[2, 5, 3], [0, 0, 1], 'a pair of texts has segments 0 and 1, but the model\'s "type_vocab_size" is 1: give one text a row'],
  [[2, 5, 5, 5, 3], [0, 0, 0, 0, 0], 'a text of 5 tokens is longer than the 4 that the model has positions for: give --max-length 4, or less'],
])('%j of segments %j is refused', (ids, types, message) => {
  expect(() => checkEncoding({ ids, types }, { words: 86, segments: 1, positions: 4 }, tokenizer)).toThrow(message);
});

test('what the tables have rows for passes', () => {
  expect(() => checkEncoding({ ids: [2, 85, 3], types: [0, 1, 1] }, { words: 86, segments: 2, positions: 3 }, tokenizer)).not.toThrow();
});
