import { UnmaskError } from '../errors.js';
import { type Columns, dot, type Matrix } from './columns.js';

/**
 * The solutions x of M·x = b for a symmetric, positive definite matrix M, by Cholesky's decomposition M = L·Lᵀ (Golub and Van Loan,
 * Matrix Computations, 4.2), in float64.
 * @throws UnmaskError when the matrix is not positive definite
 */
export function solveSymmetric({ rows: size, values }: Matrix, vectors: Columns): Float64Array[] {
  const lower = Array.from({ length: size }, () => new Float64Array(size)); // rows of L
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      const rest = values[row * size + column] - dot(lower[row], lower[column].subarray(0, column));
      if (row > column) lower[row][column] = rest / lower[column][column];
      else if (rest > 0) lower[row][row] = Math.sqrt(rest);
      else throw new UnmaskError('a matrix that is not positive definite has no Cholesky decomposition', { code: 'bad-data' });
    }
  }
  return vectors.map((vector) => {
    const solution = vector.slice();
    for (let row = 0; row < size; row++) solution[row] = (solution[row] - dot(lower[row], solution.subarray(0, row))) / lower[row][row];
    for (let row = size - 1; row >= 0; row--) {
      solution[row] /= lower[row][row];
      for (let before = 0; before < row; before++) solution[before] -= lower[row][before] * solution[row];
    }
    return solution;
  });
}
