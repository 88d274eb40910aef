import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Random } from '../random.js';
import type { Matrix } from './columns.js';
import { orthonormal } from './orthonormal.js';
import { type SingularValues, svd, truncatedSvd } from './svd.js';

/** Singular values that SciPy found, by tools/reference/singular_values.py. */
const cases = JSON.parse(readFileSync(new URL('../../fixtures/singular-values.json', import.meta.url), 'utf8')) as Record<string, { rows: number; columns: number; matrix: number[]; values: number[] }>;

const largest = (values: Iterable<number>) => [...values].reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Σₖ σₖ·uₖ·vₖᵀ − A */
const error = ({ values, left, right }: SingularValues, matrix: Matrix) =>
  Array.from(matrix.values, (value, index) => {
    const [row, column] = [Math.floor(index / matrix.columns), index % matrix.columns];
    return values.reduce((sum, each, k) => sum + each * left[k][row] * right[k][column], -value);
  });

/** How far the vectors are from orthonormal ones. */
const skew = (vectors: readonly Float64Array[]) => largest(vectors.flatMap((x, i) => vectors.map((y, j) => x.reduce((sum, value, index) => sum + value * y[index], i === j ? -1 : 0))));

/** Its singular values fall, as those of weights do. */
const randomMatrix = (rows: number, columns: number, seed: number): Matrix => {
  const random = new Random(seed);
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, (_, index) => random.normal() * 0.9 ** (index % columns)) };
};

describe.each(Object.entries(cases))('%s', (_, { rows, columns, matrix, values: expected }) => {
  const given = { rows, columns, values: Float64Array.from(matrix) };

  test('has the singular values that SciPy finds, and orthonormal vectors that make the matrix', () => {
    const found = svd(given);
    expect(largest(found.values.map((value, k) => value - expected[k]))).toBeLessThan(1e-12 * Math.max(1, expected[0]));
    expect(found.values).toHaveLength(Math.min(rows, columns));
    expect(largest(error(found, given))).toBeLessThan(1e-12 * Math.max(1, expected[0]));
    expect(Math.max(skew(found.left), skew(found.right))).toBeLessThan(1e-12);
  });
});

test('of a large matrix it finds the greatest values alone, whatever seed it starts from', () => {
  const matrix = randomMatrix(120, 100, 1);
  const all = svd(matrix);
  const [one, other] = [1, 2].map((seed) => truncatedSvd(matrix, 4, { random: new Random(seed) }));
  for (const found of [one, other]) {
    expect(largest(found.values.map((value, k) => value - all.values[k]))).toBeLessThan(1e-10);
    const sign = (k: number) => Math.sign(found.right[k][0] * all.right[k][0]);
    for (let k = 0; k < 4; k++) expect(largest(found.left[k].map((value, row) => value - sign(k) * all.left[k][row]))).toBeLessThan(1e-6);
    expect(Math.max(skew(found.left), skew(found.right))).toBeLessThan(1e-12);
  }
});

test('a few iterations approximate, the same seed gives the same bits, and more iterations come closer', () => {
  const matrix = randomMatrix(110, 100, 3);
  const greatest = svd(matrix).values[0];
  const after = (iterations: number) => truncatedSvd(matrix, 3, { random: new Random(4), iterations });
  expect(after(2)).toEqual(after(2));
  const [few, many] = [0, 8].map((iterations) => greatest - after(iterations).values[0]);
  expect(many).toBeLessThan(few);
  expect(many).toBeLessThan(1e-6 * greatest);
});

test('vectors that depend on others give way to ones that do not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 1000 }), (length, copies, seed) => {
      const random = new Random(seed);
      const vector = Float64Array.from({ length }, () => Math.round(2 * random.normal()));
      const basis = orthonormal(Array.from({ length: Math.min(length, copies) }, () => vector));
      expect(basis).toHaveLength(Math.min(length, copies));
      expect(skew(basis)).toBeLessThan(1e-12);
    }),
  );
});

test('says what it cannot do', () => {
  const matrix = randomMatrix(3, 2, 1);
  expect(() => truncatedSvd(matrix, 3, { random: new Random(1) })).toThrow('a matrix of 3×2 has singular values 1 to 2, not 3');
  expect(() => svd({ rows: 1, columns: 2, values: Float32Array.of(1, NaN) })).toThrow('holds NaN or infinite values');
  expect(() => svd({ rows: 2, columns: 2, values: Float32Array.of(1) })).toThrow('a matrix of 2×2 takes 4 values, not 1');
});
