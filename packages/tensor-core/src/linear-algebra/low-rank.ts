import type { Random } from '../random.js';
import { addScaled, type Matrix, Multiplier } from './columns.js';
import { orthonormal } from './orthonormal.js';

/**
 * A matrix of rank r near another one: its projection Q·Qᵀ·A on what A makes of r random vectors (Halko, Martinsson and Tropp 2011,
 * algorithms 4.1 and 4.4). Cost: about 4·(iterations + 1)·rows·columns·r operations.
 * @param rank r, at least 1
 * @param options.random where the vectors come from
 * @param options.iterations how often they are multiplied by A and Aᵀ; with 2, the default, the error is near the least possible
 * @returns the values, row after row
 */
export function lowRankApproximation(matrix: Matrix, rank: number, { random, iterations = 2 }: { readonly random: Random; readonly iterations?: number }): Float32Array {
  const { rows, columns } = matrix;
  const multiplier = new Multiplier(matrix);
  const start = Array.from({ length: rank }, () => Float64Array.from({ length: columns }, () => random.normal()));
  let basis = orthonormal(multiplier.times(start));
  for (let iteration = 0; iteration < iterations; iteration++) basis = orthonormal(multiplier.times(orthonormal(multiplier.timesTransposed(basis))));
  const weights = multiplier.timesTransposed(basis); // columns of AᵀQ
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const sums = new Float64Array(columns);
    basis.forEach((vector, k) => addScaled(sums, weights[k], vector[row]));
    values.set(sums, row * columns);
  }
  return values;
}
