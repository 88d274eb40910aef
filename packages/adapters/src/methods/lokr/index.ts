import { aroundLinears } from '../../parts/default-targets.js';
import { lycorisOptions } from '../../parts/lycoris.js';
import { configFor, defineAdapter } from '../../method.js';
import { type LoKrConfig, parseLoKrConfig } from './config.js';
import { LoKrLinear } from './lokr.js';

export type { LoKrConfig } from './config.js';

/** Kronecker products (Edalati et al. 2022, in LyCORIS). */
export const lokr = defineAdapter<LoKrConfig>({
  type: 'LOKR',
  summary: 'updates that are Kronecker products',
  prefix: 'lokr_',
  parse: parseLoKrConfig,
  attach: (base, config, random) => ({ layers: aroundLinears(base, config, (layer, path) => new LoKrLinear(layer, lycorisOptions(path, config, config.rank_dropout_scale), config, random.fork(path))) }),
});

/** A configuration of LoKr; what is left out has its default. */
export const lokrConfig = configFor(lokr);
