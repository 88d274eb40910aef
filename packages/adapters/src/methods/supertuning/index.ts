import { aroundLinears } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { type SupertuningConfig, parseSupertuningConfig } from './config.js';
import { SupertuningLinear } from './supertuning.js';

export type { SupertuningConfig } from './config.js';

/** Super-Tuning, and Supra beside LoRA (arXiv 2607.09287). */
export const supertuning = defineAdapter<SupertuningConfig>({
  type: 'SUPERTUNING',
  summary: 'the largest or smallest entries of each weight, beside LoRA or not',
  prefix: 'supertuning_',
  parse: parseSupertuningConfig,
  attach: (base, config, random) => ({ layers: aroundLinears(base, config, (layer, path) => new SupertuningLinear(layer, config, random.fork(path))) }),
});

/** A configuration of Super-Tuning; what is left out has its default. */
export const supertuningConfig = configFor(supertuning);
