import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from '@jest/globals';
import { loadModel, type TokenInputs } from '@unmask/models';
import { crossEntropy, Random, reshape, selectBackend, tf } from '@unmask/tensor-core';
import { bitsOf, type Golden, readGolden } from '@unmask/testing';
import { type AdapterConfigInput, type CalibrationBatch, getPeftModel } from '../../../index.js';
import { LoraLinear } from '../linear.js';
import { weightOf } from './start.js';

const MODEL = fileURLToPath(new URL('../../../../../models/fixtures/tiny-llama', import.meta.url));
const STARTS = fileURLToPath(new URL('../../../../fixtures/lora-starts/starts.safetensors', import.meta.url));
const LAYERS = ['model.layers.0.self_attn.v_proj', 'model.layers.1.self_attn.q_proj'];

const load = () => loadModel(MODEL, { head: { kind: 'causal-lm' }, random: new Random(1) });
let golden: Golden;
let batches: readonly CalibrationBatch[];

beforeAll(async () => {
  await selectBackend('onnxruntime');
  golden = await readGolden(STARTS);
  const { values, shape: [count, length] } = golden.get('inputs')!;
  batches = Array.from({ length: count }, (_, row) => batchOf(Array.from(values.subarray(row * length, (row + 1) * length))));
});

/** A sequence, and the loss of each token that follows from those before it. */
function batchOf(ids: readonly number[]): CalibrationBatch & { readonly inputs: TokenInputs } {
  const inputIds = tf.tensor2d([[...ids]], undefined, 'int32');
  const next = Int32Array.from([...ids.slice(1), -100]);
  const loss = (logits: tf.Tensor) => crossEntropy(reshape(logits, [-1, logits.shape.at(-1)!]), tf.tensor1d(next, 'int32'));
  return { inputs: { inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }, loss };
}

const furthest = (left: ArrayLike<number>, right: ArrayLike<number>) => Array.from(left).reduce((most, value, index) => Math.max(most, Math.abs(value - right[index])), 0);

/** The distance of two vectors that may differ in sign, relative to their entries above 1. */
function distance(own: readonly number[], expected: readonly number[]): number {
  const sign = Math.sign(own.reduce((sum, value, index) => sum + value * expected[index], 0)) || 1;
  return furthest(own.map((value) => sign * value), expected) / Math.max(1, ...expected.map(Math.abs));
}

const rowsOf = (a: Float32Array, rank: number) => Array.from({ length: rank }, (_, k) => Array.from(a.subarray((k * a.length) / rank, ((k + 1) * a.length) / rank)));
const columnsOf = (b: Float32Array, rank: number) => Array.from({ length: rank }, (_, k) => Array.from({ length: b.length / rank }, (_, row) => b[row * rank + k]));

const CASES: readonly (readonly [name: string, config: Omit<AdapterConfigInput & { peft_type: 'LORA' }, 'peft_type'>])[] = [
  ['pissa', { init_lora_weights: 'pissa' }],
  ['pissa_niter_4', { init_lora_weights: 'pissa_niter_4' }],
  ['olora', { init_lora_weights: 'olora' }],
  ['mica', { init_lora_weights: 'mica' }],
  ['corda-ipm', { init_lora_weights: 'corda' }],
  ['corda-kpm', { init_lora_weights: 'corda', corda_config: { corda_method: 'kpm' } }],
  ['lora_ga', { init_lora_weights: 'lora_ga' }],
  ['lora_ga-ArBr-svd', { init_lora_weights: 'lora_ga', lora_ga_config: { direction: 'ArBr', scale: 'weight_svd' } }],
  ['lora_ga-A2rBr-gd', { init_lora_weights: 'lora_ga', lora_ga_config: { direction: 'A2rBr', scale: 'gd_scale' } }],
  ['eva', { init_lora_weights: 'eva', r: 2 }],
  ['eva-whiten', { init_lora_weights: 'eva', r: 2, target_modules: ['q_proj'], eva_config: { whiten: true, adjust_scaling_factors: false } }],
  ['loftq-4', { init_lora_weights: 'loftq', loftq_config: { loftq_iter: 2 } }],
  ['loftq-8', { init_lora_weights: 'loftq', loftq_config: { loftq_bits: 8 } }],
];

test.each(CASES)('%s starts where HF PEFT starts, and the base keeps its bits', async (name, config) => {
  const base = await load();
  const before = bitsOf(base.model.parameters());
  const peft = getPeftModel(base, { peft_type: 'LORA', r: 3, lora_alpha: 6, ...config }, { random: new Random(2), calibration: batches });
  expect(bitsOf(base.model.parameters())).toEqual(before);
  for (const layer of LAYERS) {
    const update = peft.adapters.get('default')!.layers.get(layer);
    const of = (part: string) => golden.get(`${name}/${layer}.${part}`)?.values;
    expect(update === undefined).toBe(of('lora_A') === undefined);
    if (!(update instanceof LoraLinear)) continue;
    const { a, b, scale } = update.factors;
    expect(scale).toBeCloseTo(of('scale')![0], 5);
    const [rank] = a.shape;
    expect(a.size).toBe(of('lora_A')!.length);
    rowsOf(a.read(), rank).forEach((row, k) => expect(distance(row, rowsOf(of('lora_A')!, rank)[k])).toBeLessThan(2e-5));
    columnsOf(b.read(), rank).forEach((column, k) => expect(distance(column, columnsOf(of('lora_B')!, rank)[k])).toBeLessThan(1e-5));
    if (name.startsWith('lora_ga')) continue; // its factors are of different vectors, so what the base loses has an arbitrary sign
    const weight = weightOf(base.model.namedModules().find(([path]) => path === layer)![1] as never).values;
    const shift = tf.tidy(() => update.shift?.product().dataSync<'float32'>().slice());
    expect(furthest(weight.map((value, index) => value + (shift?.[index] ?? 0)), of('base')!)).toBeLessThan(1e-5);
  }
  peft.dispose();
});
