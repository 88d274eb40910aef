import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { getPeftModel, promptTuningConfig } from '@unmask/adapters';
import { loadModel, Tokenizer } from '@unmask/models';
import { type GenerationTask, getTask, type TaggedExample, type Task } from '@unmask/tasks';
import { selectBackend, tf } from '@unmask/tensor-core';
import { batchLoss } from './batch-loss.js';
import { checkAnswers, encodeExamples } from './encode.js';
import { limitsOf } from './limits.js';
import { collate, disposeBatch } from './text-batches.js';

const folderOf = (name: string) => fileURLToPath(new URL(`../../../models/fixtures/${name}`, import.meta.url));
const encode = async (model: string, task: Task, example: object, maxLength = 64) => {
  const tokenizer = await Tokenizer.load(folderOf(model));
  return { tokenizer, encoded: encodeExamples<Task>(task, tokenizer, [example as TaggedExample], { maxLength })[0] };
};

beforeAll(() => selectBackend('cpu'));

describe('encodeExamples', () => {
  test("a word's label stands at its first token; words that are cut off have no row", async () => {
    const words = ['the', 'extraordinarily', 'movie'];
    const { tokenizer, encoded } = await encode('tiny-bert', getTask('conll2003'), { words, label: [0, 3, 5] });
    const pieces = words.map((word) => tokenizer.encode(word, { addSpecialTokens: false }).ids.length);
    expect(pieces[1]).toBeGreaterThan(1);
    expect(encoded.labels).toEqual([0, 3, 5]);
    expect(encoded.rows).toEqual([1, 1 + pieces[0], 1 + pieces[0] + pieces[1]]);
    const { encoded: cut } = await encode('tiny-bert', getTask('conll2003'), { words, label: [0, 3, 5] }, 3);
    expect(cut.rows).toEqual([1, -1, -1]);
  });

  test('each token of an answer and its end token is the label of the token before it', async () => {
    const { tokenizer, encoded } = await encode('tiny-llama', getTask('svamp'), { prompt: 'Add 1 and 2.\n', target: 'it is 3', label: ['3'] });
    const [ids, start] = [Array.from(encoded.inputIds), tokenizer.encode('Add 1 and 2.\n').ids.length];
    expect(encoded.rows.map((row) => ids[row + 1])).toEqual(encoded.labels);
    expect(encoded.rows[0]).toBe(start - 1);
    expect(encoded.labels.at(-1)).toBe(tokenizer.specialTokens.eos?.id);
    expect(tokenizer.decode(encoded.labels, { skipSpecialTokens: true })).toBe('it is 3');
  });

  test.each([
    ['Word: ', 'they'],
    ['un', 'happy'],
    ['say "', 'yes"'],
    ['a\n', '\nb'],
  ])('an answer is trained as far as it goes where prompt %j and answer %j would share a token', async (prompt, target) => {
    for (const model of ['tiny-llama', 'tokenizers/gpt2', 'tokenizers/llama2']) {
      const { tokenizer, encoded } = await encode(model, getTask('svamp'), { prompt, target, label: ['x'] });
      const [ids, opening] = [Array.from(encoded.inputIds), tokenizer.encodePrompt(prompt)];
      expect(ids.slice(0, opening.length)).toEqual(opening);
      expect(encoded.labels).toEqual(ids.slice(opening.length));
      expect(encoded.labels.length).toBeGreaterThan(1);
    }
  });
});

describe('checkAnswers', () => {
  const examples = [{ prompt: 'Add 1 and 2 and 3 and 4 and 5.', target: '15', label: ['15'] }];

  test('refuses rows whose answers are all cut off, and says what helps', async () => {
    const tokenizer = await Tokenizer.load(folderOf('tiny-llama'));
    const task = getTask('svamp') as GenerationTask;
    const { length } = tokenizer.encodePrompt(examples[0].prompt);
    const check = (maxLength: number) => checkAnswers(task, tokenizer, examples, encodeExamples(task, tokenizer, examples, { maxLength }), maxLength);
    expect(() => check(length)).toThrow(`--max-length ${length} cuts off the answers of all 1 training rows: their prompts have ${length} tokens and more; give a larger --max-length, or shorten the prompts`);
    expect(() => check(length + 1)).not.toThrow();
  });

  test('what the model has no rows for is refused before it is trained on, and virtual tokens take positions', async () => {
    const tokenizer = await Tokenizer.load(folderOf('tiny-bert'));
    const base = await loadModel(folderOf('tiny-bert'), { head: { kind: 'classification', labels: 2 } });
    const limits = limitsOf(base);
    const encodeWithin = (words: number) => encodeExamples<Task>(getTask('sst2'), tokenizer, [{ texts: [Array<string>(words).fill('the').join(' ')], label: 0 }], { maxLength: 1000, limits });
    expect(encodeWithin(62)[0].inputIds).toHaveLength(64);
    expect(() => encodeWithin(63)).toThrow('a text of 65 tokens is longer than the 64 that the model has positions for: give --max-length 64, or less');
    const prompted = getPeftModel(base, promptTuningConfig({ num_virtual_tokens: 5 }));
    expect(limitsOf({ ...base, model: prompted })).toEqual({ ...limits, positions: 59 });
    prompted.dispose();
  });
});

test('the loss of words is the mean over their first tokens', () => {
  const encoded = [
    { inputIds: Int32Array.of(1, 2, 3), tokenTypeIds: new Int32Array(3), labels: [1, 0], rows: [0, 2] },
    { inputIds: Int32Array.of(1), tokenTypeIds: new Int32Array(1), labels: [0, 1], rows: [0, -1] },
  ];
  const batch = collate(encoded, [0, 1]);
  const logits = tf.tensor3d([[[1, 2], [9, -9], [3, 3]], [[0, 1], [-9, 9], [-9, 9]]]);
  const loss = batchLoss(getTask('conll2003'), logits, batch);
  const softplus = (x: number) => Math.log1p(Math.exp(x));
  expect(loss.dataSync()[0]).toBeCloseTo((softplus(-1) + Math.LN2 + softplus(1)) / 3, 5);
  tf.dispose([logits, loss]);
  disposeBatch(batch);
});
