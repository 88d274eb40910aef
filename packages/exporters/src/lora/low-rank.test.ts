import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadAdapter } from '@unmask/adapters';
import { loadModel, type LoadedModel } from '@unmask/models';
import { Random, selectBackend, tf } from '@unmask/tensor-core';
import { exportLora } from './export-lora.js';
import { lowRankAdapter } from './low-rank.js';

const MODELS = fileURLToPath(new URL('../../../models/fixtures/', import.meta.url));
const load = (name: string) => loadModel(`${MODELS}${name}`, { head: { kind: 'classification', labels: 2 }, random: new Random(1) });

/** Adds a matrix of rank 2 to a weight. */
function change({ model }: LoadedModel, name: string): void {
  const random = new Random(3);
  const parameter = model.namedParameters().find(([own]) => own === name)![1];
  const [rows, columns] = parameter.shape as [number, number];
  const draw = (count: number) => Array.from({ length: count }, () => 0.3 * random.normal());
  const pairs = [0, 1].map(() => [draw(rows), draw(columns)] as const);
  parameter.modify((values) => values.forEach((value, index) => (values[index] = value + pairs.reduce((sum, [u, v]) => sum + u[Math.floor(index / columns)] * v[index % columns], 0))));
}

function answers(model: LoadedModel['model']): Float32Array {
  const ids = tf.tensor2d([[5, 6, 7], [8, 9, 10]], [2, 3], 'int32');
  return tf.tidy(() => model.forward({ inputIds: ids, attentionMask: tf.onesLike(ids), tokenTypeIds: tf.zerosLike(ids) }).dataSync<'float32'>().slice());
}

const close = (found: Float32Array, expected: Float32Array) => found.forEach((value, index) => expect(value).toBeCloseTo(expected[index], 4));

describe('LoRA from any change', () => {
  test.each([
    ['tiny-bert', ['bert.encoder.layer.0.attention.self.query.weight', 'bert.embeddings.word_embeddings.weight', 'classifier.weight']],
    ['tiny-gpt2', ['transformer.h.0.attn.c_attn.weight', 'score.weight']],
  ])('%s: a change of rank 2 is an adapter of rank 2, in memory and in files', async (name, changed) => {
    await selectBackend('onnxruntime');
    const [base, trained, again] = [await load(name), await load(name), await load(name)];
    for (const parameter of changed) change(trained, parameter);
    const expected = answers(trained.model);
    const { model, energies } = lowRankAdapter(base, trained.model, { rank: 2 });
    expect(energies.map((each) => each.name).sort()).toEqual([...changed].sort());
    for (const { kept } of energies) expect(kept).toBeCloseTo(1, 5);
    close(answers(model), expected);
    const folder = await mkdtemp(join(tmpdir(), 'unmask-lora-'));
    await exportLora(model, join(folder, 'out'));
    close(answers(await loadAdapter(again, join(folder, 'out'), { random: new Random(1) })), expected);
    await rm(folder, { recursive: true });
  });

  test('at rank 1 the energy is that of the greatest singular value, and what is no matrix is left out', async () => {
    await selectBackend('onnxruntime');
    const [base, trained] = [await load('tiny-bert'), await load('tiny-bert')];
    change(trained, 'bert.pooler.dense.weight');
    trained.model.namedParameters().find(([name]) => name === 'bert.pooler.dense.bias')![1].modify((values) => values.fill(2));
    const { energies } = lowRankAdapter(base, trained.model, { rank: 1 });
    const [weight, bias] = energies;
    expect(weight.kept).toBeGreaterThan(0.5);
    expect(weight.kept).toBeLessThan(0.999);
    expect(bias).toMatchObject({ name: 'bert.pooler.dense.bias', kept: 0 });
  });

  test('nothing that was changed is refused', async () => {
    const [base, trained] = [await load('tiny-bert'), await load('tiny-bert')];
    expect(() => lowRankAdapter(base, trained.model, { rank: 2 })).toThrow('no linear layer or table differs from the base model');
  });
});
