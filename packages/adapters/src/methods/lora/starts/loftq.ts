import { truncatedSvd } from '@unmask/tensor-core';
import { Replaced } from '../base-shift.js';
import { factorsOf } from './factors.js';
import { byLayer, weightOf } from './start.js';

/** Values of 4-bit NormalFloat (Dettmers et al. 2023, appendix E). */
const NORMAL_FLOATS = [
  -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0,
  0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1,
];
/** How many values share a scale. */
const BLOCK = 64;

/**
 * LoftQ (Li et al. 2024; HF PEFT utils/loftq_utils.py): W gives way to its quantized values Q, and B·A approximates W − Q; both are
 * improved in turns. Q is kept as float32: nothing here computes with 4 bits. As in PEFT B·A is not divided by s.
 */
export const loftq = byLayer((each, { config }) => {
  const { loftq_bits: bits, loftq_iter: iterations } = config.loftq_config!;
  const weight = weightOf(each.layer);
  const { rows, columns } = weight;
  let rest = weight.values;
  for (let iteration = 1; ; iteration++) {
    const quantized = bits === 4 ? normalFloats(rest) : wholeNumbers(rest, columns);
    const error = { rows, columns, values: quantized.map((value, index) => weight.values[index] - value) };
    const { values, left, right } = truncatedSvd(error, each.rank, { random: each.random });
    const root = (k: number) => Math.sqrt(values[k]);
    const { a, b } = factorsOf(left, right, root, root);
    if (iteration === iterations) return { a: () => a, b: () => b, shift: new Replaced(each.layer, error.values.map((value) => -value)) };
    rest = weight.values.map((value, index) => {
      const [row, column] = [Math.floor(index / columns), index % columns];
      return value - left.reduce((sum, vector, k) => sum + values[k] * vector[row] * right[k][column], 0);
    });
  }
});

/** Each value as the nearest of 16 levels of its block's largest. */
function normalFloats(values: Float32Array): Float32Array {
  const result = new Float32Array(values.length);
  for (let first = 0; first < values.length; first += BLOCK) {
    const block = values.subarray(first, first + BLOCK);
    const largest = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    block.forEach((value, index) => {
      const share = largest === 0 ? 0 : value / largest;
      const nearest = NORMAL_FLOATS.reduce((best, level) => (Math.abs(level - share) < Math.abs(best - share) ? level : best));
      result[first + index] = nearest * largest;
    });
  }
  return result;
}

/** Each value as one of 255 levels of its row's largest. */
function wholeNumbers(values: Float32Array, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let first = 0; first < values.length; first += columns) {
    const row = values.subarray(first, first + columns);
    const largest = row.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    row.forEach((value, index) => (result[first + index] = largest === 0 ? 0 : (Math.round((value * 127) / largest) * largest) / 127));
  }
  return result;
}
