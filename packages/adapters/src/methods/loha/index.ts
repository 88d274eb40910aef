import { aroundLinears } from '../../parts/default-targets.js';
import { lycorisOptions } from '../../parts/lycoris.js';
import { configFor, defineAdapter } from '../../method.js';
import { type LoHaConfig, parseLoHaConfig } from './config.js';
import { LoHaLinear } from './loha.js';

export type { LoHaConfig } from './config.js';

/** Low-rank Hadamard products (Hyeon-Woo et al. 2022, in LyCORIS). */
export const loha = defineAdapter<LoHaConfig>({
  type: 'LOHA',
  summary: 'element-wise products of two low-rank updates',
  prefix: 'hada_',
  parse: parseLoHaConfig,
  attach: (base, config, random) => ({ layers: aroundLinears(base, config, (layer, path) => new LoHaLinear(layer, lycorisOptions(path, config, true), config.init_weights, random.fork(path))) }),
});

/** A configuration of LoHa; what is left out has its default. */
export const lohaConfig = configFor(loha);
