import { orthonormal, UnmaskError } from '@unmask/tensor-core';
import { byLayer } from './start.js';

/** A of random combinations of half of the rows of an orthogonal matrix, B of the other half: B·A = 0, though neither is (HF PEFT tuners/lora/layer.py, orthogonal_init). */
export const orthogonal = byLayer(({ layer: { inFeatures, outFeatures }, rank, random }) => {
  let rows: Float64Array[];
  /** The sum of the even or the odd rows, each with a random weight. */
  const combine = (parity: number) => {
    const every = rows.filter((_, index) => index % 2 === parity);
    const weights = every.map(() => random.normal() / 10);
    return Float64Array.from({ length: rank }, (_, column) => every.reduce((sum, row, index) => sum + weights[index] * row[column], 0));
  };
  return {
    a: () => {
      if (rank % 2 !== 0) throw new UnmaskError(`init_lora_weights "orthogonal" takes an even rank, not ${rank}`);
      rows = orthonormal(Array.from({ length: rank }, () => Float64Array.from({ length: rank }, () => random.normal())));
      const a = new Float32Array(rank * inFeatures);
      for (let column = 0; column < inFeatures; column++) combine(0).forEach((value, row) => (a[row * inFeatures + column] = value));
      return a;
    },
    b: () => {
      const b = new Float32Array(outFeatures * rank);
      for (let row = 0; row < outFeatures; row++) b.set(combine(1), row * rank);
      return b;
    },
  };
});
