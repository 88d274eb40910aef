import { UnmaskError } from '../errors.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Mean cross entropy of softmax(logits) against class ids; dLogits = (softmax(logits) − onehot(labels))/B.
 * @param logits [B, C]
 * @param labels int32 [B], values in [0, C)
 * @returns a scalar
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const [batch, classes] = logits.shape as [number, number];
  if (logits.rank !== 2 || labels.size !== batch) {
    throw new UnmaskError(`crossEntropy takes logits [B, C] and labels [B], not [${logits.shape.join(', ')}] and [${labels.shape.join(', ')}]`);
  }
  return tf.tidy(() => {
    const target = tf.oneHot(tf.cast(labels, 'int32'), classes); // [B, C]
    const logProbabilities = tf.logSoftmax(logits);
    const loss = tf.div<tf.Tensor>(tf.neg(tf.sum(tf.mul(logProbabilities, target))), batch);
    return record(loss, [logits], [logProbabilities, target], (dy, [saved, onehot]) => [
      tf.mul(tf.sub(tf.exp(saved), onehot), tf.div(dy, batch)),
    ]);
  });
}

/**
 * Mean of (prediction − target)²; dPrediction = 2·(prediction − target)/B.
 * @param prediction [B] or [B, 1]
 * @param target [B]
 * @returns a scalar
 */
export function meanSquaredError(prediction: tf.Tensor, target: tf.Tensor): tf.Tensor {
  if (prediction.size !== target.size) {
    throw new UnmaskError(`meanSquaredError: ${prediction.size} predictions for ${target.size} targets`);
  }
  return tf.tidy(() => {
    const difference = tf.sub(prediction, tf.reshape(target, prediction.shape));
    return record(tf.mean(tf.square(difference)), [prediction], [difference], (dy, [saved]) => [
      tf.mul(saved, tf.mul(dy, 2 / saved.size)),
    ]);
  });
}
