import { type Columns, matrixOf, type Random, truncatedSvd } from '@unmask/tensor-core';

/**
 * Principal components of rows that come in batches (Ross et al. 2008, as scikit-learn and HF PEFT utils/incremental_pca.py have
 * it): each batch is joined with the components so far.
 */
export class IncrementalPca {
  readonly #count: number;
  readonly #random: Random;
  #seen = 0;
  #mean = new Float64Array();
  /** Σ (x − mean)² of each feature. */
  #spread = new Float64Array();
  /** Components, the greatest first, each with its largest entry above zero; none before the first batch. */
  components: Columns = [];
  /** Their singular values. */
  values: Float64Array = new Float64Array();

  /** @param count how many components */
  constructor(count: number, random: Random) {
    this.#count = count;
    this.#random = random;
  }

  /** The share of all variance that each component explains. */
  get explained(): Float64Array {
    const total = this.#spread.reduce((sum, each) => sum + each, 0);
    return this.values.map((value) => value ** 2 / total);
  }

  /** Takes a batch of at least as many rows as there are components. @param values row after row */
  add(values: Float32Array, features: number): void {
    const rows = values.length / features;
    const batchMean = meansOf(values, features);
    const before = this.#seen;
    const all = before + rows;
    const centred = Array.from({ length: rows }, (_, row) => Float64Array.from(batchMean, (mean, feature) => values[row * features + feature] - mean));
    const joined = [...centred];
    if (before > 0) {
      const factor = Math.sqrt((before / all) * rows);
      joined.unshift(...this.components.map((component, k) => component.map((value) => value * this.values[k])));
      joined.push(Float64Array.from(batchMean, (mean, feature) => factor * (this.#mean[feature] - mean)));
    }
    this.#spread = Float64Array.from(batchMean, (mean, feature) => {
      const within = centred.reduce((sum, row) => sum + row[feature] ** 2, 0);
      return before === 0 ? within : this.#spread[feature] + within + ((before * rows) / all) * (this.#mean[feature] - mean) ** 2;
    });
    this.#mean = Float64Array.from(batchMean, (mean, feature) => (before === 0 ? mean : (before * this.#mean[feature] + rows * mean) / all));
    this.#seen = all;
    const found = truncatedSvd(matrixOf(joined), this.#count, { random: this.#random }); // of [features, rows]
    this.components = found.left.map(withPositivePeak);
    this.values = found.values;
  }
}

function meansOf(values: Float32Array, features: number): Float64Array {
  const sums = new Float64Array(features);
  values.forEach((value, index) => (sums[index % features] += value));
  return sums.map((sum) => (sum * features) / values.length);
}

function withPositivePeak(vector: Float64Array): Float64Array {
  const peak = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return peak < 0 ? vector.map((value) => -value) : vector;
}
