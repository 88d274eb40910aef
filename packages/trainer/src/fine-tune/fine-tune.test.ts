import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fineTune, loadTrained, type TrainerCallback } from '../index.js';

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

test('what cannot work is said', async () => {
  await expect(fineTune({ ...common, label: 'topics' })).rejects.toThrow(/topics/);
  await expect(fineTune({ ...common, method: 'id4' })).rejects.toThrow(/did you mean id3|id3/i);
  const trained = await fineTune({ ...common, maxSteps: 1 });
  await expect(trained.predict([['one', 'two']])).rejects.toThrow(/input 1 is 2 texts/);
  await trained.dispose();
});
