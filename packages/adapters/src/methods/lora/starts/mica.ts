import { svd, UnmaskError } from '@unmask/tensor-core';
import { byLayer, weightOf } from './start.js';

/** MiCA (arXiv 2604.01694; HF PEFT tuners/lora/layer.py, mica_init): B holds the left singular vectors of the least values and stays, A starts at zero. */
export const mica = byLayer(({ layer, path, rank }) => {
  const weight = weightOf(layer);
  const most = Math.min(weight.rows, weight.columns);
  if (rank > most) throw new UnmaskError(`r is ${rank}, but "${path}" has ${most} singular values: choose at most that many for init_lora_weights "mica"`, { code: 'bad-data' });
  return {
    fixedB: true,
    a: () => new Float32Array(rank * weight.columns),
    b: () => {
      const left = svd(weight).left.slice(most - rank);
      return Float32Array.from({ length: weight.rows * rank }, (_, index) => left[index % rank][Math.floor(index / rank)]);
    },
  };
});
