import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import { hostEntries, hostMemory, hostValues, isNearHost } from '../host.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/**
 * Mean cross entropy of softmax(logits) against class ids, over the rows whose label is not negative (Hugging Face marks
 * the others with −100): −Σ (logits[label] − ln Σ exp(logits))/count; dLogits = (softmax(logits) − onehot(labels))/count.
 * It needs two passes over the logits and one more array of their size, in the backward pass, also for a large vocabulary.
 * @param logits [B, C]
 * @param labels int32 [B], values in [0, C) or negative
 * @returns a scalar; 0 when no row counts
 * @throws UnmaskError for shapes that do not fit, or a label from C up
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const [batch, classes] = logits.shape as [number, number];
  if (logits.rank !== 2 || labels.size !== batch) {
    throw new UnmaskError(`crossEntropy takes logits [B, C] and labels [B], not [${logits.shape.join(', ')}] and [${labels.shape.join(', ')}]`);
  }
  return tf.tidy(() => {
    const { rows, targets } = answers(labels.dataSync() as Int32Array, classes);
    const logNormalizer = fused('UnmaskLogSumExp', { x: logits }, {}, () => tf.logSumExp(logits, 1, true)); // [B, 1]
    const count = Math.max(1, rows.length);
    return record(meanLoss(logits, logNormalizer, rows, targets), [logits], [logits, logNormalizer], (dy, [x, normalizer]) => {
      const weight = hostValues(dy)[0] / count;
      const weights = new Float32Array(batch);
      for (const row of rows) weights[row] = weight;
      const scale = tf.tensor2d(weights, [batch, 1]);
      const weighted = fused('UnmaskScaledSoftmax', { x, logNormalizer: normalizer, scale }, {}, () => tf.mul(tf.exp(tf.sub(x, normalizer)), scale));
      return [subtractAt(weighted, targets, weight)];
    });
  });
}

/** The rows that have an answer, and the flat index of each answer in the logits. */
function answers(labels: Int32Array, classes: number): { rows: number[]; targets: Int32Array } {
  const rows: number[] = [];
  labels.forEach((label, row) => {
    if (label >= classes) throw new UnmaskError(`crossEntropy: label ${label} of row ${row} is not below ${classes}, the number of classes`, { code: 'bad-data' });
    if (label >= 0) rows.push(row);
  });
  return { rows, targets: Int32Array.from(rows, (row) => row * classes + labels[row]) };
}

/** The mean over the rows that have an answer of normalizer − logit of the answer: computed here on host engines, else without a download. */
function meanLoss(logits: tf.Tensor, logNormalizer: tf.Tensor, rows: readonly number[], targets: Int32Array): tf.Tensor {
  if (rows.length === 0) return tf.scalar(0);
  if (!isNearHost(logits)) return tf.mean(tf.sub(picked(logNormalizer, Int32Array.from(rows)), picked(logits, targets)));
  const [normalizers, answers] = [hostValues(logNormalizer), hostEntries(logits, targets)];
  return tf.scalar(rows.reduce((sum, row, index) => sum + (normalizers[row] - answers[index]), 0) / rows.length);
}

/** A tensor's values at some flat indices. */
function picked(tensor: tf.Tensor, indices: Int32Array): tf.Tensor {
  return tf.gather(tf.reshape(tensor, [tensor.size]), tf.tensor1d(indices, 'int32'));
}

/** A fresh tensor less `amount` at some flat indices: in place on host engines. */
function subtractAt(fresh: tf.Tensor, indices: Int32Array, amount: number): tf.Tensor {
  const live = hostMemory(fresh);
  if (!live) {
    const flat = tf.reshape(fresh, [fresh.size]);
    return tf.reshape(tf.tensorScatterUpdate(flat, tf.tensor2d(indices, [indices.length, 1], 'int32'), tf.sub(picked(fresh, indices), amount)), fresh.shape);
  }
  for (const index of indices) live[index] -= amount;
  return fresh;
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
