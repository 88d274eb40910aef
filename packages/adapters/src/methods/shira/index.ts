import { aroundLinears } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { type ShiraConfig, parseShiraConfig } from './config.js';
import { ShiraLinear } from './shira.js';

export type { ShiraConfig } from './config.js';
export { ShiraLinear } from './shira.js';

/** Sparse high-rank adapters (Bhardwaj et al. 2024). */
export const shira = defineAdapter<ShiraConfig>({
  type: 'SHIRA',
  summary: 'a few entries of each weight, chosen at random or by whoever makes the adapter',
  prefix: 'shira_',
  parse: parseShiraConfig,
  attach: (base, config, random) => ({ layers: aroundLinears(base, config, (layer, path) => new ShiraLinear(layer, config, random.fork(path))) }),
});

/** A configuration of SHiRA; what is left out has its default. */
export const shiraConfig = configFor(shira);
