import { aroundLinears, QUERIES_AND_VALUES } from '../../parts/default-targets.js';
import { configFor, defineAdapter } from '../../method.js';
import { patternValue } from '../../targets.js';
import { type FourierFtConfig, parseFourierFtConfig } from './config.js';
import { FourierFtLinear } from './fourierft.js';

export type { FourierFtConfig } from './config.js';

/** As for other methods, but for one family (HF PEFT utils/constants.py). */
const DEFAULT_TARGETS = { ...QUERIES_AND_VALUES, gpt2: ['mlp.c_proj'] };

/** Fine-tuning of Fourier coefficients (Gao et al. 2024). */
export const fourierft = defineAdapter<FourierFtConfig>({
  type: 'FOURIERFT',
  summary: 'a few coefficients of the Fourier transforms of updates',
  prefix: 'fourierft_',
  parse: parseFourierFtConfig,
  attach: (base, config, random) => {
    const countOf = patternValue(config.n_frequency_pattern, 'n_frequency_pattern');
    return { layers: aroundLinears(base, config, (layer, path) => new FourierFtLinear(layer, countOf(path) ?? config.n_frequency, config, random.fork(path)), DEFAULT_TARGETS) };
  },
});

/** A configuration of FourierFT; what is left out has its default. */
export const fourierftConfig = configFor(fourierft);
