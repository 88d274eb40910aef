import { UnmaskError } from '../errors.js';

/** A matrix as tensors and parameters hold it, row after row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array | Float64Array;
}

/** The columns of a matrix, or any other vectors of the same length. */
export type Columns = readonly Float64Array[];

/** The columns of a matrix. @throws UnmaskError when it holds NaN or an infinity, or not as many values as it says */
export function columnsOf(matrix: Matrix): Float64Array[] {
  requireFinite(matrix);
  const { rows, columns, values } = matrix;
  return Array.from({ length: columns }, (_, column) => {
    const each = new Float64Array(rows);
    for (let row = 0; row < rows; row++) each[row] = values[row * columns + column];
    return each;
  });
}

/** The rows of a matrix. @throws UnmaskError as {@link columnsOf} */
export function rowsOf(matrix: Matrix): Float64Array[] {
  requireFinite(matrix);
  return Array.from({ length: matrix.rows }, (_, row) => Float64Array.from(matrix.values.subarray(row * matrix.columns, (row + 1) * matrix.columns)));
}

/** The matrix of these columns. */
export function matrixOf(columns: Columns): Matrix & { readonly values: Float64Array } {
  const rows = columns[0]?.length ?? 0;
  const values = new Float64Array(rows * columns.length);
  columns.forEach((each, column) => each.forEach((value, row) => (values[row * columns.length + column] = value)));
  return { rows, columns: columns.length, values };
}

/** Σᵢ xᵢ·yᵢ, with x from an index on. */
export function dot(x: Float64Array, y: Float64Array, from = 0): number {
  let [even, odd] = [0, 0]; // two chains: one would wait for each addition
  const last = y.length - 1;
  for (let index = 0; index < last; index += 2) {
    even += x[from + index] * y[index];
    odd += x[from + index + 1] * y[index + 1];
  }
  return y.length % 2 === 1 ? even + odd + x[from + last] * y[last] : even + odd;
}

/** y ← y + factor·x, with x from an index on. */
export function addScaled(y: Float64Array, x: Float64Array, factor: number, from = 0): void {
  for (let index = 0; index < y.length; index++) y[index] += factor * x[from + index];
}

/** A matrix that vectors are multiplied with. */
export class Multiplier {
  readonly #rows: number;
  readonly #columns: number;
  readonly #values: Float64Array;

  /** @throws UnmaskError when the matrix holds NaN or an infinity, or not as many values as it says */
  constructor(matrix: Matrix) {
    requireFinite(matrix);
    this.#rows = matrix.rows;
    this.#columns = matrix.columns;
    this.#values = Float64Array.from(matrix.values);
  }

  /** A·x for each x. */
  times(vectors: Columns): Float64Array[] {
    return vectors.map((vector) => {
      const product = new Float64Array(this.#rows);
      for (let row = 0; row < this.#rows; row++) product[row] = dot(this.#values, vector, row * this.#columns);
      return product;
    });
  }

  /** Aᵀ·x for each x. */
  timesTransposed(vectors: Columns): Float64Array[] {
    return vectors.map((vector) => {
      const sum = new Float64Array(this.#columns);
      for (let row = 0; row < this.#rows; row++) addScaled(sum, this.#values, vector[row], row * this.#columns);
      return sum;
    });
  }
}

/** Σₖ wₖ·xₖ for each vector of weights w. */
export const combine = (vectors: Columns, weights: Columns): Float64Array[] =>
  weights.map((each) => {
    const sum = new Float64Array(vectors[0].length);
    each.forEach((weight, index) => addScaled(sum, vectors[index], weight));
    return sum;
  });

function requireFinite({ rows, columns, values }: Matrix): void {
  if (values.length !== rows * columns) throw new UnmaskError(`a matrix of ${rows}×${columns} takes ${rows * columns} values, not ${values.length}`);
  for (const value of values) if (!Number.isFinite(value)) throw new UnmaskError('the matrix holds NaN or infinite values: look for what made them', { code: 'bad-data' });
}
