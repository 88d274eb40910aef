import { Embedding, Linear } from '@unmask/tensor-core';
import { QUERIES_AND_VALUES } from '../default-targets.js';
import { configFor, defineAdapter, type LayerAdapter } from '../method.js';
import { findTargets, patternValue } from '../targets.js';
import { trainedBiases } from './biases.js';
import { parseLoraConfig, type LoraConfig } from './config.js';
import { LoraEmbedding } from './embedding.js';
import { LoraLinear, type LoraOptions } from './linear.js';

export type { LoraConfig } from './config.js';

/** Low-rank adaptation (Hu et al. 2022). */
export const lora = defineAdapter<LoraConfig>({
  type: 'LORA',
  summary: 'low-rank updates of linear layers and embeddings',
  prefix: 'lora_',
  parse: parseLoraConfig,
  attach: ({ model, config: { model_type } }, config, random) => {
    const targets = findTargets<Linear | Embedding>(model, config, QUERIES_AND_VALUES[model_type as string], [Linear, Embedding]);
    const biases = trainedBiases(model, config.bias, targets);
    const layers = new Map<string, LayerAdapter>(biases);
    const optionsFor = layerOptions(config);
    for (const [path, layer] of targets) {
      const [options, fresh] = [optionsFor(path), random.fork(path)];
      layers.set(path, layer instanceof Linear ? new LoraLinear(layer, options, fresh, biases.get(path)) : new LoraEmbedding(layer, options, fresh));
    }
    return { layers };
  },
});

/** A configuration of LoRA; what is left out has its default. */
export const loraConfig = configFor(lora);

/** The options of each layer, by its name: patterns may give it a rank and an alpha of its own. */
function layerOptions(config: LoraConfig): (path: string) => LoraOptions {
  const [rankOf, alphaOf] = [patternValue(config.rank_pattern, 'rank_pattern'), patternValue(config.alpha_pattern, 'alpha_pattern')];
  return (path) => {
    const rank = rankOf(path) ?? config.r;
    const scale = (alphaOf(path) ?? config.lora_alpha) / (config.use_rslora ? Math.sqrt(rank) : rank);
    return { rank, scale, dropout: config.lora_dropout, init: config.init_lora_weights, dora: config.use_dora, bias: config.lora_bias };
  };
}
