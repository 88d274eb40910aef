import { UnmaskError } from '../errors.js';
import { fused } from '../fused.js';
import { hostEntries, hostMemory, hostValues, isNearHost } from '../host.js';
import { record } from '../tape.js';
import { tf } from '../tf.js';

/** How {@link crossEntropy} counts. */
export interface CrossEntropyOptions {
  /** Share of each answer that is spread evenly over all classes, in [0, 1); 0 by default (label smoothing, Szegedy et al. 2016). */
  readonly smoothing?: number | undefined;
  /** How much each of the C classes counts; all alike by default. The mean is weighted by the answers' classes. */
  readonly classWeights?: ArrayLike<number> | undefined;
}

/**
 * Mean cross entropy of softmax(logits) against class ids, over the rows whose label is not negative (Hugging Face marks
 * the others with −100): −Σ (logits[label] − ln Σ exp(logits))/count; dLogits = (softmax(logits) − onehot(labels))/count. With
 * class weights w and smoothing ε it is PyTorch's: Σ ((1 − ε)·w[label]·loss(label) + ε/C·Σ_c w[c]·loss(c)) / Σ w[label].
 * It needs two passes over the logits and one more array of their size, in the backward pass, also for a large vocabulary.
 * @param logits [B, C]
 * @param labels int32 [B], values in [0, C) or negative
 * @returns a scalar; 0 when no row counts
 * @throws UnmaskError for shapes that do not fit, or a label from C up
 */
export function crossEntropy(logits: tf.Tensor, labels: tf.Tensor, { smoothing = 0, classWeights }: CrossEntropyOptions = {}): tf.Tensor {
  const [batch, classes] = logits.shape as [number, number];
  const known = answersOf('crossEntropy', logits, labels);
  return tf.tidy(() => {
    const weights = Float64Array.from(known.labels, (label) => classWeights?.[label] ?? 1);
    const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
    const spread = Float32Array.from({ length: classes }, (_, id) => (smoothing * (classWeights?.[id] ?? 1)) / classes); // by class
    const spreadInAll = smoothing === 0 ? 0 : spread.reduce((sum, part) => sum + part, 0);
    const [ofNormalizer, ofAnswer] = [weights.map((weight) => (1 - smoothing) * weight + spreadInAll), weights.map((weight) => (1 - smoothing) * weight)];
    const logNormalizer = normalizerOf(logits); // [B, 1]
    const spreadLogits = smoothing === 0 ? undefined : tf.matMul(logits, tf.tensor2d(spread, [classes, 1])); // [B, 1]
    const loss = weightedMean(known, [logNormalizer, ofNormalizer], [logits, ofAnswer], spreadLogits, total);
    return record(loss, [logits], [logits, logNormalizer], (dy, [x, normalizer]) => {
      const scale = hostValues(dy)[0] / total;
      const gradient = softmaxLessAnswers(x, normalizer, known, ofNormalizer.map((each) => each * scale), ofAnswer.map((each) => each * scale));
      if (smoothing === 0) return [gradient];
      const scales = new Float32Array(batch);
      for (const row of known.rows) scales[row] = scale;
      return [tf.sub(gradient, tf.matMul(tf.tensor2d(scales, [batch, 1]), tf.tensor2d(spread, [1, classes])))];
    });
  });
}

/**
 * The logarithm of each label's probability under softmax(logits), 0 for rows whose label is negative;
 * dLogits = dy·(onehot(labels) − softmax(logits)).
 * @param logits [B, C]
 * @param labels int32 [B], values in [0, C) or negative
 * @returns [B]
 * @throws UnmaskError for shapes that do not fit, or a label from C up
 */
export function labelLogProbabilities(logits: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  const known = answersOf('labelLogProbabilities', logits, labels);
  return tf.tidy(() => {
    const logNormalizer = normalizerOf(logits); // [B, 1]
    const values = new Float32Array(labels.size);
    const [normalizers, answers] = [hostValues(logNormalizer), hostEntries(logits, known.targets)];
    known.rows.forEach((row, index) => (values[row] = answers[index] - normalizers[row]));
    return record(tf.tensor1d(values), [logits], [logits, logNormalizer], (dy, [x, normalizer]) => {
      const gradients = hostValues(dy);
      const weights = Float64Array.from(known.rows, (row) => -gradients[row]);
      return [softmaxLessAnswers(x, normalizer, known, weights, weights)];
    });
  });
}

/** ln Σ exp of each row. @param logits [B, C] @returns [B, 1] */
const normalizerOf = (logits: tf.Tensor) => fused('UnmaskLogSumExp', { x: logits }, {}, () => tf.logSumExp(logits, 1, true));

/** The rows that have an answer. */
interface Answers {
  readonly rows: readonly number[];
  readonly labels: readonly number[];
  /** The flat index of each answer in the logits. */
  readonly targets: Int32Array;
}

/** @throws UnmaskError for shapes that do not fit, or a label from C up */
function answersOf(operation: string, logits: tf.Tensor, labels: tf.Tensor): Answers {
  const [batch, classes] = logits.shape as [number, number];
  if (logits.rank !== 2 || labels.size !== batch) {
    throw new UnmaskError(`${operation} takes logits [B, C] and labels [B], not [${logits.shape.join(', ')}] and [${labels.shape.join(', ')}]`);
  }
  const given = labels.dataSync() as Int32Array;
  const rows: number[] = [];
  given.forEach((label, row) => {
    if (label >= classes) throw new UnmaskError(`${operation}: label ${label} of row ${row} is not below ${classes}, the number of classes`, { code: 'bad-data' });
    if (label >= 0) rows.push(row);
  });
  return { rows, labels: rows.map((row) => given[row]), targets: Int32Array.from(rows, (row) => row * classes + given[row]) };
}

/** A value of each row that has an answer, and what it counts. */
type Weighted = readonly [values: tf.Tensor, weights: Float64Array];

/** Σ (normalizer − logit of the answer − spread logits) / total, each weighted: computed here on host engines, else without a download. */
function weightedMean({ rows, targets }: Answers, [normalizer, ofNormalizer]: Weighted, [logits, ofAnswer]: Weighted, spread: tf.Tensor | undefined, total: number): tf.Tensor {
  if (rows.length === 0) return tf.scalar(0);
  const places = Int32Array.from(rows);
  if (!isNearHost(logits)) {
    const weighted = (values: tf.Tensor, indices: Int32Array, weights: Float64Array) => tf.mul(picked(values, indices), tf.tensor1d(Float32Array.from(weights)));
    const losses = tf.sub(weighted(normalizer, places, ofNormalizer), weighted(logits, targets, ofAnswer));
    return tf.div(tf.sum(spread ? tf.sub(losses, picked(spread, places)) : losses), total);
  }
  const [normalizers, answers, spreads] = [hostValues(normalizer), hostEntries(logits, targets), spread && hostValues(spread)];
  return tf.scalar(rows.reduce((sum, row, index) => sum + (ofNormalizer[index] * normalizers[row] - ofAnswer[index] * answers[index] - (spreads?.[row] ?? 0)), 0) / total);
}

/** softmax(x)·(weight of the row) less an amount at the row's answer; zero in rows without one. */
function softmaxLessAnswers(x: tf.Tensor, logNormalizer: tf.Tensor, { rows, targets }: Answers, weights: Float64Array, amounts: Float64Array): tf.Tensor {
  const scales = new Float32Array(x.shape[0]);
  rows.forEach((row, index) => (scales[row] = weights[index]));
  const scale = tf.tensor2d(scales, [scales.length, 1]);
  const weighted = fused('UnmaskScaledSoftmax', { x, logNormalizer, scale }, {}, () => tf.mul(tf.exp(tf.sub(x, logNormalizer)), scale));
  return subtractAt(weighted, targets, amounts);
}

/** A tensor's values at some flat indices. */
function picked(tensor: tf.Tensor, indices: Int32Array): tf.Tensor {
  return tf.gather(tf.reshape(tensor, [tensor.size]), tf.tensor1d(indices, 'int32'));
}

/** A fresh tensor less an amount at each of some flat indices: in place on host engines. */
function subtractAt(fresh: tf.Tensor, indices: Int32Array, amounts: Float64Array): tf.Tensor {
  const live = hostMemory(fresh);
  if (!live) {
    const flat = tf.reshape(fresh, [fresh.size]);
    const less = tf.sub(picked(fresh, indices), tf.tensor1d(Float32Array.from(amounts)));
    return tf.reshape(tf.tensorScatterUpdate(flat, tf.tensor2d(indices, [indices.length, 1], 'int32'), less), fresh.shape);
  }
  indices.forEach((index, place) => (live[index] -= amounts[place]));
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
