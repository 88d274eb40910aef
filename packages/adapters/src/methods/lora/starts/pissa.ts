import { truncatedSvd, UnmaskError } from '@unmask/tensor-core';
import { factorsOf, takenOff } from './factors.js';
import { byLayer, weightOf } from './start.js';

/**
 * PiSSA (Meng et al. 2024; HF PEFT tuners/lora/layer.py, pissa_init): the greatest singular values of the weight, which it loses:
 * s·B·A = Σₖ σₖ·uₖ·vₖᵀ with the root of σₖ/s in each factor.
 * @param iterations of the approximation; until it has converged when left out
 */
export const pissa = (iterations?: number) =>
  byLayer((each) => {
    const weight = weightOf(each.layer);
    const most = Math.min(weight.rows, weight.columns);
    if (each.rank > most) throw new UnmaskError(`r is ${each.rank}, but "${each.path}" has ${most} singular values: choose at most that many for init_lora_weights "pissa"`, { code: 'bad-data' });
    const { values, left, right } = truncatedSvd(weight, each.rank, { random: each.random, ...(iterations !== undefined && { iterations }) });
    const root = (k: number) => Math.sqrt(values[k] / each.scale);
    return takenOff(each, factorsOf(left, right, root, root));
  });
