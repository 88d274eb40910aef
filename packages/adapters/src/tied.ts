import type { TransformerModel } from '@unmask/models';
import { type Embedding, tf } from '@unmask/tensor-core';

/**
 * Whether a model reads a table outside of its layer too, as a head with tied words does: with the layer's own output held
 * constant, another first row still changes the logits.
 */
export function readsElsewhere(model: TransformerModel, table: Embedding): boolean {
  const { hook, weight } = table;
  const size = weight.shape[1];
  const logits = () =>
    tf.tidy(() => {
      const inputIds = tf.zeros([1, 1], 'int32');
      return model.forward({ inputIds, attentionMask: tf.onesLike(inputIds), tokenTypeIds: tf.zerosLike(inputIds) }).dataSync().slice();
    });
  const row = Int32Array.from({ length: size }, (_, index) => index);
  const values = weight.readEntries(row);
  table.hook = (ids) => tf.add(tf.zeros([...ids.shape, size]), tf.sin(tf.range(0, size)));
  try {
    const before = logits();
    weight.writeEntries(row, values.map((value, index) => value + Math.cos(index)));
    return logits().some((value, index) => value !== before[index]);
  } finally {
    weight.writeEntries(row, values);
    table.hook = hook;
  }
}
