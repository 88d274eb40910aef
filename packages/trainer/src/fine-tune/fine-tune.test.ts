import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bottleneckConfig, loraConfig } from '@unmask/adapters';
import { allAtOnce, selective, uniform } from '@unmask/id3';
import { magnitude } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { crossEntropy, tf } from '@unmask/tensor-core';
import { type ComputeLoss, fineTune, type FineTuneOptions, loadTrained, type MethodChoice, type OwnStrategy, type TrainerCallback, type TrainingResult } from '../index.js';

const model = fileURLToPath(new URL('../../../models/fixtures/tiny-bert', import.meta.url));
const rows = Array.from({ length: 40 }, (_, index) => ({ body: index % 2 === 0 ? `a good day ${index}` : `no rain ${index}`, topic: index % 2 === 0 ? 'good' : 'bad' }));
const common = { model, data: rows, text: 'body', label: 'topic', budget: 200, learningRate: 0.05, batchSize: 8, maxLength: 16, epochs: 4 } as const;

let out: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'fine-tune-'));
});
afterAll(() => rm(out, { recursive: true }));

test('rows in memory are learned, and the model predicts, measures, saves, loads and merges', async () => {
  const steps: number[] = [];
  const trained = await fineTune({ ...common, method: 'id3', callbacks: [{ onStep: ({ step }) => steps.push(step) }] });
  expect(trained.result).toMatchObject({ method: 'id3', budget: 200, unmaskedEntries: 200, deltaVerified: true });
  expect(steps).toHaveLength(trained.result.steps);
  const answers = await trained.predict(['a good day', { body: 'no rain' }]);
  expect(answers.map(({ prediction }) => prediction)).toEqual(['good', 'bad']);
  expect((await trained.evaluate(rows)).metrics.accuracy).toBe(1);
  await trained.save(join(out, 'saved'));
  await trained.merge(join(out, 'merged'));
  await trained.dispose();
  expect(await readdir(join(out, 'merged'))).toContain('model.safetensors');
  for (const folder of ['saved', 'merged']) {
    const loaded = await loadTrained(join(out, folder));
    expect(await loaded.predict(['a good day', 'no rain'])).toEqual(answers);
    await loaded.dispose();
  }
});

test('a configuration of an adapter is a method, and rows may come one by one', async () => {
  const data = (async function* () {
    for (const row of rows) yield await Promise.resolve(row);
  })();
  const trained = await fineTune({ ...common, data, method: { peft_type: 'LORA', r: 2 }, epochs: 1 });
  expect(trained.result).toMatchObject({ method: 'lora', adapterConfig: { r: 2 } });
  await trained.dispose();
});

test('callbacks are told of steps, evaluations and the end, and may end the training', async () => {
  const said: string[] = [];
  const callbacks: TrainerCallback[] = [
    { onStart: ({ steps }) => said.push(`start ${steps}`), onEvaluate: ({ step, scores }) => said.push(`evaluate ${step} ${scores.length}`), onEnd: ({ steps }) => said.push(`end ${steps}`) },
    { onStep: async ({ step }, control) => { await Promise.resolve(); if (step === 5) control.stop(); } },
    { onStep: ({ step }) => said.push(`step ${step}`) },
  ];
  const trained = await fineTune({ ...common, evaluateEvery: 2, callbacks });
  expect(said).toEqual(['start 16', 'step 1', 'step 2', 'evaluate 2 1', 'step 3', 'step 4', 'evaluate 4 1', 'step 5', 'evaluate 5 1', 'end 5']);
  expect(trained.result).toMatchObject({ steps: 5, deltaVerified: true });
  await trained.dispose();
});

/** Two steps, and nothing that stays. */
async function quickly(options: Partial<FineTuneOptions>): Promise<TrainingResult> {
  const trained = await fineTune({ ...common, maxSteps: 2, ...options });
  await trained.dispose();
  return trained.result;
}

const own: OwnStrategy = ({ budget, steps, dense }) => selective(adamw(), { metric: magnitude({ keep: 'largest' }), schedule: uniform({ budget, steps }), dense });

test.each<[string, MethodChoice, Partial<TrainingResult>]>([
  ['a configuration', loraConfig({ r: 3 }), { method: 'lora', budget: null, deltaFile: 'adapter_model.safetensors' }],
  ['a configuration of a type that has no name', bottleneckConfig({ reduction_factor: 4 }), { method: 'bottleneck' }],
  ['what makes a strategy', own, { method: 'own', budget: 200, unmaskedEntries: 200, deltaFile: 'delta.safetensors' }],
  ['a strategy', selective(adamw(), { metric: magnitude({ keep: 'largest' }), schedule: allAtOnce({ budget: 70 }) }), { method: 'own', budget: null, unmaskedEntries: 70, headParameters: 0 }],
  ['a name with a configuration', ['id3', loraConfig({ r: 3 })], { method: 'id3+lora', unmaskedEntries: 200, deltaFile: 'adapter_model.safetensors' }],
  ['a strategy with a configuration', [own, loraConfig({ r: 3 })], { method: 'own+lora', unmaskedEntries: 200 }],
])('%s is a method', async (_, method, expected) => {
  expect(await quickly({ method })).toMatchObject({ ...expected, deltaVerified: true });
});

test('a training in a folder goes on after a signal, as if there had been none', async () => {
  const [whole, parts] = [join(out, 'whole'), join(out, 'parts')];
  const options = { method: 'id3', maxSteps: 6, checkpointEvery: 2 };
  const { deltaSha256 } = await quickly({ ...options, out: whole });
  const controller = new AbortController();
  const saved: number[] = [];
  const callbacks: TrainerCallback[] = [{ onStep: ({ step }) => step === 3 && controller.abort(), onSave: ({ step }) => saved.push(step) }];
  await expect(quickly({ ...options, out: parts, signal: controller.signal, callbacks })).rejects.toMatchObject({ code: 'interrupted', message: expect.stringContaining('saved after step 3') });
  const steps: number[] = [];
  const again = await quickly({ ...options, out: parts, callbacks: [{ onStep: ({ step }) => steps.push(step) }] });
  expect({ saved, steps, hash: again.deltaSha256 }).toEqual({ saved: [2, 3], steps: [4, 5, 6], hash: deltaSha256 });
  const aborted = AbortSignal.abort();
  await expect(quickly({ signal: aborted })).rejects.toMatchObject({ code: 'interrupted', message: expect.stringContaining('with a folder, out') });
});

test('a loss of one\'s own is trained, and metrics of one\'s own measure and rank', async () => {
  const halves = await quickly({ metrics: { halves: (answers: ArrayLike<number>) => answers.length / 2 }, metricForBestModel: 'halves' });
  expect(halves).toMatchObject({ primaryMetric: 'halves', primaryValue: 2, metrics: { accuracy: expect.any(Number) } });
  const lossTowards = (target: (label: number) => number): ComputeLoss => (logits, { examples }) => crossEntropy(logits, tf.tensor1d(examples.map(({ labels }) => target(labels[0])), 'int32'));
  const [same, reversed] = [await quickly({ computeLoss: lossTowards((label) => label) }), await quickly({ computeLoss: lossTowards((label) => 1 - label) })];
  expect(same.deltaSha256).toBe(halves.deltaSha256);
  expect(reversed.deltaSha256).not.toBe(same.deltaSha256);
  await expect(quickly({ metricForBestModel: 'acuracy' })).rejects.toThrow(/metricForBestModel is "acuracy": the metrics are .*did you mean "accuracy"/);
});

test('a model and rows may be files that a page was given', async () => {
  const names = (await readdir(model)).filter((name) => /\.(json|safetensors)$/.test(name));
  const files = await Promise.all(names.map(async (name) => new File([await readFile(join(model, name))], name)));
  const data = new File([`body,topic\n${rows.map(({ body, topic }) => `${body},${topic}\n`).join('')}`], 'mine.csv');
  const trained = await fineTune({ ...common, model: files, data, maxSteps: 2 });
  expect(trained.result.data).toMatch(/^mine\.csv#/);
  await trained.save('memory:by-files');
  const answers = await trained.predict(['a good day']);
  await trained.dispose();
  const again = await loadTrained('memory:by-files', { base: files });
  expect(await again.predict(['a good day'])).toEqual(answers);
  await again.dispose();
});

test('what cannot work is said', async () => {
  await expect(fineTune({ ...common, label: 'topics' })).rejects.toThrow(/topics/);
  await expect(fineTune({ ...common, method: 'id4' })).rejects.toThrow(/did you mean id3|id3/i);
  await expect(fineTune({ ...common, method: JSON.parse('{ "peft_type": "LORA", "rank": 8 }') as MethodChoice })).rejects.toThrow(/did you mean "r"/);
  await expect(fineTune({ ...common, method: ['fft', loraConfig({ r: 2 })] })).rejects.toThrow(/method fft does not go with an adapter's configuration/);
  const trained = await fineTune({ ...common, maxSteps: 1 });
  await expect(trained.predict([['one', 'two']])).rejects.toThrow(/input 1 is 2 texts/);
  await trained.dispose();
});
