import { orthonormal, UnmaskError } from '@unmask/tensor-core';
import { factorsOf, takenOff } from './factors.js';
import { byLayer, weightOf } from './start.js';

/** OLoRA (Büyükakyüz 2024; HF PEFT tuners/lora/layer.py, olora_init): B and A are the first columns of Q and rows of R of W = Q·R, and W loses s·B·A. */
export const olora = byLayer((each) => {
  const { rows, columns, values } = weightOf(each.layer);
  if (each.rank > Math.min(rows, columns)) throw new UnmaskError(`r is ${each.rank}, but "${each.path}" is ${rows}×${columns}: choose at most ${Math.min(rows, columns)} for init_lora_weights "olora"`, { code: 'bad-data' });
  const basis = orthonormal(Array.from({ length: each.rank }, (_, column) => Float64Array.from({ length: rows }, (_, row) => values[row * columns + column])));
  const projected = basis.map((vector) => {
    const sum = new Float64Array(columns);
    vector.forEach((factor, row) => sum.forEach((before, column) => (sum[column] = before + factor * values[row * columns + column])));
    return sum;
  });
  return takenOff(each, factorsOf(basis, projected, () => 1, () => 1));
});
