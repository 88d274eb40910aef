import { filledTensor, hostEntries, type Parameter, record, tf } from '@unmask/tensor-core';

/** A matrix that is zero but for some entries, which train. @param entries flat indices in it @param shape [out, in] */
export function sparseMatrix(values: Parameter, entries: Int32Array, shape: readonly [number, number]): tf.Tensor {
  const matrix = filledTensor(shape, (all) => {
    all.fill(0);
    values.read().forEach((value, index) => (all[entries[index]] = value));
  });
  return record(matrix, [values], [], (dy) => [tf.tensor1d(hostEntries(dy, entries))]);
}
