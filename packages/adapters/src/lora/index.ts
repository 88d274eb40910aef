import { Embedding, Linear } from '@unmask/tensor-core';
import { QUERIES_AND_VALUES } from '../default-targets.js';
import { configFor, defineAdapter, type LayerAdapter } from '../method.js';
import { findTargets, patternValue } from '../targets.js';
import { trainedBiases } from './biases.js';
import { parseLoraConfig, type LoraConfig } from './config.js';
import { LoraEmbedding } from './embedding.js';
import { LoraLinear, type LoraOptions } from './linear.js';
import { carried } from './shifts.js';
import { type LoraStart, requireRandom, startsOf } from './starts/index.js';

export type { LoraConfig } from './config.js';

/** Low-rank adaptation (Hu et al. 2022). */
export const lora = defineAdapter<LoraConfig>({
  type: 'LORA',
  summary: 'low-rank updates of linear layers and embeddings',
  prefix: 'lora_',
  parse: parseLoraConfig,
  attach: ({ model, config: { model_type } }, config, random, calibration) => {
    const targets = findTargets<Linear | Embedding>(model, config, QUERIES_AND_VALUES[model_type as string], [Linear, Embedding]);
    const optionsFor = layerOptions(config);
    const linears = targets.flatMap(([path, layer]) => (layer instanceof Linear ? [{ path, layer, random: random.fork(path), ...optionsFor(path) }] : []));
    const starts = startsOf(linears, { model, config, calibration });
    const kept = targets.filter(([path, layer]) => layer instanceof Embedding || starts.has(path));
    const biases = trainedBiases(model, config.bias, kept);
    const updates = kept.map(([path, layer]): [string, LoraLinear | LoraEmbedding] => {
      const [options, fresh] = [optionsFor(path), random.fork(path)];
      if (layer instanceof Linear) return [path, new LoraLinear(layer, options, starts.get(path)!, fresh, biases.get(path))];
      if (!config.inference_mode) requireRandom(config.init_lora_weights, path);
      return [path, new LoraEmbedding(layer, options, fresh)];
    });
    const reranked = config.init_lora_weights === 'eva' && !config.inference_mode && { export: () => ({ config: rerankedConfig(config, starts), tensors: new Map() }) };
    return { layers: new Map<string, LayerAdapter>([...biases, ...updates]), ...carried(updates.flatMap(([, layer]) => (layer instanceof LoraLinear ? [layer] : [])), config), ...reranked };
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

/** The fields of an adapter whose ranks its start chose. */
function rerankedConfig(config: LoraConfig, starts: ReadonlyMap<string, LoraStart>): Pick<LoraConfig, 'target_modules' | 'rank_pattern' | 'alpha_pattern'> {
  const alphaOf = ({ rank, scale }: LoraStart) => Number((scale * (config.use_rslora ? Math.sqrt(rank) : rank)).toPrecision(12));
  const differing = (valueOf: (start: LoraStart) => number, usual: number) => Object.fromEntries([...starts].flatMap(([path, start]) => (valueOf(start) === usual ? [] : [[path, valueOf(start)]])));
  return { target_modules: [...starts.keys()], rank_pattern: differing(({ rank }) => rank, config.r), alpha_pattern: differing(alphaOf, config.lora_alpha) };
}
