import { Parameter, type Random, UnmaskError } from '@unmask/tensor-core';
import type { LoraInit } from './config.js';

/** What makes the values that the two factors start from, row-major: A [r, in] and B [out, r]. */
export interface InitialFactors {
  readonly a: () => Float32Array;
  readonly b: () => Float32Array;
}

/**
 * Starts of A and B for a linear layer (HF PEFT tuners/lora/layer.py, reset_lora_parameters and orthogonal_init). Making them
 * throws an UnmaskError for an odd rank under `orthogonal`.
 */
export function initialFactors(rank: number, inFeatures: number, outFeatures: number, init: LoraInit, random: Random): InitialFactors {
  const [forA, forB] = [random.fork('A'), random.fork('B')];
  if (init === 'orthogonal') return orthogonal(rank, inFeatures, outFeatures, random);
  return {
    a: () => (init === 'gaussian' ? normal(rank * inFeatures, forA, 1 / rank) : uniform(rank * inFeatures, 1 / Math.sqrt(inFeatures), forA)),
    b: () => (init === false ? uniform(outFeatures * rank, 1 / Math.sqrt(rank), forB) : new Float32Array(outFeatures * rank)),
  };
}

/** As PyTorch's Linear starts, by Kaiming's uniform rule with a = √5: U(−bound, bound) for bound = 1/√in. */
export const uniform = (size: number, bound: number, random: Random) => Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * bound);

/** A factor of a product, by Kaiming's uniform rule, or at zero without a source of randomness. */
export const factor = (shape: readonly [rows: number, columns: number], random: Random | undefined) =>
  new Parameter(shape, random && (() => uniform(shape[0] * shape[1], 1 / Math.sqrt(shape[1]), random)));

export const normal = (size: number, random: Random, deviation = 1) => Float32Array.from({ length: size }, () => random.normal() * deviation);

/** A of random combinations of half of the rows of an orthogonal matrix, B of the other half: B·A = 0, though neither is. */
function orthogonal(rank: number, inFeatures: number, outFeatures: number, random: Random): InitialFactors {
  let rows: Float64Array[];
  /** The sum of the even or the odd rows, each with a random weight. */
  const combine = (parity: number) => {
    const every = rows.filter((_, index) => index % 2 === parity);
    const weights = every.map(() => random.normal() / 10);
    return Float64Array.from({ length: rank }, (_, column) => every.reduce((sum, row, index) => sum + weights[index] * row[column], 0));
  };
  return {
    a: () => {
      if (rank % 2 !== 0) throw new UnmaskError(`init_lora_weights "orthogonal" takes an even rank, not ${rank}`);
      rows = orthonormalRows(rank, random);
      const a = new Float32Array(rank * inFeatures);
      for (let column = 0; column < inFeatures; column++) combine(0).forEach((value, row) => (a[row * inFeatures + column] = value));
      return a;
    },
    b: () => {
      const b = new Float32Array(outFeatures * rank);
      for (let row = 0; row < outFeatures; row++) b.set(combine(1), row * rank);
      return b;
    },
  };
}

/** The rows of a random orthogonal matrix, by Gram and Schmidt. */
function orthonormalRows(size: number, random: Random): Float64Array[] {
  const rows: Float64Array[] = [];
  while (rows.length < size) {
    const row = Float64Array.from({ length: size }, () => random.normal());
    for (const earlier of rows) {
      const share = row.reduce((sum, value, index) => sum + value * earlier[index], 0);
      row.forEach((value, index) => (row[index] = value - share * earlier[index]));
    }
    const length = Math.hypot(...row);
    rows.push(row.map((value) => value / length));
  }
  return rows;
}
