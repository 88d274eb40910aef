import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';
import { HeadLayout } from './head-layout.js';

/** What the vectors of some tokens say to the places of the others. */
export interface RelativeTerm {
  /** What `x` holds: the queries, which are the rows of the bias, or the keys, which are its columns. */
  readonly of: 'queries' | 'keys';
  /** [B, T, H·d] */
  readonly x: tf.Tensor;
  /** [2T, H·d], a vector for each offset from a token to another: row r is for r − T, from −T, which never occurs, to T − 1. */
  readonly offsets: tf.Tensor;
}

/**
 * A bias of attention by the distance of query and key (Shaw et al. 2018; He et al. 2021, eq. 4): the sum over the terms of
 * s·x_t·w_(u−t) per head, with x_t the vector of a token t and w_o that of the offset o to the other one, u.
 *
 * Every x_t meets every w_o in one product [B, H, T, 2T], of which row t is wanted from column T − t on: dropping the first
 * T of the 2T² entries and reading on in rows of 2T − 1 puts these parts below each other (the relative shift of Dai et al.
 * 2019); the gradient is the way back, filled up with zeros. So a term costs as much as two products q·kᵀ and copies of 3T²
 * entries, its gradient twice that, and no index of size T². The bias is not kept for attention's backward pass but made again.
 * @param terms one or more
 * @returns [B, H, T, T]
 * @throws UnmaskError when there is not a row for each offset
 */
export function relativeBias(terms: readonly RelativeTerm[], { heads, scale = 1 }: { readonly heads: number; readonly scale?: number }): tf.Tensor {
  for (const { x, offsets } of terms) {
    const [, length, size] = x.shape as [number, number, number];
    if (offsets.shape.join() === [2 * length, size].join()) continue;
    throw new UnmaskError(`relativeBias: ${length} tokens of size ${size} take offsets [${2 * length}, ${size}], not [${offsets.shape.join(', ')}]`);
  }
  const kernels = terms.map(({ of }) => relativeScores({ heads, scale, transposed: of === 'keys' ? 1 : 0 }));
  const inputs = terms.flatMap(({ x, offsets }) => [x, offsets]);
  const compute = (tensors: readonly tf.Tensor[]) =>
    kernels.reduce<tf.Tensor | undefined>((sum, { scores }, index) => scores(tensors[2 * index], tensors[2 * index + 1], sum), undefined)!;
  return record(
    tf.tidy(() => compute(inputs)),
    inputs,
    inputs,
    (dBias, saved) => kernels.flatMap(({ gradient }, index) => gradient(dBias, saved[2 * index], saved[2 * index + 1])),
    compute,
  );
}

/** One term of the bias, added to those before it, and its gradient. */
function relativeScores(attributes: { readonly heads: number; readonly scale: number; readonly transposed: number }) {
  const { heads, scale, transposed } = attributes;
  const layout = new HeadLayout(heads, heads);
  const split = (offsets: tf.Tensor) => layout.split(tf.expandDims(tf.mul(offsets, scale), 0)); // [1, H, 2T, d]
  const orient = (scores: tf.Tensor) => (transposed ? tf.transpose(scores, [0, 1, 3, 2]) : scores); // [B, H, T, T]
  return {
    scores: (x: tf.Tensor, offsets: tf.Tensor, added: tf.Tensor | undefined): tf.Tensor =>
      fused('UnmaskRelativeScores', { x, offsets, added }, attributes, () => {
        const products = tf.matMul(layout.split(x), split(offsets), false, true); // [B, H, T, 2T]
        const scores = orient(shift(products));
        return added ? tf.add(scores, added) : scores;
      }),
    gradient: (dScores: tf.Tensor, x: tf.Tensor, offsets: tf.Tensor): tf.Tensor[] =>
      fused<tf.Tensor[]>('UnmaskRelativeScoresGradient', { dScores, x, offsets }, attributes, () => {
        const dProducts = unshift(orient(dScores)); // [B, H, T, 2T]
        const dOffsets = tf.sum(tf.matMul(dProducts, layout.split(x), true, false), 0, true); // [1, H, 2T, d]
        return [layout.join(tf.matMul(dProducts, split(offsets))), tf.mul(tf.squeeze(layout.join(dOffsets), [0]), scale)];
      }),
  };
}

/** [B, H, T, 2T] → [B, H, T, T]: entry (t, u) is that of row t and column T + u − t. */
function shift(x: tf.Tensor): tf.Tensor {
  const [batch, heads, length] = x.shape as [number, number, number, number];
  const rest = tf.slice(tf.reshape(x, [batch, heads, 2 * length, length]), [0, 0, 1, 0], [batch, heads, 2 * length - 1, length]);
  return tf.slice(tf.reshape(rest, [batch, heads, length, 2 * length - 1]), [0, 0, 0, 0], [batch, heads, length, length]);
}

/** The gradient of {@link shift}: [B, H, T, T] → [B, H, T, 2T]. */
function unshift(dy: tf.Tensor): tf.Tensor {
  const [batch, heads, length] = dy.shape as [number, number, number, number];
  const rows = tf.pad(dy, [[0, 0], [0, 0], [0, 0], [0, length - 1]]); // [B, H, T, 2T − 1]
  const all = tf.pad(tf.reshape(rows, [batch, heads, 2 * length - 1, length]), [[0, 0], [0, 0], [1, 0], [0, 0]]);
  return tf.reshape(all, [batch, heads, length, 2 * length]);
}
