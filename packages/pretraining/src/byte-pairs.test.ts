import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Tokenizer } from '@unmask/models';
import { learnBytePairs } from './byte-pairs.js';
import { SPECIAL_TOKENS, tokenizerFiles } from './tokenizer-files.js';

test('the most frequent pair is joined first, of equally frequent ones the first in the alphabet', () => {
  const { merges, tokens } = learnBytePairs(['abab abab', 'xy', 'cd'], 256 + 4, []);
  expect(merges).toEqual([['a', 'b'], ['ab', 'ab'], ['c', 'd'], ['x', 'y']]);
  expect(tokens).toHaveLength(256 + 4);
  expect(tokens.slice(-4)).toEqual(['ab', 'abab', 'cd', 'xy']);
});

test('digits are joined with nothing, and learning stops when each word is one token', () => {
  const { merges } = learnBytePairs(['12 120 a12', ' a a'], 1000, []);
  expect(merges).toEqual([['Ġ', 'a']]);
});

describe('the files', () => {
  const texts = ['Ada has 12 pears.\nOnce more: 12 pears!', "It's 7 - 3 = 4."];
  let folder: string;
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
    for (const [name, content] of Object.entries(tokenizerFiles(learnBytePairs(texts, 400, SPECIAL_TOKENS)))) await writeFile(join(folder, name), JSON.stringify(content));
    tokenizer = await Tokenizer.load(folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('are a tokenizer that gives each text back, also of characters that it never saw', () => {
    for (const text of [...texts, 'Zoë: 5 €, 東京\t 🎲']) expect(tokenizer.decode(tokenizer.encode(text).ids, { skipSpecialTokens: true })).toBe(text);
  });

  test('a text begins with <s>; known words are one token, digits one each', () => {
    const { ids } = tokenizer.encode('Ada has 12 pears');
    expect(ids.map((id) => tokenizer.decode([id]))).toEqual(['<s>', 'Ada', ' has', ' ', '1', '2', ' pears']);
    expect(tokenizer.specialTokens).toMatchObject({ bos: { id: 1 }, eos: { id: 2 }, pad: { id: 0 } });
  });
});
