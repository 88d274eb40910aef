import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { loadTrainingState, saveTrainingState } from '@unmask/id3';
import { selectBackend, tf } from '@unmask/tensor-core';
import { expandGrid, runExperiment, runName, type RunContext, type RunSettings } from './index.js';

let out: string;
beforeAll(() => selectBackend('onnxruntime'));
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'resume-'));
});
afterEach(() => rm(out, { recursive: true }));

const MODEL = fileURLToPath(new URL('../../models/fixtures/tiny-bert', import.meta.url));

const settingsOf = (method: string): RunSettings =>
  expandGrid({ tasks: ['sst2'], methods: [method], model: MODEL, data: 'synthetic', budgets: [500], learningRates: [0.01], batchSize: 8, maxLength: 24, epochs: null, maxSteps: 7, limit: 40 })[0];

/** Makes a run whole, and again, cut off after a step and then continued. @returns the steps that were made in these two parts */
async function interrupt(settings: RunSettings, last: number, context: Partial<RunContext>) {
  const whole = await runExperiment(settings, { out, backend: 'onnxruntime' });
  const folder = join(out, runName(settings));
  await rm(folder, { recursive: true });
  const parts: number[][] = [];
  const part = (end: number, more: Partial<RunContext>) => {
    const seen: number[] = [];
    parts.push(seen);
    const onStep = ({ step }: { step: number }) => {
      seen.push(step);
      if (step === end) throw new Error('cut off');
    };
    return runExperiment(settings, { out, backend: 'onnxruntime', hooks: { onStep }, ...more });
  };
  const before = tf.memory().numTensors;
  await expect(part(last, context)).rejects.toThrow('cut off');
  expect(tf.memory().numTensors).toBe(before);
  const left = (await readdir(folder)).sort();
  const again = await part(Infinity, {});
  expect((await readdir(folder)).sort()).toEqual(expect.arrayContaining(['history.jsonl', 'predictions.json', 'result.json']));
  expect(await readdir(folder)).not.toContain('state.safetensors');
  expect([again.deltaSha256, again.finalLoss, again.metrics, again.gradientUpdates]).toEqual([whole.deltaSha256, whole.finalLoss, whole.metrics, whole.gradientUpdates]);
  return { left, parts };
}

test.each(['id3', 'adalora'])('a run of %s that is cut off continues from its last checkpoint to the same bits', async (method) => {
  const { left, parts } = await interrupt(settingsOf(method), 5, { checkpointEvery: 2 });
  expect(left).toEqual(['history.jsonl', 'state.safetensors']);
  expect(parts).toEqual([[1, 2, 3, 4, 5], [5, 6, 7]]);
});

test.each(['id3', 'adalora'])('a signal ends a run of %s, which continues later', async (method) => {
  const settings = settingsOf(method);
  const controller = new AbortController();
  const hooks = { onStep: ({ step }: { step: number }) => step === 3 && controller.abort() };
  await expect(runExperiment(settings, { out, backend: 'onnxruntime', signal: controller.signal, hooks })).rejects.toMatchObject({
    code: 'interrupted',
    message: 'saved after step 3 of 7: the same command continues from there',
  });
  const seen: number[] = [];
  await runExperiment(settings, { out, backend: 'onnxruntime', hooks: { onStep: ({ step }) => seen.push(step) } });
  expect(seen).toEqual([4, 5, 6, 7]);
});

test('a run that goes on on another engine says both', async () => {
  const settings = settingsOf('bitfit');
  const controller = new AbortController();
  const hooks = { onStep: ({ step }: { step: number }) => step === 2 && controller.abort() };
  await expect(runExperiment(settings, { out, backend: 'wasm', signal: controller.signal, hooks })).rejects.toMatchObject({ code: 'interrupted' });
  expect((await runExperiment(settings, { out, backend: 'onnxruntime' })).backend).toBe('wasm + onnxruntime');
});

test('a damaged state is set aside, and what a killed process was writing goes', async () => {
  const settings = settingsOf('bitfit');
  const folder = join(out, runName(settings));
  const whole = await runExperiment(settings, { out, backend: 'onnxruntime' });
  await rm(join(folder, 'result.json'));
  await writeFile(join(folder, 'state.safetensors'), 'x'.repeat(500));
  await writeFile(join(folder, 'delta.safetensors.0e7c3b0a-1f7b-4b47-9f0c-0d7c8a2f7e11.tmp'), 'half');
  const notes: string[] = [];
  const again = await runExperiment(settings, { out, backend: 'onnxruntime', hooks: { onNote: (note) => notes.push(note) } });
  expect(again.deltaSha256).toBe(whole.deltaSha256);
  expect(notes).toEqual([expect.stringMatching(/state\.safetensors.*; what was saved is set aside as state\.safetensors\.damaged, and the training begins anew$/)]);
  expect((await readdir(folder)).sort()).toEqual(['delta.safetensors', 'history.jsonl', 'predictions.json', 'result.json', 'state.safetensors.damaged']);
});

test.each([
  ['damaged best weights', 'best.safetensors', async (folder: string) => writeFile(join(folder, 'best.safetensors'), 'x'.repeat(500))],
  ['lost best weights', 'best.safetensors', async (folder: string) => rm(join(folder, 'best.safetensors'))],
  ['a state of other parameters', 'the training state does not fit', async (folder: string) => {
    const { metadata, extra, ...state } = await loadTrainingState(join(folder, 'state.safetensors'));
    await saveTrainingState(join(folder, 'state.safetensors'), { ...state, delta: { ...state.delta, dense: state.delta.dense.slice(1) }, dense: state.dense.slice(1) }, metadata, extra);
  }],
])('%s: what was saved is set aside, and the run begins anew', async (_, named, damage) => {
  const settings = { ...settingsOf('bitfit'), evaluateEvery: 2 };
  const folder = join(out, runName(settings));
  const whole = await runExperiment(settings, { out, backend: 'onnxruntime' });
  await rm(folder, { recursive: true });
  const controller = new AbortController();
  const hooks = { onStep: ({ step }: { step: number }) => step === 3 && controller.abort() };
  await expect(runExperiment(settings, { out, backend: 'onnxruntime', signal: controller.signal, hooks })).rejects.toMatchObject({ code: 'interrupted' });
  await damage(folder);
  const notes: string[] = [];
  const again = await runExperiment(settings, { out, backend: 'onnxruntime', hooks: { onNote: (note) => notes.push(note) } });
  expect([again.deltaSha256, again.bestStep]).toEqual([whole.deltaSha256, whole.bestStep]);
  expect(notes).toEqual([expect.stringContaining(named)]);
  expect(await readdir(folder)).toContain('state.safetensors.damaged');
});

test('a run ends when another process has taken it over', async () => {
  let looks = 0;
  const lock = { isHeld: () => Promise.resolve(looks++ < 2) };
  await expect(runExperiment(settingsOf('bitfit'), { out, backend: 'onnxruntime', lock })).rejects.toMatchObject({ code: 'interrupted', message: expect.stringContaining('another process has taken over') });
  expect(looks).toBe(3);
});
