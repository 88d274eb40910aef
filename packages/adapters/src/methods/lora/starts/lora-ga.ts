import { truncatedSvd, UnmaskError } from '@unmask/tensor-core';
import { meanGradients } from '../../../model/calibration.js';
import type { LoraGaConfig } from '../config.js';
import { factorsOf, takenOff } from './factors.js';
import { byLayer, type Initialization, type StartLayer, weightOf } from './start.js';

/** Of 2·r singular vectors, which r A has and which B has. */
const DIRECTIONS: Readonly<Record<LoraGaConfig['direction'], (rank: number, each: StartLayer) => readonly [ofA: number[], ofB: number[]]>> = {
  ArBr: (rank) => [range(rank).map((k) => 2 * k + 1), range(rank).map((k) => 2 * k)],
  A2rBr: (rank) => [range(rank).map((k) => rank + k), range(rank)],
  ArB2r: (rank) => [range(rank), range(rank).map((k) => rank + k)],
  random: (rank, { random }) => {
    const chosen = random.shuffle(range(2 * rank)).slice(0, rank);
    return [chosen, chosen];
  },
};

/**
 * LoRA-GA (Wang et al. 2024; HF PEFT tuners/lora/layer.py, lora_ga_init): singular vectors of the gradient of the weight, so that the
 * first steps go where full training would go; W loses s·B·A.
 */
export const loraGa: Initialization = (layers, context) => {
  const { model, config, calibration } = context;
  if (!calibration) throw new UnmaskError('init_lora_weights "lora_ga" takes gradients of data: give getPeftModel some batches, { calibration: [{ inputs, loss }] }', { code: 'bad-data' });
  const gradients = meanGradients(model, layers.map(({ path, layer }) => [path, layer]), calibration);
  return byLayer((each) => {
    const { direction, scale, stable_gamma } = config.lora_ga_config!;
    const { layer, path, rank } = each;
    const gradient = weightOf(layer, gradients.get(path));
    const most = Math.min(gradient.rows, gradient.columns);
    if (2 * rank > most) throw new UnmaskError(`r is ${rank}, but "${path}" has ${most} singular values, and init_lora_weights "lora_ga" takes twice r of them: choose a smaller one`, { code: 'bad-data' });
    const { values, left, right } = truncatedSvd(gradient, 2 * rank, { random: each.random, iterations: 4 });
    const [ofA, ofB] = DIRECTIONS[direction](rank, each);
    const factors: Readonly<Record<LoraGaConfig['scale'], () => readonly [ofA: number, ofB: number]>> = {
      stable: () => [1, gradient.rows ** 0.25 / Math.sqrt(stable_gamma)],
      weight_svd: () => [1, values[ofB[0]] > 0 ? truncatedSvd(weightOf(layer), 1, { random: each.random, iterations: 4 }).values[0] / values[ofB[0]] : 1],
      gd_scale: () => [1 / each.scale, 1 / each.scale],
      unit: () => [1, 1],
    };
    const [forA, forB] = factors[scale]();
    return takenOff(each, factorsOf(ofB.map((k) => left[k]), ofA.map((k) => right[k]), () => forA, (k) => forB * values[ofB[k]]));
  })(layers, context);
};

const range = (length: number) => Array.from({ length }, (_, index) => index);
