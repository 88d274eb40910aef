import { hostValues } from '../host.js';
import { sumRows } from '../gradients.js';
import { tensorOf, type Value } from '../parameter.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Rows of a table. Its gradient names only the rows that were read, so its cost does not grow with the vocabulary.
 * @param ids int32, any shape, values in [0, V)
 * @param table [V, h]
 * @returns [...ids.shape, h]
 */
export function embedding(ids: tf.Tensor, table: Value): tf.Tensor {
  const output = tf.gather(tensorOf(table), ids);
  return record(output, [table], [ids], (outputGradient, [savedIds]) => {
    const size = outputGradient.shape[outputGradient.rank - 1];
    return [sumRows(savedIds.dataSync() as Int32Array, hostValues(outputGradient), [size])];
  });
}
