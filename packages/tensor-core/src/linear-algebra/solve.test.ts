import { expect, test } from '@jest/globals';
import { solveSymmetric } from './solve.js';

test('solves what a product made', () => {
  const [size, values] = [3, Float64Array.of(4, 2, -2, 2, 5, 1, -2, 1, 6)];
  const wanted = Float64Array.of(1, -2, 3);
  const product = Float64Array.from({ length: size }, (_, row) => wanted.reduce((sum, value, column) => sum + values[row * size + column] * value, 0));
  const [found] = solveSymmetric({ rows: size, columns: size, values }, [product]);
  found.forEach((value, index) => expect(value).toBeCloseTo(wanted[index], 12));
});

test('refuses a matrix that is not positive definite', () => {
  expect(() => solveSymmetric({ rows: 2, columns: 2, values: Float64Array.of(1, 2, 2, 1) }, [])).toThrow('not positive definite');
});
