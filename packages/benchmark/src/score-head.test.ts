import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { selectBackend } from '@unmask/tensor-core';
import { DEFAULT_SETTINGS, runExperiment, runName, type RunSettings } from './index.js';

let out: string;
beforeAll(async () => {
  await selectBackend('onnxruntime');
  out = await mkdtemp(join(tmpdir(), 'score-head-'));
});
afterAll(() => rm(out, { recursive: true }));

/** The answers of a model that has hardly been trained, and what is right. */
async function afterOneStep(change: Partial<RunSettings>) {
  const model = fileURLToPath(new URL('../../models/fixtures/tiny-bert', import.meta.url));
  const settings: RunSettings = { ...DEFAULT_SETTINGS, task: 'stsb', method: 'id3', model, seed: 1, data: 'synthetic', budget: 500, learningRate: 1e-6, epochs: null, maxSteps: 1, maxLength: 24, limit: 60, ...change };
  const result = await runExperiment(settings, { out, backend: 'onnxruntime' });
  const [{ answers, labels }] = JSON.parse(await readFile(join(out, runName(settings), 'predictions.json'), 'utf8')) as { answers: number[]; labels: number[] }[];
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { result, answer: mean(answers), label: mean(labels) };
}

test.each(['id3', 'lora'])('a fresh score begins at the mean of the training scores, and what %s saves holds it', async (method) => {
  const { result, answer, label } = await afterOneStep({ method });
  expect(label).toBeGreaterThan(1.5);
  expect(Math.abs(answer - label)).toBeLessThan(0.7);
  expect(result.deltaVerified).toBe(true);
});

test('where the head competes for the budget it begins at zero, as the base that the delta is for', async () => {
  const { result, answer } = await afterOneStep({ head: 'competes' });
  expect(Math.abs(answer)).toBeLessThan(0.7);
  expect(result.deltaVerified).toBe(true);
});
