import { denseGradient, sumRows } from '../gradients.js';
import { Parameter, tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Rows of a table. A parameter's gradient names only the rows that were read, so its cost does not grow with the
 * vocabulary; that of an activation is dense.
 * @param ids int32, any shape, values in [0, V)
 * @param table [V, h]
 * @returns [...ids.shape, h]
 */
export function embedding(ids: tf.Tensor, table: Value): tf.Tensor {
  const [output, shape] = [tf.gather(tensorOf(table), ids), tensorOf(table).shape];
  return record(output, [table], [ids], (outputGradient, [savedIds]) => {
    const size = outputGradient.shape[outputGradient.rank - 1];
    const gradient = sumRows(savedIds.dataSync() as Int32Array, tf.reshape(outputGradient, [-1, size]));
    return [table instanceof Parameter ? gradient : denseGradient(shape, gradient)];
  });
}
