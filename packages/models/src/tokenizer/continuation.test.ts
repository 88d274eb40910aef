import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Tokenizer } from './tokenizer.js';
import { encodeAfter } from './continuation.js';

const folderOf = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const piece = fc.oneof(fc.constantFrom('Word:', ' ', '\n', '"', '  ', 'un', 'happy', 'they', '1', '23', "'s", '\t', 'é'), fc.string({ unit: 'grapheme-ascii', maxLength: 5 }));
const text = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')).filter((each) => each.trim() !== '');

describe.each(['tokenizers/gpt2', 'tokenizers/llama2', 'tokenizers/llama3', 'tokenizers/mistral', 'tokenizers/qwen2', 'tokenizers/smollm2'])('%s', (name) => {
  test('prompt and answer read as the two texts together, and the prompt has the ids that it has alone', async () => {
    const tokenizer = await Tokenizer.load(folderOf(name));
    const decode = (ids: readonly number[]) => tokenizer.decode(ids, { skipSpecialTokens: true });
    fc.assert(
      fc.property(text, text, (prompt, answer) => {
        const [opening, rest] = [tokenizer.encodePrompt(prompt), tokenizer.encodeAnswer(prompt, answer)];
        expect(rest.length).toBeGreaterThan(0);
        expect(decode([...opening, ...rest])).toBe(decode(tokenizer.encodePrompt(prompt + answer)));
      }),
      { numRuns: 200 },
    );
  });
});

test('the special tokens behind a text are none of a prompt', async () => {
  const bert = await Tokenizer.load(folderOf('tiny-bert'));
  expect(bert.encodePrompt('the cat')).toEqual(bert.encode('the cat').ids.slice(0, -1));
});

test('where no way of writing it reads the same, the answer has the ids that it has alone', () => {
  const lengths = (each: string) => (each === '' ? [] : [each.length]);
  expect(encodeAfter('ab', 'c', lengths, (ids) => ids.join())).toEqual([1]);
});
