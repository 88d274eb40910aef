import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { familyOf, loadModel, type Head, type LoadedModel, type TokenInputs } from '@unmask/models';
import { adamw } from '@unmask/optimizers';
import { crossEntropy, type Parameter, Random, reshape, streamGradients, tf, UnmaskError } from '@unmask/tensor-core';
import { bitsOf, collectGradients, describeEngines, expectGradients, expectNoLeak } from '@unmask/testing';
import { CONFIGURATIONS } from './methods/configurations.js';
import { adapterMethods, getPeftModel, loadAdapter, saveAdapter, type PeftModel } from './index.js';

/**
 * What every method promises, over its configurations and one model of each shape: encoder, decoder, transposed weights; over
 * all models for `npm run capabilities`, which reads the titles.
 */
const FIXTURES = fileURLToPath(new URL('../../models/fixtures/', import.meta.url));
const EVERYWHERE = process.env.UNMASK_CONFORMANCE === 'all';
const MODELS = EVERYWHERE ? readdirSync(FIXTURES).filter((name) => name.startsWith('tiny-')) : ['tiny-bert', 'tiny-llama', 'tiny-gpt2'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapters-'));
});
afterAll(() => rm(folder, { recursive: true }));

const familyIn = (model: string) => familyOf(JSON.parse(readFileSync(`${FIXTURES}${model}/config.json`, 'utf8')));
const headFor = (model: string): Head => (familyIn(model).headKinds.includes('causal-lm') ? { kind: 'causal-lm' } : { kind: 'classification', labels: 3 });
const load = (model: string): Promise<LoadedModel> => loadModel(`${FIXTURES}${model}`, { head: headFor(model), random: new Random(1) });

/** Two rows, the second of them padded. */
function inputs(): TokenInputs {
  const inputIds = tf.tensor2d([[7, 12, 33, 21, 9, 40], [15, 8, 61, 30, 0, 0]], [2, 6], 'int32');
  return { inputIds, attentionMask: tf.tensor2d([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]], [2, 6], 'int32'), tokenTypeIds: tf.zerosLike(inputIds) };
}

type Runnable = { forward: LoadedModel['model']['forward'] };

/** Logits at the positions that hold tokens. */
const logitsOf = (model: Runnable): number[] =>
  tf.tidy(() => {
    const logits = model.forward(inputs());
    const last = logits.shape.at(-1)!;
    const all = [...logits.dataSync()];
    return logits.rank === 2 ? all : all.filter((_, index) => Math.floor(index / last) < 10);
  });

const lossOf = (model: Runnable, random?: Random): tf.Tensor => {
  const logits = model.forward(inputs(), { random });
  const flat = reshape(logits, [-1, logits.shape.at(-1)!]);
  const labels = Int32Array.from({ length: flat.shape[0] }, (_, index) => (flat.shape[0] > 2 && index > 9 ? -100 : index % 3));
  return crossEntropy(flat, tf.tensor1d(labels, 'int32'));
};

/** Moves every parameter of the adapter away from its start, where many methods do nothing. */
function perturb(model: PeftModel, seed = 'perturb'): void {
  const random = new Random(seed);
  for (const parameter of model.trainableParameters()) parameter.modify((values) => values.forEach((value, index) => (values[index] = value + 0.1 * random.normal())));
}

const largest = (left: readonly number[], right: readonly number[]) => left.reduce((most, value, index) => Math.max(most, Math.abs(value - right[index])), 0);

const cases = CONFIGURATIONS.flatMap((configuration) => MODELS.map((model) => ({ ...configuration, model })));

test('every method has a configuration here', () => {
  expect(new Set(CONFIGURATIONS.map(({ config }) => config.peft_type))).toEqual(new Set(adapterMethods.map(({ type }) => type)));
});

describe.each(cases)('$config.peft_type: $name in $model', ({ config, model, identity = true, exactGradients = true, mergeable = true, refusedBy = [] }) => {
  const adapt = async (seed = 2) => getPeftModel(await load(model), config, { random: new Random(seed) });

  if (refusedBy.includes(familyIn(model).modelType)) {
    test('is refused', () => expect(adapt()).rejects.toThrow(UnmaskError));
    return;
  }

  describeEngines('it', () => {
    test('computes what the base computes at first, then something else, and the base again when it is off', async () => {
      const base = await load(model);
      const before = logitsOf(base.model);
      const peft = getPeftModel(base, config, { random: new Random(2) });
      if (identity) expect(largest(logitsOf(peft), before)).toBeLessThan(1e-5);
      perturb(peft);
      expect(largest(logitsOf(peft), before)).toBeGreaterThan(1e-4);
      peft.setAdapter();
      expect(logitsOf(peft)).toEqual(before);
      peft.dispose();
    });

    test('trains its own parameters alone; the base keeps its bits', async () => {
      const peft = await adapt();
      perturb(peft);
      const frozen = bitsOf(peft.base.model.parameters());
      const training = selective(adamw(), { metric: d3(), schedule: uniform({ budget: 40, steps: 4 }) }).bind(peft.trainableParameters());
      for (let step = 0; step < 4; step++) {
        streamGradients(() => lossOf(peft, new Random(step)), training.sink).dispose();
        training.step(0.01);
      }
      expect(training.unmaskedEntries).toBe(40);
      expect(bitsOf(peft.base.model.parameters())).toEqual(frozen);
      peft.dispose();
    });
  }, { fastest: !EVERYWHERE && model !== MODELS[0] }); // which operations a method uses does not depend on the model

  if (exactGradients) {
    test('its gradients equal finite differences', async () => {
      const peft = await adapt();
      perturb(peft);
      const few = peft.trainableParameters().filter(({ size }) => size <= 200).slice(0, 2);
      expectGradients(few, () => lossOf(peft), 1e-3, 5e-2, 10); // deep and steep: a small step, so a coarse difference
      peft.dispose();
    });
  }

  test('checkpointing gives the same bits', async () => {
    const peft = await adapt();
    perturb(peft);
    const [kept, again] = [false, true].map((checkpointing) =>
      collectGradients(() => lossOf({ forward: (given, options) => peft.forward(given, { ...options, checkpointing }) }, new Random(5))),
    );
    expect(again.loss).toBe(kept.loss);
    for (const [parameter, gradient] of kept.gradients) expect(again.gradients.get(parameter)).toEqual(gradient);
    peft.dispose();
  });

  test('saved and loaded it computes the same', async () => {
    const peft = await adapt();
    perturb(peft);
    const out = join(folder, `${model}-${Math.random()}`);
    await saveAdapter(peft, out);
    expect((await readdir(out)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
    const loaded = await loadAdapter(await load(model), out, { random: new Random(99) });
    // The head of the fixture is fresh, but drawn from the same seed.
    expect(logitsOf(loaded)).toEqual(logitsOf(peft));
    peft.dispose();
    loaded.dispose();
  });

  test(mergeable ? 'merged it computes the same, twice is once, and unmerging restores every bit' : 'refuses to be merged', async () => {
    const peft = await adapt();
    perturb(peft);
    const [before, bits] = [logitsOf(peft), bitsOf(peft.base.model.parameters())];
    if (!mergeable) {
      expect(() => peft.merge()).toThrow('cannot be merged');
      peft.dispose();
      return;
    }
    peft.merge();
    expect(largest(logitsOf(peft), before)).toBeLessThan(1e-4);
    const merged = bitsOf(peft.base.model.parameters());
    peft.merge();
    expect(bitsOf(peft.base.model.parameters())).toEqual(merged);
    peft.unmerge();
    expect(bitsOf(peft.base.model.parameters())).toEqual(bits);
    expect(logitsOf(peft)).toEqual(before);
    const alone = peft.mergeAndUnload();
    expect(largest(logitsOf(alone), before)).toBeLessThan(1e-4);
    alone.dispose();
  });

  test('several adapters stand side by side and are switched', async () => {
    const peft = await adapt();
    perturb(peft);
    const first = logitsOf(peft);
    peft.addAdapter('second', config, new Random(3));
    perturb(peft, 'otherwise');
    const second = logitsOf(peft);
    expect(largest(first, second)).toBeGreaterThan(0);
    peft.setAdapter('default');
    expect(logitsOf(peft)).toEqual(first);
    peft.setAdapter('default', 'second');
    expect(largest(logitsOf(peft), first)).toBeGreaterThan(0);
    peft.deleteAdapter('second');
    expect(logitsOf(peft)).toEqual(first);
    peft.dispose();
  });

  test('frees what it made', async () => {
    const base = await load(model);
    const trainable = (parameters: readonly Parameter[]) => parameters.map((parameter) => parameter.trainable);
    const before = trainable(base.model.parameters());
    expectNoLeak(() => {
      const peft = getPeftModel(base, config, { random: new Random(2) });
      tf.tidy(() => void peft.forward(inputs(), { random: new Random(1) }));
      peft.unload();
    });
    expect(trainable(base.model.parameters())).toEqual(before);
    base.model.dispose();
  });
});
