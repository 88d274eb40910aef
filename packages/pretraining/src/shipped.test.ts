import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { generateText, generateTexts, type LanguageModel, loadLanguageModel } from '@unmask/models';
import { type GenerationExample, getTask, synthesizeSplit } from '@unmask/tasks';
import { Random, selectBackend } from '@unmask/tensor-core';
import { drawText } from './corpus/index.js';
import { drawEquation } from './corpus/equations.js';
import { perplexityOf } from './perplexity.js';

const FOLDER = resolve(import.meta.dirname, '../../../apps/reproduce/models/tiny-lm');

/** Texts that no training has seen. */
const fresh = (count: number) => {
  const random = new Random('fresh texts of a test');
  return Array.from({ length: count }, () => drawText(random));
};
const prompts = (synthesizeSplit(getTask('math_joint'), 'train', { seed: 'prompts of a test', count: 40 }) as GenerationExample[]).map(({ prompt }) => prompt);

describe('the tiny language model that comes with the app', () => {
  let language: LanguageModel;
  beforeAll(async () => {
    await selectBackend('onnxruntime');
    language = await loadLanguageModel(FOLDER);
  });
  afterAll(() => language.model.dispose());

  test('is small', async () => {
    expect((await stat(join(FOLDER, 'model.safetensors'))).size).toBeLessThan(3e6);
  });

  test('its tokenizer gives each text back, and knows the words of the problems', () => {
    const { tokenizer } = language;
    for (const text of [...fresh(50), ...prompts, 'Zoë paid 5 €.']) expect(tokenizer.decode(tokenizer.encode(text).ids, { skipSpecialTokens: true })).toBe(text);
    const words = prompts.join(' ').match(/[A-Za-z]+|\d|[^A-Za-z\d\s]+|\n+/g)!.length;
    const tokens = prompts.reduce((sum, prompt) => sum + tokenizer.encode(prompt).ids.length, 0);
    expect(tokens / words).toBeLessThan(1.25);
  });

  test('it knows texts like those that it was trained on, and no others', () => {
    const perplexity = perplexityOf(language, fresh(40));
    expect(perplexity).toBeLessThan(4);
    const shuffled = fresh(40).map((text) => new Random(text).shuffle(text.split(' ')).join(' '));
    expect(perplexityOf(language, shuffled)).toBeGreaterThan(10 * perplexity);
  });

  test('it knows sums and differences', async () => {
    const random = new Random('sums of a test');
    const equations = Array.from({ length: 60 }, (_, index) => drawEquation(random, index % 2 === 0 ? '+' : '-'));
    const texts = await generateTexts(language, equations.map(({ left, sign, right }) => `2 + 3 = 5. ${left} ${sign} ${right} =`), { maxNewTokens: 4 });
    const right = texts.filter((text, index) => parseInt(text, 10) === equations[index].result);
    expect(right.length).toBeGreaterThan(54);
  });

  test('many prompts at once give the texts of one after the other', async () => {
    const texts = await generateTexts(language, prompts, { maxNewTokens: 12 });
    for (const [index, prompt] of prompts.entries()) expect(texts[index]).toBe((await generateText(language, prompt, { maxNewTokens: 12 })).text);
  });
});
