import { type Matrix, solveSymmetric, svd, tf, truncatedSvd, UnmaskError } from '@unmask/tensor-core';
import { eachInput } from '../../../model/calibration.js';
import { factorsOf, takenOff } from './factors.js';
import { byLayer, type Initialization, type StartContext, type StartLayer, weightOf } from './start.js';

/** What is added to the covariance's diagonal, relative to its mean. */
const DAMPING = 0.01;

/**
 * CorDA (Yang et al. 2024; HF PEFT tuners/lora/corda.py): singular vectors of W·C for the covariance C of the layer's inputs,
 * s·B·A = Σₖ σₖ·uₖ·vₖᵀ·C⁻¹, which W loses: the greatest ones, to learn what the data is about, or the least ones, to keep it.
 */
export const corda: Initialization = (layers, context) => {
  const covariances = covariancesOf(layers, context);
  const greatest = context.config.corda_config!.corda_method === 'ipm';
  return byLayer((each) => {
    const covariance = damped(covariances.get(each.path)!);
    const product = times(weightOf(each.layer), covariance);
    const most = Math.min(product.rows, product.columns);
    if (each.rank > most) throw new UnmaskError(`r is ${each.rank}, but "${each.path}" has ${most} singular values: choose at most that many for init_lora_weights "corda"`, { code: 'bad-data' });
    const found = greatest ? truncatedSvd(product, each.rank, { random: each.random }) : svd(product);
    const from = found.values.length - each.rank; // 0 for the greatest
    const root = (k: number) => Math.sqrt(found.values[from + k] / each.scale);
    return takenOff(each, factorsOf(found.left.slice(from), solveSymmetric(covariance, found.right.slice(from)), root, root));
  })(layers, context);
};

/** Means over batches of xᵀ·x, with inputs x divided by their greatest, by layers' names. */
function covariancesOf(layers: readonly StartLayer[], { model, calibration }: StartContext): ReadonlyMap<string, Matrix> {
  if (!calibration) throw new UnmaskError('init_lora_weights "corda" looks at the inputs of layers: give getPeftModel some batches, { calibration: [{ inputs }] }', { code: 'bad-data' });
  const sums = new Map(layers.map(({ path, layer: { inFeatures } }) => [path, { rows: inFeatures, columns: inFeatures, values: new Float64Array(inFeatures ** 2) }]));
  const named = layers.map(({ path, layer }) => [path, layer] as const);
  for (const batch of calibration) {
    eachInput(model, named, batch, (path, rows) => {
      const scaled = tf.div(rows, tf.abs(tf.max(rows)));
      const { values } = sums.get(path)!;
      tf.matMul(scaled, scaled, true).dataSync<'float32'>().forEach((value, index) => (values[index] += value / calibration.length));
    });
  }
  return sums;
}

function damped({ rows: size, values }: Matrix): Matrix {
  const result = Float64Array.from(values);
  const diagonal = Array.from({ length: size }, (_, index) => index * (size + 1));
  const mean = diagonal.reduce((sum, place) => sum + result[place], 0) / size;
  for (const place of diagonal) result[place] += DAMPING * mean;
  return { rows: size, columns: size, values: result };
}

/** W·C for a symmetric C. */
function times(weight: Matrix, covariance: Matrix): Matrix {
  const [rows, columns] = [weight.rows, weight.columns];
  const values = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let inner = 0; inner < columns; inner++) {
      const factor = weight.values[row * columns + inner];
      for (let column = 0; column < columns; column++) values[row * columns + column] += factor * covariance.values[inner * columns + column];
    }
  }
  return { rows, columns, values };
}
