import { Embedding, Linear, Pattern } from '@unmask/tensor-core';
import { configFor, defineAdapter, type LayerAdapter } from '../method.js';
import { findTargets } from '../targets.js';
import { trainedBiases } from './biases.js';
import { parseLoraConfig, type LoraConfig } from './config.js';
import { LoraEmbedding } from './embedding.js';
import { LoraLinear, type LoraOptions } from './linear.js';

export type { LoraConfig } from './config.js';

/** Where LoRA goes when target_modules is not given (HF PEFT utils/constants.py). */
const DEFAULT_TARGETS: Readonly<Record<string, readonly string[]>> = {
  bert: ['query', 'value'],
  roberta: ['query', 'value'],
  'xlm-roberta': ['query', 'value'],
  electra: ['query', 'value'],
  distilbert: ['q_lin', 'v_lin'],
  'deberta-v2': ['query_proj', 'value_proj'],
  gpt2: ['c_attn'],
  llama: ['q_proj', 'v_proj'],
  mistral: ['q_proj', 'v_proj'],
  qwen2: ['q_proj', 'v_proj'],
  qwen3: ['q_proj', 'v_proj'],
};

/** Low-rank adaptation (Hu et al. 2022). */
export const lora = defineAdapter<LoraConfig>({
  type: 'LORA',
  summary: 'low-rank updates of linear layers and embeddings',
  prefix: 'lora_',
  parse: parseLoraConfig,
  attach: ({ model, config: { model_type } }, config, random) => {
    const targets = findTargets<Linear | Embedding>(model, config, DEFAULT_TARGETS[model_type as string], [Linear, Embedding]);
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
  const [rankOf, alphaOf] = [patternValue(config, 'rank_pattern'), patternValue(config, 'alpha_pattern')];
  return (path) => {
    const rank = rankOf(path) ?? config.r;
    const scale = (alphaOf(path) ?? config.lora_alpha) / (config.use_rslora ? Math.sqrt(rank) : rank);
    return { rank, scale, dropout: config.lora_dropout, init: config.init_lora_weights, dora: config.use_dora, bias: config.lora_bias };
  };
}

/** The value of the first pattern that a name, or its end, matches (HF PEFT utils/other.py, get_pattern_key). */
function patternValue(config: LoraConfig, field: 'rank_pattern' | 'alpha_pattern'): (path: string) => number | undefined {
  const patterns = Object.entries(config[field]).map(([source, value]) => ({ pattern: new Pattern(source, field), value }));
  return (path) => patterns.find(({ pattern }) => pattern.matchesEnd(path))?.value;
}
