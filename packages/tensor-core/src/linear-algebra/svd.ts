import { UnmaskError } from '../errors.js';
import type { Random } from '../random.js';
import { type Columns, columnsOf, combine, dot, type Matrix, Multiplier, rowsOf } from './columns.js';
import { orthonormal } from './orthonormal.js';

/** A = Σₖ σₖ·uₖ·vₖᵀ. The sign of a pair uₖ, vₖ is arbitrary. */
export interface SingularValues {
  /** σₖ, the greatest first. */
  readonly values: Float64Array;
  /** uₖ, orthonormal, as long as A has rows. */
  readonly left: Columns;
  /** vₖ, orthonormal, as long as A has columns. */
  readonly right: Columns;
}

/** The cosine of two columns below which they are orthogonal. */
const ORTHOGONAL = 1e-15;
/** The length of a column relative to the matrix below which it is a rounding error, whose direction means nothing. */
const NEGLIGIBLE = 1e-14;
const MOST_SWEEPS = 60;

/** The smaller side of a matrix up to which all of its singular values are computed, though some are asked for. */
const SMALL = 96;
/** ‖A·vₖ − σₖ·uₖ‖ relative to σ₁ at which the iteration ends. */
const CONVERGED = 1e-9;
const MOST_ITERATIONS = 300;

/**
 * All min(rows, columns) singular values, by rotations of pairs of columns until all are orthogonal (Hestenes 1958; Golub and
 * Van Loan, Matrix Computations, 8.6.3), in float64. Cost: about 100·rows·columns·min(rows, columns) operations.
 * @throws UnmaskError when the matrix holds NaN or an infinity
 */
export function svd(matrix: Matrix): SingularValues {
  if (matrix.rows >= matrix.columns) return svdOfColumns(columnsOf(matrix));
  const { values, left, right } = svdOfColumns(rowsOf(matrix));
  return { values, left: right, right: left };
}

/**
 * The `rank` greatest singular values, for large matrices: random vectors are multiplied by A and Aᵀ in turns, and what they span
 * turns to the vectors of the greatest values (Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1).
 * @param options.random where the vectors come from; the result depends on it by rounding alone once it has converged
 * @param options.iterations how often; as often as it takes to converge when left out, which is long where the next values are hardly smaller. 2 to 16 approximate well.
 * @throws UnmaskError for a rank that the matrix does not have, or when it holds NaN or an infinity
 */
export function truncatedSvd(matrix: Matrix, rank: number, { random, iterations }: { readonly random: Random; readonly iterations?: number }): SingularValues {
  const smaller = Math.min(matrix.rows, matrix.columns);
  if (!(Number.isInteger(rank) && rank >= 1 && rank <= smaller)) throw new UnmaskError(`a matrix of ${matrix.rows}×${matrix.columns} has singular values 1 to ${smaller}, not ${rank}`);
  const width = 2 * rank + 8; // more than are wanted: it converges by how much smaller the next value is
  if (smaller <= Math.max(SMALL, width)) return first(svd(matrix), rank);
  const multiplier = new Multiplier(matrix);
  let images = multiplier.times(Array.from({ length: width }, () => Float64Array.from({ length: matrix.columns }, () => random.normal())));
  for (let iteration = 0; ; iteration++) {
    const basis = orthonormal(images);
    const { values, left: right, right: weights } = svdOfColumns(multiplier.timesTransposed(basis)); // Aᵀ·Q = V·Σ·Wᵀ, so A ≈ (Q·W)·Σ·Vᵀ
    const found = { values, left: combine(basis, weights), right };
    if (iteration === (iterations ?? MOST_ITERATIONS)) return first(found, rank);
    images = multiplier.times(right);
    if (iterations === undefined && residual(images, found, rank) <= CONVERGED * values[0]) return first(found, rank);
  }
}

/** Of a matrix with at least as many rows as columns. @param columns are changed */
function svdOfColumns(columns: Float64Array[]): SingularValues {
  const rotations = columns.map((_, column) => Float64Array.from({ length: columns.length }, (_, row) => Number(row === column)));
  const negligible = NEGLIGIBLE ** 2 * columns.reduce((sum, column) => sum + dot(column, column), 0);
  for (let sweep = 0; sweep < MOST_SWEEPS && rotateAll(columns, rotations, negligible); sweep++);
  const lengths = columns.map((column) => Math.sqrt(dot(column, column)));
  const order = columns.map((_, index) => index).sort((left, right) => lengths[right] - lengths[left]);
  return {
    values: Float64Array.from(order, (index) => lengths[index]),
    left: orthonormal(order.map((index) => columns[index])),
    right: order.map((index) => rotations[index]),
  };
}

/**
 * Turns each pair of columns by the angle that makes them orthogonal.
 * @param negligible the square of a length that does not count
 * @returns whether any pair was not orthogonal
 */
function rotateAll(columns: readonly Float64Array[], rotations: readonly Float64Array[], negligible: number): boolean {
  let rotated = false;
  for (let second = 1; second < columns.length; second++) {
    for (let first = 0; first < second; first++) {
      const [x, y] = [columns[first], columns[second]];
      const [xx, yy, xy] = [dot(x, x), dot(y, y), dot(x, y)];
      if (Math.min(xx, yy) <= negligible || Math.abs(xy) <= ORTHOGONAL * Math.sqrt(xx * yy)) continue;
      const cotangent = (yy - xx) / (2 * xy); // of twice the angle
      const tangent = (cotangent < 0 ? -1 : 1) / (Math.abs(cotangent) + Math.hypot(1, cotangent));
      const cosine = 1 / Math.hypot(1, tangent);
      rotate(x, y, cosine, cosine * tangent);
      rotate(rotations[first], rotations[second], cosine, cosine * tangent);
      rotated = true;
    }
  }
  return rotated;
}

function rotate(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let index = 0; index < x.length; index++) {
    const [before, other] = [x[index], y[index]];
    x[index] = cosine * before - sine * other;
    y[index] = sine * before + cosine * other;
  }
}

/** The greatest ‖A·vₖ − σₖ·uₖ‖ of the first `rank`. @param images A·vₖ */
function residual(images: Columns, { values, left }: SingularValues, rank: number): number {
  const lengths = images.slice(0, rank).map((image, k) => Math.sqrt(image.reduce((sum, value, row) => sum + (value - values[k] * left[k][row]) ** 2, 0)));
  return Math.max(...lengths);
}

const first = ({ values, left, right }: SingularValues, rank: number): SingularValues => ({ values: values.slice(0, rank), left: left.slice(0, rank), right: right.slice(0, rank) });
