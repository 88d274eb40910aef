import { Linear } from '@unmask/tensor-core';
import { QUERIES_AND_VALUES } from '../../parts/default-targets.js';
import { lycorisOptions } from '../../parts/lycoris.js';
import { configFor, defineAdapter } from '../../method.js';
import { findTargets } from '../../targets.js';
import { type LoHaConfig, parseLoHaConfig } from './config.js';
import { LoHaLinear } from './loha.js';

export type { LoHaConfig } from './config.js';

/** Low-rank Hadamard products (Hyeon-Woo et al. 2022, in LyCORIS). */
export const loha = defineAdapter<LoHaConfig>({
  type: 'LOHA',
  summary: 'element-wise products of two low-rank updates',
  prefix: 'hada_',
  parse: parseLoHaConfig,
  attach: ({ model, config: { model_type } }, config, random) => ({
    layers: new Map(
      findTargets(model, config, QUERIES_AND_VALUES[model_type as string], [Linear]).map(([path, layer]) => [
        path,
        new LoHaLinear(layer, lycorisOptions(path, config, true), config.init_weights, random.fork(path)),
      ]),
    ),
  }),
});

/** A configuration of LoHa; what is left out has its default. */
export const lohaConfig = configFor(loha);
