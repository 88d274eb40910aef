import { aroundLinears } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { type OftConfig, parseOftConfig } from './config.js';
import { OftLinear } from './oft.js';

export type { OftConfig } from './config.js';

/** Orthogonal fine-tuning (Qiu et al. 2023 and 2025). */
export const oft = defineAdapter<OftConfig>({
  type: 'OFT',
  summary: 'rotations of blocks of the inputs of linear layers',
  prefix: 'oft_',
  parse: parseOftConfig,
  attach: (base, config, random) => ({ layers: aroundLinears(base, config, (layer, path) => new OftLinear(layer, config, config.init_weights ? undefined : random.fork(path))) }),
});

/** A configuration of OFT; what is left out has its default. */
export const oftConfig = configFor(oft);
