import { multiply, type Random, record, tensorOf, tf, type Value } from '@unmask/tensor-core';

/**
 * Orthogonal matrices of skew-symmetric ones, by Cayley's transform R = (I − S)·(I + S)⁻¹.
 * With M = (I + S)⁻¹ = (R + I)/2, dS = −2·Mᵀ·dR·Mᵀ.
 * @param skew S, [n, b, b]
 * @returns R, [n, b, b]
 */
export function cayley(skew: tf.Tensor): tf.Tensor {
  const shape = skew.shape as [number, number, number];
  const rotations = tf.tidy(() => tf.tensor3d(cayleyValues(skew.dataSync<'float32'>(), shape[1]), shape));
  return record(rotations, [skew], [rotations], (dy, [saved]) => {
    const inverse = tf.transpose(tf.mul(tf.add(saved, tf.eye(shape[1])), 0.5), [0, 2, 1]);
    return [tf.mul(tf.matMul(tf.matMul(inverse, dy), inverse), -2)];
  });
}

/** R of each block, row after row, by elimination: (I + S) is never singular. */
function cayleyValues(skew: Float32Array, size: number): Float32Array {
  const rotations = new Float32Array(skew.length);
  for (let first = 0; first < skew.length; first += size * size) {
    const sum = Float64Array.from(skew.subarray(first, first + size * size));
    const inverse = new Float64Array(size * size);
    for (let row = 0; row < size; row++) sum[row * size + row] += inverse[row * size + row] += 1;
    for (let pivot = 0; pivot < size; pivot++) {
      eliminate(sum, inverse, pivot, size); // of S's form: all leading blocks of I + S are regular, so no rows are exchanged
    }
    for (let entry = 0; entry < size * size; entry++) rotations[first + entry] = 2 * inverse[entry] - Number(entry % (size + 1) === 0);
  }
  return rotations;
}

/** One step of Gauss and Jordan. */
function eliminate(matrix: Float64Array, inverse: Float64Array, pivot: number, size: number): void {
  const scale = 1 / matrix[pivot * size + pivot];
  for (let column = 0; column < size; column++) {
    matrix[pivot * size + column] *= scale;
    inverse[pivot * size + column] *= scale;
  }
  for (let row = 0; row < size; row++) {
    const share = matrix[row * size + pivot];
    if (row === pivot || share === 0) continue;
    for (let column = 0; column < size; column++) {
      matrix[row * size + column] -= share * matrix[pivot * size + column];
      inverse[row * size + column] -= share * inverse[pivot * size + column];
    }
  }
}

/**
 * Multiplies each block of the last axis with a matrix of its own.
 * @param x […, n·b]
 * @param blocks [n, b, b]
 * @returns […, n·b]
 */
export function multiplyBlocks(x: tf.Tensor, blocks: Value): tf.Tensor {
  const [count, size] = blocks.shape as [number, number, number];
  return tf.tidy(() => {
    const apart = tf.transpose(tf.reshape(x, [-1, count, size]), [1, 0, 2]); // [n, tokens, b]
    const matrices = tensorOf(blocks);
    const product = together(tf.matMul(apart, matrices), x.shape);
    return record(product, [x, blocks], [apart, matrices], (dy, [input, used], needed) => {
      const outer = tf.transpose(tf.reshape(dy, [-1, count, size]), [1, 0, 2]); // [n, tokens, b]
      return [
        needed[0] ? together(tf.matMul(outer, used, false, true), x.shape) : undefined,
        needed[1] ? tf.matMul(input, outer, true, false) : undefined,
      ];
    });
  });
}

/** [n, tokens, b] → […, n·b] */
const together = (apart: tf.Tensor, shape: readonly number[]) => tf.reshape(tf.transpose(apart, [1, 0, 2]), [...shape]);

/** Exchanges the entries of the last axis. @param order which entry comes to each place */
export function permute(x: tf.Tensor, order: Int32Array): tf.Tensor {
  const { shape } = x;
  const size = order.length;
  const take = (from: tf.Tensor, places: Int32Array) => tf.reshape(tf.gather(tf.reshape(from, [-1, size]), tf.tensor1d(places, 'int32'), 1), shape);
  return record(tf.tidy(() => take(x, order)), [x], [], (dy) => [take(dy, inverseOf(order))]);
}

/** The permutation that takes another one back. */
export function inverseOf(order: Int32Array): Int32Array {
  const inverse = new Int32Array(order.length);
  order.forEach((place, index) => (inverse[place] = index));
  return inverse;
}

/** The rotations with a share of them, drawn anew, turned into identities: dropout of what multiplies. @param rotations [n, b, b] */
export function dropRotations(rotations: tf.Tensor, rate: number, random: Random | undefined): tf.Tensor {
  const [count, size] = rotations.shape as [number, number, number];
  const dropped = Math.floor(rate * count);
  if (!random || dropped === 0 || count === 1) return rotations;
  const chosen = random.shuffle(Array.from({ length: count }, (_, index) => Number(index < dropped)));
  return tf.tidy(() => {
    const kept = tf.tensor3d(chosen.map((each) => 1 - each), [count, 1, 1]);
    const identities = tf.mul(tf.tensor3d(chosen, [count, 1, 1]), tf.eye(size));
    return record(tf.add(tf.mul(rotations, kept), identities), [rotations], [kept], (dy, [factors]) => [tf.mul(dy, factors)]);
  });
}

/** The same matrix as each of `count` blocks. @param block [1, b, b] @returns [count, b, b] */
export function repeatBlock(block: tf.Tensor, count: number): tf.Tensor {
  return block.shape[0] === count ? block : multiply(block, tf.ones([count, 1, 1]));
}

/** (M − Mᵀ)/2 of each block. @param blocks M, [n, b, b] */
export function skewPart(blocks: tf.Tensor): tf.Tensor {
  const part = (of: tf.Tensor) => tf.tidy(() => tf.mul(tf.sub(of, tf.transpose(of, [0, 2, 1])), 0.5));
  return record(part(blocks), [blocks], [], (dy) => [part(dy)]);
}

/** Some of the blocks, one after the other. @param blocks [n, b, b] @returns [count, b, b] */
export function takeBlocks(blocks: tf.Tensor, first: number, count: number): tf.Tensor {
  const [all, ...size] = blocks.shape as [number, number, number];
  const taken = tf.slice(blocks, [first, 0, 0], [count, ...size]);
  return record(taken, [blocks], [], (dy) => [tf.pad(dy, [[first, all - first - count], [0, 0], [0, 0]])]);
}
