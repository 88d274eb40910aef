import type { Columns } from '@unmask/tensor-core';
import { TakenOff } from '../base-shift.js';
import type { LoraStart, StartLayer } from './start.js';

/** B of columns [out] and A of rows [in], each pair k by a factor of its own, row-major. */
export interface Factors {
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** @param forA the factor of each row of A @param forB the factor of each column of B */
export function factorsOf(columns: Columns, rows: Columns, forA: (k: number) => number, forB: (k: number) => number): Factors {
  const [rank, outFeatures, inFeatures] = [rows.length, columns[0].length, rows[0].length];
  const [a, b] = [new Float32Array(rank * inFeatures), new Float32Array(outFeatures * rank)];
  rows.forEach((row, k) => row.forEach((value, index) => (a[k * inFeatures + index] = forA(k) * value)));
  columns.forEach((column, k) => column.forEach((value, index) => (b[index * rank + k] = forB(k) * value)));
  return { a, b };
}

/** A start from factors that are taken off the base's weight. */
export function takenOff({ layer, rank, scale }: StartLayer, { a, b }: Factors): Omit<LoraStart, 'rank' | 'scale'> {
  return { a: () => a, b: () => b, shift: new TakenOff(rank, scale, layer, a, b) };
}
