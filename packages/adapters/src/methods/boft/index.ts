import { aroundLinears } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { type BoftConfig, parseBoftConfig } from './config.js';
import { BoftLinear } from './boft.js';

export type { BoftConfig } from './config.js';

/** Orthogonal fine-tuning by butterflies (Liu et al. 2024). */
export const boft = defineAdapter<BoftConfig>({
  type: 'BOFT',
  summary: 'rotations of the inputs of linear layers that are products of sparse ones, and factors of the outputs',
  prefix: 'boft_',
  parse: parseBoftConfig,
  attach: (base, config, random) => ({ layers: aroundLinears(base, config, (layer, path) => new BoftLinear(layer, config, config.init_weights ? undefined : random.fork(path))) }),
});

/** A configuration of BOFT; what is left out has its default. */
export const boftConfig = configFor(boft);
