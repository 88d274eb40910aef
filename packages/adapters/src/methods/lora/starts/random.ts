import { normal, uniform } from '../initial.js';
import { byLayer } from './start.js';

/** `true`, `false` and `gaussian`: A by Kaiming's uniform rule or from N(0, 1/r²), B at zero or, for `false`, as A (HF PEFT tuners/lora/layer.py, reset_lora_parameters). */
export const random = byLayer(({ layer: { inFeatures, outFeatures }, rank, random: source }, { config: { init_lora_weights: init } }) => {
  const [forA, forB] = [source.fork('A'), source.fork('B')];
  return {
    a: () => (init === 'gaussian' ? normal(rank * inFeatures, forA, 1 / rank) : uniform(rank * inFeatures, 1 / Math.sqrt(inFeatures), forA)),
    b: () => (init === false ? uniform(outFeatures * rank, 1 / Math.sqrt(rank), forB) : new Float32Array(outFeatures * rank)),
  };
});
