import { mean } from './metric.js';

/**
 * Pearson's linear correlation, −1 … 1.
 * It is undefined where either list is constant; such predictions tell nothing, so the result is 0 then.
 */
export function pearson(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  if (isConstant(predictions) || isConstant(labels)) return 0;
  const [meanPrediction, meanLabel] = [mean(predictions), mean(labels)];
  let [covariance, predictionVariance, labelVariance] = [0, 0, 0];
  for (let index = 0; index < labels.length; index++) {
    const prediction = predictions[index] - meanPrediction;
    const label = labels[index] - meanLabel;
    covariance += prediction * label;
    predictionVariance += prediction * prediction;
    labelVariance += label * label;
  }
  const correlation = covariance / (Math.sqrt(predictionVariance) * Math.sqrt(labelVariance));
  return Math.max(-1, Math.min(1, correlation)); // rounding can pass the ends
}

const isConstant = (values: ArrayLike<number>) => Array.prototype.every.call(values, (value) => value === values[0]);
