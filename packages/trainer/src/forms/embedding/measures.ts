import type { EmbeddingExample, EmbeddingShape } from '@unmask/tasks';
import { nextTurn, tf } from '@unmask/tensor-core';
import { dot, type Matrix, row } from './matrix.js';

/** Vectors whose cosines to all others are computed at a time. */
const AT_ONCE = 256;

/**
 * What the task's metrics take of each example: the cosine of a scored pair; the rank of a pair's second text among all second
 * texts; how much nearer a triplet's positive is than its negative; the nearest class and the rank of the first text of the same class.
 * @param vectors of length 1: a matrix for each of the examples' texts
 */
export async function measuresOf(shape: EmbeddingShape, examples: readonly EmbeddingExample[], vectors: readonly Matrix[]): Promise<(number | readonly number[])[]> {
  switch (shape) {
    case 'scored':
      return examples.map((_, index) => dot(row(vectors[0], index), row(vectors[1], index)));
    case 'triplets':
      return examples.map((_, index) => dot(row(vectors[0], index), row(vectors[1], index)) - dot(row(vectors[0], index), row(vectors[2], index)));
    case 'pairs':
      return withCosines(vectors[0], vectors[1], (cosines, index) => rankOf(cosines, (other) => examples[other].texts[1] === examples[index].texts[1], () => false));
    case 'labelled': {
      const nearest = nearestClasses(vectors[0], examples.map(({ label }) => label));
      return withCosines(vectors[0], vectors[0], (cosines, index) => [nearest[index], rankOf(cosines, (other) => examples[other].label === examples[index].label, (other) => other === index)] as const);
    }
  }
}

/** The rank of the nearest that is right, 1 for the first; infinite where none is. */
function rankOf(cosines: Float32Array, isRight: (index: number) => boolean, isLeftOut: (index: number) => boolean): number {
  let [best, rank] = [-Infinity, 1];
  cosines.forEach((cosine, index) => {
    if (!isLeftOut(index) && isRight(index) && cosine > best) best = cosine;
  });
  if (best === -Infinity) return Number.MAX_SAFE_INTEGER;
  cosines.forEach((cosine, index) => {
    if (!isLeftOut(index) && !isRight(index) && cosine >= best) rank++;
  });
  return rank;
}

/** Something of each row's cosines to all rows of another matrix. */
async function withCosines<T>(queries: Matrix, candidates: Matrix, use: (cosines: Float32Array, index: number) => T): Promise<T[]> {
  const found: T[] = [];
  const all = tf.tensor2d(candidates.values, [candidates.rows, candidates.size]);
  for (let start = 0; start < queries.rows; start += AT_ONCE) {
    const count = Math.min(AT_ONCE, queries.rows - start);
    const part = queries.values.subarray(start * queries.size, (start + count) * queries.size);
    const cosines = tf.tidy(() => tf.matMul(tf.tensor2d(part, [count, queries.size]), all, false, true).dataSync<'float32'>());
    for (let index = 0; index < count; index++) found.push(use(cosines.subarray(index * candidates.rows, (index + 1) * candidates.rows), start + index));
    await nextTurn(); // so that progress shows
  }
  all.dispose();
  return found;
}

/** The class whose mean vector is nearest to each vector, which itself does not count in its own class's; −1 where there is none. */
function nearestClasses(vectors: Matrix, labels: readonly number[]): number[] {
  const sums = new Map<number, Float64Array>();
  labels.forEach((label, index) => {
    const sum = sums.get(label) ?? new Float64Array(vectors.size);
    row(vectors, index).forEach((value, entry) => (sum[entry] += value));
    sums.set(label, sum);
  });
  return labels.map((label, index) => {
    const own = row(vectors, index);
    let [best, nearest] = [-Infinity, -1];
    for (const [id, sum] of sums) {
      let [product, square] = [0, 0];
      for (let entry = 0; entry < vectors.size; entry++) {
        const value = sum[entry] - (id === label ? own[entry] : 0);
        product += value * own[entry];
        square += value * value;
      }
      const cosine = square < 1e-12 ? -Infinity : product / Math.sqrt(square);
      if (cosine > best) [best, nearest] = [cosine, id];
    }
    return nearest;
  });
}
