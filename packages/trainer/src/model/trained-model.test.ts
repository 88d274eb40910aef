import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { UserInput } from '@unmask/tasks';
import { Tokenizer } from '@unmask/models';
import { selectBackend, tf } from '@unmask/tensor-core';
import { DEFAULT_TRAINING } from '../settings.js';
import { evaluateModel, loadTrainedModel, mergeModel, predictRows } from './index.js';
import { trainModel } from './train-model.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../../models/fixtures/${name}`, import.meta.url));

let folder: string;
const path = (name: string) => join(folder, name);
beforeAll(() => selectBackend('onnxruntime'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Trains for two steps on twenty rows, and leaves the model in `model`. */
async function trained(model: string, label: (row: number) => string, method = 'id3'): Promise<void> {
  await writeFile(path('rows.csv'), ['text,label', ...Array.from({ length: 20 }, (_, row) => `the cat ${row},${label(row)}`)].join('\n'));
  const settings = { ...DEFAULT_TRAINING, model, method, seed: 1, budget: 50, learningRate: 1e-3, epochs: null, maxSteps: 2, maxLength: 16 };
  await trainModel({ data: path('rows.csv'), columns: { texts: ['text'], label: 'label' }, holdOut: 0.2, maxNewTokens: 3, settings, overwrite: false }, { out: path('model'), backend: 'onnxruntime' });
}
const classes = (row: number) => (row % 2 ? 'a' : 'b');

describe('a trained model', () => {
  test('answers a stream, reading no further ahead than it must, and leaves no tensor', async () => {
    await trained(fixture('tiny-bert'), classes);
    const { numTensors } = tf.memory();
    const model = await loadTrainedModel(path('model'));
    let read = 0;
    const endless = (async function* (): AsyncGenerator<UserInput> {
      for (;;) {
        await Promise.resolve();
        yield { row: new Map([['n', read++]]), example: { texts: [`the cat ${read}`], label: 0 } };
      }
    })();
    const numbers: unknown[] = [];
    for await (const { row, probability } of predictRows(model, endless, 2)) {
      numbers.push(row.get('n'));
      expect(probability).toBeGreaterThanOrEqual(0.5);
      if (numbers.length === 40) break;
    }
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(read).toBe(64); // two times sixteen batches
    model.model.dispose();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test('is measured with a table of which class was taken for which', async () => {
    await trained(fixture('tiny-bert'), classes);
    const model = await loadTrainedModel(path('model'));
    const { examples, confusion, metrics } = await evaluateModel(model, path('rows.csv'));
    model.model.dispose();
    expect(confusion!.labels).toEqual(['a', 'b']);
    expect(confusion!.counts.map(([one, other]) => one + other)).toEqual([10, 10]);
    expect((confusion!.counts[0][0] + confusion!.counts[1][1]) / examples).toBeCloseTo(metrics.accuracy, 12);
  });

  test('merged, is a checkpoint that names the classes', async () => {
    await trained(fixture('tiny-bert'), classes);
    await mergeModel(path('model'), path('merged'));
    expect(JSON.parse(await readFile(path('merged/config.json'), 'utf8'))).toMatchObject({ architectures: ['BertForSequenceClassification'], id2label: { 0: 'a', 1: 'b' }, label2id: { a: 0, b: 1 } });
    await expect(mergeModel(path('model'), path('merged'))).rejects.toThrow('is there already, and not an empty folder');
  });

  test('of a decoder without a bias in its head, keeps the scale of its scores when merged', async () => {
    await trained(fixture('tiny-llama'), (row) => `${100 + row / 2}`);
    const { scale } = await mergeModel(path('model'), path('merged'));
    expect(scale!.mean).toBeCloseTo(104.75, 6);
    const [config, tokenizer] = await Promise.all(['config.json', 'tokenizer_config.json'].map(async (name) => JSON.parse(await readFile(path(`merged/${name}`), 'utf8')) as Record<string, unknown>));
    const { pad, eos } = (await Tokenizer.load(path('merged'))).specialTokens;
    expect([config.pad_token_id, tokenizer.pad_token]).toEqual([(pad ?? eos)!.id, (pad ?? eos)!.token]); // for batches in Python
    const [whole, merged] = [await loadTrainedModel(path('model')), await loadTrainedModel(path('merged'))];
    expect(merged.card.task).toEqual(whole.card.task);
    for (const { model } of [whole, merged]) model.dispose();
  });

  test('that writes texts, ends them as its answers ended in training, also when merged', async () => {
    await cp(fixture('tiny-llama'), path('base'), { recursive: true });
    await writeFile(path('base/generation_config.json'), JSON.stringify({ eos_token_id: 7 }));
    await trained(path('base'), (row) => `word ${row} and so on`);
    const { model, tokenizer, generation } = await loadTrainedModel(path('model'));
    model.dispose();
    const eosIds = [7, tokenizer.specialTokens.eos!.id];
    expect(generation.eosIds).toEqual(eosIds);
    await mergeModel(path('model'), path('merged'));
    expect(JSON.parse(await readFile(path('merged/generation_config.json'), 'utf8'))).toEqual({ eos_token_id: eosIds });
  });

  test('is found with its base elsewhere', async () => {
    await cp(fixture('tiny-bert'), path('base'), { recursive: true });
    await trained(path('base'), classes);
    await rm(path('base'), { recursive: true });
    await expect(loadTrainedModel(path('model'))).rejects.toThrow(/was trained from the model .*base, which is not to be had/);
    (await loadTrainedModel(path('model'), { base: fixture('tiny-bert') })).model.dispose();
  });

  test('is not put into a model that was trained further', async () => {
    await cp(fixture('tiny-bert'), path('base'), { recursive: true });
    await trained(path('base'), classes);
    const file = path('base/model.safetensors');
    const bytes = await readFile(file);
    bytes[bytes.length - 1] ^= 1;
    await writeFile(file, bytes);
    await expect(loadTrainedModel(path('model'))).rejects.toThrow('has other weights than the one that');
  });
});
