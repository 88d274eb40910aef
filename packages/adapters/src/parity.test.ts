import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { fullFineTuning } from '@unmask/id3';
import { loadModel, type LoadedModel } from '@unmask/models';
import { adamw } from '@unmask/optimizers';
import { crossEntropy, denseGradient, type GradientSink, type Parameter, Random, selectBackend, streamGradients, tf } from '@unmask/tensor-core';
import { type Golden, goldenInputs, readGolden } from '@unmask/testing';
import { finishStep, loadAdapter, observed, type PeftModel, saveAdapter, withPenalties } from './index.js';

/** Adapters that HF PEFT made, by tools/reference/adapters.py. */
const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const MODELS = fileURLToPath(new URL('../../models/fixtures/', import.meta.url));
const LEARNING_RATE = 0.01;
const random = new Random(1);

beforeAll(async () => {
  await selectBackend('onnxruntime');
});

interface Expected {
  readonly model: string;
  readonly parameters: string;
  /** Of training. */
  readonly steps: number;
}

const expectedOf = (name: string): Expected => JSON.parse(readFileSync(`${FIXTURES}${name}/expected.json`, 'utf8')) as Expected;

const loadBase = (model: string): Promise<LoadedModel> =>
  loadModel(`${MODELS}${model}`, { head: model === 'tiny-bert' ? { kind: 'classification', labels: 3 } : { kind: 'causal-lm' }, random });

/** What a fixture expects, its model with the adapter, and what it runs on. */
async function load(name: string, folder = name) {
  const { model, parameters } = expectedOf(name);
  const [golden, ofModel] = await Promise.all([readGolden(`${FIXTURES}${name}/expected.safetensors`), readGolden(`${MODELS}${model}/expected.safetensors`)]);
  const peft = await loadAdapter(await loadBase(model), `${FIXTURES}${folder}`, { random });
  const mask = ofModel.get('inputs/attention_mask')!.values;
  return { golden, peft, parameters, inputs: goldenInputs(ofModel), mask };
}

type Loaded = Awaited<ReturnType<typeof load>>;

/** Largest difference of a logit where there is a token. */
function difference({ golden, inputs, mask }: Loaded, model: LoadedModel['model'], name = 'logits'): number {
  const expected = golden.get(name)!;
  const actual = tf.tidy(() => model.forward(inputs).dataSync<'float32'>().slice());
  const last = expected.shape.at(-1)!;
  return actual.reduce((most, value, index) => (expected.shape.length === 2 || mask[Math.floor(index / last)] ? Math.max(most, Math.abs(value - expected.values[index])) : most), 0);
}

const nameIn = (parameter: Parameter) => `base_model.model.${parameter.name}`;
const furthest = (values: Float32Array, golden: Golden, name: string) => values.reduce((most, value, index) => Math.max(most, Math.abs(value - golden.get(name)!.values[index])), 0);

/** Why some adapters do not merge. */
const UNMERGEABLE: Readonly<Record<string, string>> = { 'embeddings-llama': 'words that the head reads too', 'resized-llama': 'words that the head reads too' };

/** Those of virtual tokens have a test of their own. */
const names = readdirSync(FIXTURES).filter((name) => existsSync(`${FIXTURES}${name}/expected.json`)).sort();

describe.each(names)('%s', (name) => {
  test('computes what it computes in HF PEFT, and merged as well where it merges', async () => {
    const loaded = await load(name);
    expect(loaded.peft.describeTrainableParameters()).toBe(loaded.parameters);
    expect(difference(loaded, loaded.peft)).toBeLessThan(1e-4);
    if (name in UNMERGEABLE) {
      expect(() => loaded.peft.merge()).toThrow(UNMERGEABLE[name]);
    } else {
      loaded.peft.merge();
      expect(difference(loaded, loaded.peft)).toBeLessThan(1e-4);
    }
    loaded.peft.dispose();
  });
});

/** Trains as the fixture was trained, and holds losses and the first gradients against it. */
function train({ golden, peft, inputs }: Loaded): void {
  const training = fullFineTuning(adamw({ weightDecay: 0.01 })).bind(peft.trainableParameters());
  golden.get('losses')!.values.forEach((expected, index) => {
    const labels = Int32Array.from({ length: inputs.inputIds.shape[0] }, (_, row) => row % 3);
    const compare: GradientSink = (parameter, gradient) => {
      training.sink(parameter, gradient);
      if (index > 0) return;
      const dense = denseGradient(parameter.shape, gradient);
      expect(furthest(dense.dataSync<'float32'>(), golden, `gradient/${nameIn(parameter)}`)).toBeLessThan(1e-5);
      dense.dispose();
    };
    const loss = streamGradients(() => withPenalties(peft, crossEntropy(peft.forward(inputs), tf.tensor1d(labels, 'int32'))), observed(peft, compare));
    expect(Math.abs(loss.dataSync()[0] - expected)).toBeLessThan(1e-5);
    loss.dispose();
    training.step(LEARNING_RATE);
    finishStep(peft, index + 1);
  });
}

test.each(names.filter((name) => expectedOf(name).steps > 0))('%s has the losses, gradients and values of HF PEFT and PyTorch as it trains', async (name) => {
  const loaded = await load(name);
  const { golden, peft } = loaded;
  train(loaded);
  for (const parameter of peft.trainableParameters()) {
    const gradients = golden.get(`gradient/${nameIn(parameter)}`)!.values;
    // AdamW divides a gradient by its size, so one that is a rounding error moves a value as far as any other.
    const values = parameter.read().map((value, index) => (Math.abs(gradients[index]) > 1e-6 ? value : golden.get(`trained/${nameIn(parameter)}`)!.values[index]));
    expect(furthest(values, golden, `trained/${nameIn(parameter)}`)).toBeLessThan(1e-5);
  }
  if (existsSync(`${FIXTURES}${name}/trained`)) await expectSaved(peft, `${FIXTURES}${name}/trained`);
  peft.dispose();
});

/** Saves an adapter whose ranks have been allocated: it has the ranks and tensors that HF PEFT saved. */
async function expectSaved(peft: PeftModel, trained: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'adapter-'));
  await saveAdapter(peft, folder);
  const ranksOf = (path: string) => (JSON.parse(readFileSync(`${path}/adapter_config.json`, 'utf8')) as { rank_pattern: unknown }).rank_pattern;
  expect(ranksOf(folder)).toEqual(ranksOf(trained));
  const [own, expected] = await Promise.all([folder, trained].map((path) => readGolden(`${path}/adapter_model.safetensors`)));
  expect([...own.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [key, { values, shape }] of own) {
    expect(shape).toEqual(expected.get(key)!.shape);
    expect(furthest(values, expected, key)).toBeLessThan(1e-5);
  }
  await rm(folder, { recursive: true });
}

test('an adapter whose ranks HF PEFT has allocated computes what it computes there', async () => {
  const pruned = await load('adalora-bert', 'adalora-bert/trained');
  expect(difference(pruned, pruned.peft, 'logits-trained')).toBeLessThan(1e-4);
  pruned.peft.merge();
  expect(difference(pruned, pruned.peft, 'logits-trained')).toBeLessThan(1e-4);
  pruned.peft.dispose();
});
