import { aroundLinears } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { parseRosaConfig, type RosaConfig } from './config.js';
import { RosaMasks } from './masks.js';
import { RosaLinear } from './rosa.js';

export type { RosaConfig } from './config.js';

/** Robust adaptation (Nikdan et al. 2024). */
export const rosa = defineAdapter<RosaConfig>({
  type: 'ROSA',
  summary: 'low-rank updates together with the entries that gradients move most',
  prefix: 'rosa_',
  parse: parseRosaConfig,
  attach: (base, config, random) => {
    const layers = aroundLinears(base, config, (layer, path) => new RosaLinear(layer, config, random.fork(path)));
    if (config.inference_mode) return { layers }; // its entries are chosen
    const masks = new RosaMasks(layers, config);
    return { layers, state: masks, afterStep: (step) => masks.afterStep(step) };
  },
});

/** A configuration of RoSA; what is left out has its default. */
export const rosaConfig = configFor(rosa);
