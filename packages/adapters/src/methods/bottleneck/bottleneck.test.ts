import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Head, loadModel } from '@unmask/models';
import { LayerNorm, Linear, Random, selectBackend, tf } from '@unmask/tensor-core';
import { adapterConfig, getPeftModel, houlsby, parallel, type PeftModel, pfeiffer } from '../../index.js';
import { NormBottleneck, OutputBottleneck, ResidualTap } from './bottleneck.js';
import { ACTIVATIONS, parseBottleneckConfig } from './config.js';
import { ConfigFields } from '../../config.js';

beforeAll(() => selectBackend('cpu'));

const FIXTURES = fileURLToPath(new URL('../../../../models/fixtures/', import.meta.url));
const ENCODERS = ['tiny-bert', 'tiny-roberta', 'tiny-electra', 'tiny-distilbert', 'tiny-deberta-v2'];
const DECODERS = ['tiny-gpt2', 'tiny-llama', 'tiny-mistral', 'tiny-qwen2', 'tiny-qwen3'];
const SIZE = 32;
const LAYERS = 2;

async function adapt(model: string, config: Parameters<typeof getPeftModel>[1]): Promise<PeftModel> {
  const head: Head = { kind: 'classification', labels: 2 };
  return getPeftModel(await loadModel(FIXTURES + model, { head, random: new Random(1) }), config, { random: new Random(2) });
}

const endsOf = (peft: PeftModel) => peft.trainableParameters().map(({ name }) => name.replace(/^.*?\.(\d+)\./, '$1 '));
const countOf = (peft: PeftModel) => peft.trainableParameters().reduce((sum, { size }) => sum + size, 0);

describe.each([...ENCODERS, ...DECODERS])('%s', (model) => {
  test.each([
    ['Houlsby', houlsby, 16, 2],
    ['Pfeiffer', { ...pfeiffer, reduction_factor: 3 }, 3, 1],
    ['parallel', parallel, 2, 1],
  ])('%s has (2·h·b + b + h) parameters in each layer and block', async (_, config, factor, blocks) => {
    const peft = await adapt(model, config);
    const bottleneck = Math.floor(SIZE / factor);
    expect(countOf(peft)).toBe(LAYERS * blocks * (2 * SIZE * bottleneck + bottleneck + SIZE));
    peft.dispose();
  });
});

test('parameters have the names of AdapterHub after those of the layers', async () => {
  const peft = await adapt('tiny-bert', { ...pfeiffer, leave_out: [0] });
  expect(endsOf(peft)).toEqual(['adapter_down.0.weight', 'adapter_down.0.bias', 'adapter_up.weight', 'adapter_up.bias'].map((end) => `1 output.LayerNorm.${end}`));
  peft.dispose();
});

test('refuses a configuration without adapters, and formulas that it does not know', async () => {
  await expect(adapt('tiny-bert', { ...pfeiffer, output_adapter: false })).rejects.toThrow('leave no layer with an adapter');
  await expect(adapt('tiny-bert', { ...pfeiffer, leave_out: [0, 1] })).rejects.toThrow('leave no layer with an adapter');
  expect(() => adapterConfig({ ...pfeiffer, residual_before_ln: 'post_add' })).toThrow('"residual_before_ln": "post_add", expected one of true');
  expect(() => adapterConfig({ ...pfeiffer, ln_before: true })).toThrow('"ln_before": true, which is not supported');
  expect(() => adapterConfig({ ...pfeiffer, non_linearity: 'leakyrelu' })).toThrow('expected one of "relu", "swish"');
});

/** The formulas of AdapterHub (methods/modeling.py, Adapter and ParallelAdapter), step by step, on a block h = dense(v) beside x. */
describe('computes', () => {
  const random = new Random('formulas');
  const draw = (...shape: number[]) => tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()), shape);
  const configOf = (fields: object) => parseBottleneckConfig(new ConfigFields({ reduction_factor: 2, scaling: 1.5, init_weights: 'bert', ...fields }));
  const [x, v] = [draw(2, 3, 4), draw(2, 3, 4)];
  const dense = new Linear(4, 4);
  const norm = new LayerNorm(4, 1e-5);
  for (const parameter of [dense.weight, norm.weight, norm.bias]) parameter.modify((values) => values.forEach((_, index) => (values[index] = random.normal())));
  const output = dense.forward(v);

  const down = (adapter: OutputBottleneck | NormBottleneck) => adapter.adapter_down[0];
  const fresh = <A extends OutputBottleneck | NormBottleneck>(adapter: A): A => {
    for (const parameter of adapter.parameters()) parameter.modify((values) => values.forEach((_, index) => (values[index] = random.normal())));
    return adapter;
  };
  const applied = (adapter: OutputBottleneck | NormBottleneck, activation: keyof typeof ACTIVATIONS, input: tf.Tensor) =>
    tf.mul(1.5, adapter.adapter_up.forward(ACTIVATIONS[activation](down(adapter).forward(input))));
  const expectEqual = (actual: tf.Tensor, expected: tf.Tensor) => expect(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]).toBeLessThan(1e-5);

  test('h + A(h)', () => {
    const adapter = fresh(new OutputBottleneck(4, configOf({ non_linearity: 'swish' }), random));
    expectEqual(adapter.forward(v, (input) => dense.forward(input), undefined), tf.add(output, applied(adapter, 'swish', output)));
  });

  test('h + A(x) in parallel, and h + A(h + x) after the residual', () => {
    const tap = new ResidualTap();
    expect(tap.forward(x, (input) => input)).toBe(x);
    for (const [fields, input] of [[{ is_parallel: true }, x], [{ original_ln_before: true }, tf.add(output, x)]] as const) {
      const adapter = fresh(new OutputBottleneck(4, configOf(fields), random, tap));
      expectEqual(adapter.forward(v, (given) => dense.forward(given), undefined), tf.add(output, applied(adapter, 'relu', input)));
    }
  });

  test('LN(z + A(LN(z))) at a normalisation of z = h + x', () => {
    const z = tf.add(output, x);
    const adapter = fresh(new NormBottleneck(4, configOf({ original_ln_before: true }), random));
    expectEqual(adapter.forward(z, (input) => norm.forward(input), undefined), norm.forward(tf.add(z, applied(adapter, 'relu', norm.forward(z)))));
  });
});
