import { filledTensor, hostEntries, hostValues, type Parameter, record, tf } from '@unmask/tensor-core';

/**
 * A matrix that is zero but for some entries, which train.
 * @param entries flat indices in it
 * @param shape [out, in]
 * @param see looks at the gradient of the whole matrix, row after row; that of the entries is zero then
 */
export function sparseMatrix(values: Parameter, entries: Int32Array, shape: readonly [number, number], see?: (gradients: ReturnType<typeof hostValues>) => void): tf.Tensor {
  const matrix = filledTensor(shape, (all) => {
    all.fill(0);
    values.read().forEach((value, index) => (all[entries[index]] = value));
  });
  return record(matrix, [values], [], (dy) => {
    if (!see) return [tf.tensor1d(hostEntries(dy, entries))];
    see(hostValues(dy));
    return [tf.zeros([...values.shape])];
  });
}
