import { record, tf } from '@unmask/tensor-core';
import type { TextBatch } from '../../encoding/text-batches.js';
import type { Forward, FormLoss } from '../form.js';
import { hostLoss } from '../host-loss.js';
import type { VectorLoss, VectorSlope } from './losses.js';
import { type Matrix, zeros } from './matrix.js';
import { pooled, type Pooling, rowsOf } from './pooling.js';

/**
 * A loss of vectors as one of batches. Of a step of several batches it is that of all their examples together, whose vectors are
 * computed first and once more, batch by batch, for their gradients: what memory holds is one batch (Gao et al. 2021, gradient
 * caching).
 * @param random state that dropout goes by is the forward pass's own affair: it must give the same twice
 */
export function vectorLoss(loss: VectorLoss, pooling: Pooling): FormLoss {
  const vectorsOf = (batch: TextBatch, forward: Forward) => pooled(forward(batch), batch, pooling);
  return {
    of: (batch, forward) =>
      hostLoss(vectorsOf(batch, forward), (values) => {
        const { value, gradients } = lossOf(loss, [values], [batch]);
        return { value, gradient: interleaved(gradients) };
      }),
    weight: ({ examples }) => examples.length,
    together: (batches, forward) => {
      const vectors = batches.map((batch) => tf.tidy(() => rowsOf(vectorsOf(batch, forward))));
      const { value, gradients } = lossOf(loss, vectors, batches);
      const all = interleaved(gradients);
      let end = 0;
      const parts = new Map(batches.map((batch, index) => [batch, all.subarray(end, (end += vectors[index].length))]));
      return (batch) => {
        const x = vectorsOf(batch, forward);
        const own = parts.get(batch)!.map((slope) => slope * batches.length); // the step is the mean over its batches
        return record(tf.scalar(value), [x], [], (dy) => [tf.mul(tf.tensor(own, x.shape), dy)]);
      };
    },
  };
}

/** The loss of all batches' examples. @param vectors of each batch, those of an example's texts one after another */
function lossOf(loss: VectorLoss, vectors: readonly Float32Array[], batches: readonly TextBatch[]): VectorSlope {
  const examples = batches.flatMap((batch) => batch.examples);
  const texts = 1 + (examples[0].others?.length ?? 0);
  const size = vectors[0].length / batches[0].sequences.length;
  const matrices: Matrix[] = Array.from({ length: texts }, () => zeros(examples.length, size));
  let example = 0;
  for (const values of vectors) {
    for (let start = 0; start < values.length; start += texts * size, example++) {
      matrices.forEach((matrix, text) => matrix.values.set(values.subarray(start + text * size, start + (text + 1) * size), example * size));
    }
  }
  return loss(matrices, examples.map(({ labels }) => labels[0]));
}

/** Matrices of as many rows as one, the first rows of all of them first. */
function interleaved(matrices: readonly Matrix[]): Float32Array {
  const [{ rows, size }] = matrices;
  const values = new Float32Array(matrices.length * rows * size);
  for (let index = 0; index < rows; index++) {
    matrices.forEach((matrix, text) => values.set(matrix.values.subarray(index * size, (index + 1) * size), (index * matrices.length + text) * size));
  }
  return values;
}
