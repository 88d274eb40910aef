/**
 * Times ID³ steps of a sequence classifier and prints a line of JSON: of each step after the first the seconds of forward
 * and backward, and of what ID³ adds (scores, selection, update).
 *   node --import tsx --conditions=@unmask/source benchmarks/selective-step-worker.ts MODEL_FOLDER BATCH LENGTH STEPS BUDGET
 */
import { peakMemoryMB } from '@unmask/benchmark';
import { selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { loadPretrained } from '@unmask/models';
import { adamw } from '@unmask/optimizers';
import { crossEntropy, Random, selectBackend, streamGradients, tf, type GradientSink } from '@unmask/tensor-core';

const [folder, ...sizes] = process.argv.slice(2) as [string, ...string[]];
const [batch, length, steps, budget] = sizes.map(Number) as [number, number, number, number];
await selectBackend('onnxruntime');
const random = new Random(1);
const { model } = await loadPretrained(folder, { head: { kind: 'classification', labels: 2 }, random });
const ids = tf.tensor2d(Int32Array.from({ length: batch * length }, () => 1000 + random.integer(20_000)), [batch, length], 'int32');
const inputs = { inputIds: ids, attentionMask: tf.onesLike(ids), tokenTypeIds: tf.zerosLike(ids) };
const labels = tf.tensor1d(Int32Array.from({ length: batch }, () => random.integer(2)), 'int32');
const training = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget, steps }) }).bind(model.parameters());

const [passes, selections]: number[][] = [[], []];
for (let step = 0; step < steps; step++) {
  let selecting = 0;
  /** Adds the time of something that ID³ does to the step's. */
  const timed = <T>(body: () => T): T => {
    const started = performance.now();
    const result = body();
    selecting += performance.now() - started;
    return result;
  };
  const sink: GradientSink = Object.assign((...args: Parameters<GradientSink>) => timed(() => training.sink(...args)), { needs: training.sink.needs! });
  const started = performance.now();
  streamGradients(() => crossEntropy(model.forward(inputs), labels), sink).dispose();
  timed(() => training.step(1e-4));
  const total = performance.now() - started;
  if (step === 0) continue; // it compiles
  passes.push((total - selecting) / 1000);
  selections.push(selecting / 1000);
}
const parameters = model.parameters().reduce((sum, { size }) => sum + size, 0);
console.log(JSON.stringify({ passes, selections, peakMemoryMB: peakMemoryMB(), parameters, unmasked: training.unmaskedEntries }));
