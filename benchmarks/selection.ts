/**
 * Times what ID³ adds to a backward pass, scan + select + update, over the entries of a small BERT, against a plain pass
 * that only reads the same bytes.
 *   node --import tsx --conditions=@unmask/source benchmarks/selection.ts [STEPS]
 */
import { selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { adamw } from '@unmask/optimizers';
import { Parameter, Random, selectBackend, tf, type ParameterGradient } from '@unmask/tensor-core';
import { median } from './spread.js';

const steps = Number(process.argv[2] ?? 40);
const budget = 40_000;
await selectBackend('cpu');
const random = new Random(1);
const normals = (size: number, scale: number) => Float32Array.from({ length: size }, () => scale * random.normal());

// 6 layers of width 384 (10.6M entries), and a vocabulary of which a batch reads 600 rows.
const shapes = Array.from({ length: 6 }, () => [[384, 384], [384, 384], [384, 384], [384, 384], [1536, 384], [384, 1536], [384], [1536]]).flat();
const parameters = [[30_522, 384], ...shapes].map((shape) => {
  const parameter = new Parameter(shape, normals(shape.reduce((product, length) => product * length), 0.05));
  parameter.name = `parameter of shape ${shape.join('×')}`;
  return parameter;
});
const gradients = parameters.map((parameter, index): ParameterGradient => {
  if (index > 0) return { tensor: tf.tensor(normals(parameter.size, 1e-3), [...parameter.shape]) };
  const rows = Int32Array.from({ length: 600 }, (_, row) => row * 50);
  return { rows, tensor: tf.tensor(normals(600 * 384, 1e-3), [600, 384]) };
});
const entries = gradients.reduce((sum, { tensor }) => sum + tensor.size, 0);

/** Sums two arrays of equal length, or the beginning of the longer one. */
function sumOf(weights: Float32Array, values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += weights[i] + values[i];
  return sum;
}
const plainPass = () => parameters.forEach((parameter, index) => sumOf(parameter.read(), gradients[index].tensor.dataSync() as Float32Array));

const time = (body: () => void) => {
  const started = performance.now();
  body();
  return performance.now() - started;
};

const training = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget, steps }) }).bind(parameters);
const [scan, update, plain]: number[][] = [[], [], []];
for (let step = 1; step <= steps; step++) {
  scan.push(time(() => parameters.forEach((parameter, index) => training.sink(parameter, gradients[index]))));
  update.push(time(() => training.step(1e-3)));
  plain.push(time(plainPass));
}
const [scanMs, updateMs, plainMs] = [median(scan), median(update), median(plain)];
console.log(`${(entries / 1e6).toFixed(1)}M entries with gradients, budget ${budget}, ${steps} steps; medians a step:`);
console.log(`scan ${scanMs.toFixed(1)} ms, select and update ${updateMs.toFixed(1)} ms, together ${(scanMs + updateMs).toFixed(1)} ms; plain pass ${plainMs.toFixed(1)} ms`);
console.log(`last step, with ${training.unmaskedEntries} unmasked: ${(scan.at(-1)! + update.at(-1)!).toFixed(1)} ms`);
