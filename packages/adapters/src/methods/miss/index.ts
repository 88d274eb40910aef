import { aroundLinears } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { type MissConfig, parseMissConfig } from './config.js';
import { BatLinear, MissLinear } from './miss.js';

export type { MissConfig } from './config.js';

/** Matrix shard sharing (Kang and Yin 2024). */
export const miss = defineAdapter<MissConfig>({
  type: 'MISS',
  summary: 'one block of weights that all blocks of inputs share',
  prefix: 'miss_',
  parse: parseMissConfig,
  attach: (base, config, random) => ({ layers: aroundLinears(base, config, (layer, path) => (config.init_weights === 'bat' ? new BatLinear(layer, config) : new MissLinear(layer, config, random.fork(path)))) }),
});

/** A configuration of MiSS; what is left out has its default. */
export const missConfig = configFor(miss);
