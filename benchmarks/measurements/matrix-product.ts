import { Random, tf } from '@unmask/tensor-core';
import type { Figures, Workload } from '../benchmark.js';
import { timed } from './classifier.js';

const SIZE = 1536;

/** The machine's peak: a product of square matrices by the engine's own kernel. */
export function run(workload: Workload): Figures {
  const random = new Random(1);
  const [left, right] = [1, 2].map(() => tf.tensor2d(Float32Array.from({ length: SIZE * SIZE }, () => random.normal()), [SIZE, SIZE]));
  const seconds = timed({ warmUp: 2, steps: 4 * workload.steps }, () => tf.matMul(left, right).dispose());
  return { gigaflops: seconds.map((time) => (2 * SIZE ** 3) / 1e9 / time) };
}
