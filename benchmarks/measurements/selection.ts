import { selective, uniform } from '@unmask/id3';
import { d3 } from '@unmask/importance';
import { loadPretrained } from '@unmask/models';
import { adamw } from '@unmask/optimizers';
import { type Parameter, type ParameterGradient, Random, tf } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';

/** Matrices with more rows than this are vocabularies, of which a batch touches a row a token. */
const LARGEST_MATRIX = 10_000;

/** What ID³ adds to a backward pass, without one: scan, choice and update for random gradients, beside a pass that only reads the same numbers. */
export async function run({ model: folder, batch, length, steps, warmUp, budget }: Workload): Promise<Figures> {
  const random = new Random(1);
  const { model } = await loadPretrained(folder, { head: { kind: 'classification', labels: 2 }, random });
  const parameters = model.parameters();
  const gradients = parameters.map((parameter) => gradientOf(parameter, batch * length, random));
  const training = selective(adamw({ weightDecay: 0 }), { metric: d3(), schedule: uniform({ budget, steps: warmUp + steps }) }).bind(parameters);
  const samples = Array.from({ length: warmUp + steps }, () => ({
    scanning: seconds(() => parameters.forEach((parameter, index) => training.sink(parameter, gradients[index]))),
    updating: seconds(() => training.step(1e-3)),
    reading: seconds(() => parameters.forEach((parameter, index) => sumOf(parameter.read(), gradients[index].tensor.dataSync<'float32'>()))),
  })).slice(warmUp);
  return {
    secondsScanning: samples.map(({ scanning }) => scanning),
    secondsUpdating: samples.map(({ updating }) => updating),
    secondsReading: samples.map(({ reading }) => reading),
    passes: samples.map(({ scanning, updating, reading }) => (scanning + updating) / reading),
  };
}

/** A random gradient; of a vocabulary that of evenly spread rows. */
function gradientOf({ shape, size }: Parameter, tokens: number, random: Random): ParameterGradient {
  const normals = (count: number) => Float32Array.from({ length: count }, () => 1e-3 * random.normal());
  const [length, ...row] = shape;
  if (row.length === 0 || length <= LARGEST_MATRIX) return { tensor: tf.tensor(normals(size), [...shape]) };
  const touched = Math.min(tokens, length);
  const rows = Int32Array.from({ length: touched }, (_, index) => Math.floor((index * length) / touched));
  return { rows, tensor: tf.tensor(normals((touched * size) / length), [touched, ...row]) };
}

/** Sums a gradient and as many weights. */
function sumOf(weights: Float32Array, gradient: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < gradient.length; i++) sum += weights[i] + gradient[i];
  return sum;
}

function seconds(body: () => void): number {
  const started = performance.now();
  body();
  return (performance.now() - started) / 1000;
}
