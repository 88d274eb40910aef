/**
 * Times forward + backward steps of a sequence classifier on one engine and prints a line of JSON: the seconds of each
 * step after the warm-up, or why the engine cannot start here.
 *   node --import tsx --conditions=@unmask/source benchmarks/training-step-worker.ts ENGINE MODEL_FOLDER BATCH LENGTH WARM_UP STEPS
 */
import { peakMemoryMB } from '@unmask/benchmark';
import { loadPretrained } from '@unmask/models';
import { crossEntropy, Random, selectBackend, streamGradients, tf, UnmaskError } from '@unmask/tensor-core';

const [engine, folder, ...sizes] = process.argv.slice(2) as [string, string, ...string[]];
const [batch, length, warmUp, steps] = sizes.map(Number) as [number, number, number, number];
try {
  await selectBackend(engine);
} catch (error) {
  if (!UnmaskError.isInstance(error) || error.code !== 'unsupported') throw error;
  console.log(JSON.stringify({ missing: error.message.replace(`backend ${engine} cannot start here: no ${engine}: `, '') }));
  process.exit();
}
const random = new Random(1);
const { model } = await loadPretrained(folder, { head: { kind: 'classification', labels: 2 }, random });
const ids = tf.tensor2d(Int32Array.from({ length: batch * length }, () => 1000 + random.integer(20_000)), [batch, length], 'int32');
const inputs = { inputIds: ids, attentionMask: tf.onesLike(ids), tokenTypeIds: tf.zerosLike(ids) };
const labels = tf.tensor1d(Int32Array.from({ length: batch }, () => random.integer(2)), 'int32');

const seconds: number[] = [];
for (let step = 0; step < warmUp + steps; step++) {
  const started = performance.now();
  // Dropout off: PyTorch's side runs without it too, so both do the same arithmetic.
  const loss = streamGradients(() => crossEntropy(model.forward(inputs), labels), () => undefined);
  loss.dataSync(); // engines that compute in the background are done only now
  loss.dispose();
  if (step >= warmUp) seconds.push((performance.now() - started) / 1000);
}
console.log(JSON.stringify({ seconds, peakMemoryMB: peakMemoryMB() }));
