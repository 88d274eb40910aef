import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { fullFineTuning } from '@unmask/id3';
import { loadModel } from '@unmask/models';
import { sgd } from '@unmask/optimizers';
import { meanSquaredError, Random, selectBackend, streamGradients, tf } from '@unmask/tensor-core';
import { factorsOf, getPeftModel, loraFa } from '../../index.js';

test('A stays, and B goes by the gradient that is nearest to the full one', async () => {
  await selectBackend('cpu');
  const base = await loadModel(fileURLToPath(new URL('../../../../models/fixtures/tiny-bert', import.meta.url)), { head: { kind: 'classification', labels: 2 }, random: new Random(1) });
  const model = getPeftModel(base, { peft_type: 'LORA', r: 2, lora_alpha: 3, layers_to_transform: 0, target_modules: ['query'] }, { random: new Random(2) });
  const { a, b, scale } = factorsOf([...model.adapters.get('default')!.layers.values()][0])!;
  const [before, project] = [a.read().slice(), loraFa(model)];
  const ids = tf.tensor2d([[7, 12, 33, 21]], undefined, 'int32');
  const loss = () => meanSquaredError(model.forward({ inputIds: ids, attentionMask: tf.onesLike(ids), tokenTypeIds: tf.zerosLike(ids) }), tf.tensor2d([[3, -3]]));
  let plain = new Float32Array();
  streamGradients(loss, (parameter, { tensor }) => {
    expect(parameter).toBe(b);
    plain = tensor.dataSync<'float32'>().slice();
  }).dispose();
  const training = fullFineTuning(sgd()).bind(model.trainableParameters());
  streamGradients(loss, project(training.sink)).dispose();
  training.step(1);
  expect(a.read()).toEqual(before);
  // The change of B, −∇B·(A·Aᵀ)⁻¹/s², times A·Aᵀ·s² is −∇B.
  const [row, other] = [before.subarray(0, 32), before.subarray(32)];
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, index) => sum + value * y[index], 0);
  const back = Array.from(b.read(), (_, index) => {
    const [first, second] = [b.read()[index - (index % 2)], b.read()[index - (index % 2) + 1]];
    const with_ = index % 2 === 0 ? row : other;
    return -(scale ** 2) * (first * dot(row, with_) + second * dot(other, with_));
  });
  const size = plain.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  back.forEach((value, index) => expect(Math.abs(value - plain[index])).toBeLessThan(1e-4 * size));
  model.dispose();
});
