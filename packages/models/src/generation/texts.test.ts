import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { tf } from '@unmask/tensor-core';
import { describeEngines } from '@unmask/testing';
import { generate, generateText, generateTexts, type LanguageModel, loadLanguageModel } from '../index.js';

const FOLDER = fileURLToPath(new URL('../../fixtures/tiny-llama', import.meta.url));
const PROMPTS = ['the cat', 'a dog sat on the mat', 'one', 'the', 'the cat sat', 'two cats and a dog', 'cat'];

describeEngines('generateTexts', () => {
  let language: LanguageModel;
  let tensors: number;
  beforeEach(async () => {
    language = await loadLanguageModel(FOLDER);
    tensors = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors);
    language.model.dispose();
  });

  const oneByOne = async (model: LanguageModel, maxNewTokens: number) => {
    const texts: string[] = [];
    for (const prompt of PROMPTS) texts.push((await generateText(model, prompt, { maxNewTokens })).text);
    return texts;
  };

  test.each([1, 3, 32])('in batches of %d the texts are those of one prompt after the other', async (batchSize) => {
    const done: number[] = [];
    const texts = await generateTexts(language, PROMPTS, { maxNewTokens: 12, batchSize, onProgress: (count) => done.push(count) });
    expect(texts).toEqual(await oneByOne(language, 12));
    expect(done.at(-1)).toBe(PROMPTS.length);
    expect(done).toHaveLength(Math.ceil(PROMPTS.length / batchSize));
  });

  test('some end early, at an end token or at the last position', async () => {
    const { ids } = language.tokenizer.encode(PROMPTS[1]);
    const [{ tokens }] = await generate(language.model, [ids], { maxNewTokens: 12 });
    const ending = { ...language, generation: { eosIds: [tokens[4]], maxPositions: ids.length + 3 } };
    const texts = await generateTexts(ending, PROMPTS, { maxNewTokens: 12 });
    expect(texts).toEqual(await oneByOne(ending, 12));
    expect(texts).not.toEqual(await generateTexts(language, PROMPTS, { maxNewTokens: 12 }));
  });

  test('a prompt that leaves no room is refused', async () => {
    const small = { ...language, generation: { eosIds: [], maxPositions: 3 } };
    await expect(generateTexts(small, PROMPTS, { maxNewTokens: 2 })).rejects.toThrow("leaves no room in the model's 3 positions: shorten it");
  });
});
