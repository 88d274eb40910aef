import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Random, selectBackend, UnmaskError } from '@unmask/tensor-core';
import { fineTune, type FineTuneOptions, loadTrained } from '../index.js';

beforeAll(() => selectBackend('cpu'));

const fixture = (name: string) => fileURLToPath(new URL(`../../../models/fixtures/${name}`, import.meta.url));
const quick = { batchSize: 4, epochs: 4, warmup: 0, dropout: false, learningRate: 1e-2, method: 'fft', evaluationShare: 0.25 } as const;
const words = ['cat', 'dog', 'bird', 'fish'];
const rows = <T>(count: number, row: (random: Random, index: number) => T): T[] => Array.from({ length: count }, (_, index) => row(new Random(index), index));

/** Fine-tunes, and says what came of it. */
async function trained(options: FineTuneOptions) {
  const notes: string[] = [];
  const model = await fineTune({ ...quick, ...options, callbacks: [{ onNote: (note) => void notes.push(note) }] });
  const [{ before, metrics }] = model.result.scores;
  return { model, notes, before: before!, metrics };
}

describe('conversations', () => {
  const data = rows(16, (_, index) => ({ instruction: `say ${words[index % 4]} ${index}`, input: '', output: words[index % 4] }));

  test('are known by their fields, and learned', async () => {
    const { model, notes, before, metrics } = await trained({ model: fixture('tiny-llama'), data, maxLength: 96, maxNewTokens: 3 });
    expect(notes.join('\n')).toMatch(/its rows have "instruction" and "output", so this is chat/);
    expect(metrics.loss).toBeLessThan(before.loss);
    expect(metrics.perplexity).toBeCloseTo(Math.exp(metrics.loss), 6);
    const [{ prediction }] = await model.predict(['say cat']);
    expect(typeof prediction).toBe('string');
    await model.dispose();
  });

  test('packed are the same conversations in fewer steps', async () => {
    const options = { model: fixture('tiny-llama'), data, maxLength: 200, epochs: 1, batchSize: 100, learningRate: 1e-6 };
    const [alone, packed] = [await trained(options), await trained({ ...options, packing: true })];
    expect(packed.model.result.finalLoss).toBeCloseTo(alone.model.result.finalLoss, 5);
    await Promise.all([alone.model.dispose(), packed.model.dispose()]);
    await expect(trained({ ...options, packing: true, method: 'prompt-tuning' })).rejects.toThrow('train without packing');
  });
});

test('plain text is read on, and its perplexity measured before and after', async () => {
  const { model, before, metrics } = await trained({ model: fixture('tiny-llama'), data: rows(24, (random) => ({ text: Array.from({ length: 12 }, () => words[random.integer(2)]).join(' ') })), maxLength: 32 });
  expect(metrics.perplexity).toBeLessThan(before.perplexity);
  await model.dispose();
});

describe('preferences', () => {
  const data = rows(24, (_, index) => ({ prompt: `animal ${index}`, chosen: ' cat cat', rejected: ' dog dog' }));

  test.each(['fft', 'lora', 'id3'])('are learned by DPO with %s, whose rewards begin at nothing', async (method) => {
    const { model, notes, before, metrics } = await trained({ model: fixture('tiny-llama'), data, method, budget: 2000, maxLength: 48, learningRate: method === 'fft' ? 1e-3 : 1e-2 });
    expect(notes.join('\n')).toMatch(/so this is preference/);
    expect(before).toMatchObject({ accuracy: 0, margin: 0 });
    expect(metrics.accuracy).toBe(1);
    const { metrics: again } = await model.evaluate(data.slice(0, 8));
    expect(again.accuracy).toBe(1); // with the model before training, which the delta or the adapter is taken off for
    await model.dispose();
  });

  test('are learned by ORPO without the model before training', async () => {
    const { model, before, metrics } = await trained({ model: fixture('tiny-llama'), data, loss: 'orpo', beta: 1, maxLength: 48 });
    expect(metrics.margin).toBeGreaterThan(before.margin);
    await model.dispose();
  });

  test('refuse another loss', async () => {
    await expect(trained({ model: fixture('tiny-llama'), data, loss: 'dpoo' })).rejects.toThrow('choose dpo or orpo; did you mean "dpo"? (--loss)');
  });
});

describe('embeddings', () => {
  const pairs = rows(32, (random, index) => ({ anchor: `the ${words[index % 4]} ${index}`, positive: `${words[index % 4]} ${random.integer(50)}` }));

  test.each(['fft', 'lora', 'id3'])('of pairs come nearer by %s', async (method) => {
    const { model, before, metrics } = await trained({ model: fixture('tiny-bert'), data: pairs, method, budget: 2000, batchSize: 8, learningRate: 5e-3 });
    expect(metrics['mrr@10']).toBeGreaterThan(before['mrr@10']);
    const [{ prediction }] = await model.predict(['the cat']);
    expect(prediction).toHaveLength(32);
    await model.dispose();
  });

  test('of large batches are those of one batch, computed a part at a time', async () => {
    const options = { model: fixture('tiny-bert'), data: pairs, maxSteps: 2, learningRate: 1e-3 };
    const [one, parts] = [await trained({ ...options, batchSize: 8 }), await trained({ ...options, batchSize: 2, accumulate: 4 })];
    expect(parts.model.result.finalLoss).toBeCloseTo(one.model.result.finalLoss, 4);
    await Promise.all([one.model.dispose(), parts.model.dispose()]);
  });

  test('of scores, triplets and classes', async () => {
    const scored = rows(24, (_, index) => ({ a: words[index % 4], b: words[(index * 3) % 4], score: 5 * Number(index % 4 === (index * 3) % 4) }));
    const triplets = rows(24, (_, index) => ({ anchor: words[index % 4], positive: `the ${words[index % 4]}`, negative: `${words[(index + 1) % 4]} ${index}` }));
    const classes = rows(32, (_, index) => ({ text: `${words[index % 4]} ${index}`, kind: words[index % 4] }));
    for (const [options, metric] of [
      [{ data: scored, task: 'embedding', text: ['a', 'b'], label: 'score' }, 'spearman'],
      [{ data: triplets, loss: 'triplet' }, 'accuracy'],
      [{ data: classes, task: 'embedding', text: 'text', label: 'kind', matryoshka: [8, 32] }, 'nearestClass'],
    ] as const) {
      const { model, before, metrics } = await trained({ ...options, model: fixture('tiny-bert') });
      expect(metrics[metric]).toBeGreaterThanOrEqual(before[metric]);
      await model.dispose();
    }
  });

  test('merge into a folder of sentence-transformers', async () => {
    const { model } = await trained({ model: fixture('tiny-bert'), data: pairs, method: 'lora' });
    const [expected] = await model.predict(['the cat']);
    const folder = await mkdtemp(join(tmpdir(), 'forms-'));
    await model.merge(join(folder, 'merged'));
    await model.dispose();
    const merged = await loadTrained(join(folder, 'merged'));
    const [found] = await merged.predict(['the cat']);
    (found.prediction as number[]).forEach((value, index) => expect(value).toBeCloseTo((expected.prediction as number[])[index], 4));
    await merged.dispose();
    await rm(folder, { recursive: true });
  });
});

test('several labels a row, with thresholds of their own', async () => {
  const data = rows(32, (_, index) => ({ text: `${words[index % 4]} ${words[(index + 1) % 4]} ${index}`, tags: [words[index % 4], words[(index + 1) % 4]] }));
  const model = await fineTune({ ...quick, model: fixture('tiny-bert'), data, task: 'multilabel', text: 'text', label: 'tags', threshold: { cat: 0.4 }, classWeights: 'balanced', epochs: 12 });
  expect(model.result.primaryMetric).toBe('microF1');
  expect(model.result.primaryValue).toBeGreaterThan(0.6);
  const [{ prediction }] = await model.predict(['cat dog 1']);
  expect(prediction).toEqual(expect.arrayContaining(['cat', 'dog']));
  await model.dispose();
});

test('what is no row of a form is named', async () => {
  await expect(trained({ model: fixture('tiny-llama'), data: [{ messages: [{ role: 'user', content: 'hi' }] }, { messages: 'none' }] })).rejects.toThrow(UnmaskError);
});
