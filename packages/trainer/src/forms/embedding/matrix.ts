/** Vectors, one a row. */
export interface Matrix {
  readonly rows: number;
  readonly size: number;
  readonly values: Float32Array;
}

/** A matrix of zeros. */
export const zeros = (rows: number, size: number): Matrix => ({ rows, size, values: new Float32Array(rows * size) });

/** One row, borrowed. */
export const row = ({ size, values }: Matrix, index: number): Float32Array => values.subarray(index * size, (index + 1) * size);

/** ⟨a, b⟩, added up in float64. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index] * b[index];
  return sum;
}

/** target += factor·x */
export function addScaled(target: Float32Array, x: Float32Array, factor: number): void {
  for (let index = 0; index < target.length; index++) target[index] += factor * x[index];
}

/** Length of a vector, 10⁻¹² at least, as PyTorch has it. */
export const lengthOf = (vector: Float32Array): number => Math.max(Math.sqrt(dot(vector, vector)), 1e-12);

/** The first `size` entries of each row, made a row of length 1. */
export function normalized({ rows, size: full, values }: Matrix, size = full): Matrix {
  const unit = zeros(rows, size);
  for (let index = 0; index < rows; index++) {
    const own = values.subarray(index * full, index * full + size);
    addScaled(row(unit, index), own, 1 / lengthOf(own));
  }
  return unit;
}

/** Adds to the gradient of x what comes of the gradient of {@link normalized} x: (g − y·⟨y, g⟩) / ‖x‖. */
export function addNormalizedGradient(target: Matrix, x: Matrix, unit: Matrix, gradient: Matrix): void {
  for (let index = 0; index < x.rows; index++) {
    const [y, g] = [row(unit, index), row(gradient, index)];
    const own = x.values.subarray(index * x.size, index * x.size + unit.size);
    const into = target.values.subarray(index * x.size, index * x.size + unit.size);
    const length = lengthOf(own);
    const along = dot(y, g);
    for (let entry = 0; entry < unit.size; entry++) into[entry] += (g[entry] - y[entry] * along) / length;
  }
}
