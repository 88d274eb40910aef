import { Embedding, Linear, UnmaskError } from '@unmask/tensor-core';
import { QUERIES_AND_VALUES } from '../../parts/default-targets.js';
import { type BaseModel, configFor, defineAdapter, type LayerAdapter } from '../../method.js';
import { findTargets, type NamedLayer, patternValue } from '../../targets.js';
import { trainedBiases } from './biases.js';
import { parseLoraConfig, type LoraConfig } from './config.js';
import { LoraEmbedding } from './embedding.js';
import { LoraLinear, type LoraOptions } from './linear.js';
import { carried } from './shifts.js';
import { type LoraStart, requireRandom, startsOf } from './starts/index.js';
import { requireApart, requireTied, tokenAdapters } from './token-adapters.js';

export type { LoraConfig } from './config.js';

/** Low-rank adaptation (Hu et al. 2022). */
export const lora = defineAdapter<LoraConfig>({
  type: 'LORA',
  summary: 'low-rank updates of linear layers and embeddings',
  prefix: 'lora_',
  parse: parseLoraConfig,
  attach: (base, config, random, calibration) => {
    const { model } = base;
    const targets = targetsOf(base, config);
    requireTied(base, config, targets);
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
    const tokens = tokenAdapters(base, config.trainable_token_indices);
    requireApart(tokens, updates);
    const reranked = config.init_lora_weights === 'eva' && !config.inference_mode && { export: () => ({ config: rerankedConfig(config, starts), tensors: new Map() }) };
    return { layers: new Map<string, LayerAdapter>([...biases, ...updates, ...tokens]), ...carried(updates.flatMap(([, layer]) => (layer instanceof LoraLinear ? [layer] : [])), config), ...reranked };
  },
});

/** A configuration of LoRA; what is left out has its default. */
export const loraConfig = configFor(lora);

/** Layers by their own names and by those of their weights. @throws UnmaskError naming what matched nothing */
function targetsOf({ model, config: { model_type } }: BaseModel, config: LoraConfig): NamedLayer<Linear | Embedding>[] {
  const weights = config.target_parameters ?? [];
  const other = weights.find((name) => !name.endsWith('.weight'));
  if (other !== undefined) throw new UnmaskError(`target_parameters names "${other}", but only weights of linear layers are adapted: write their names as q_proj.weight`, { code: 'unsupported' });
  const byModule = weights.length > 0 && config.target_modules?.length === 0 ? [] : findTargets<Linear | Embedding>(model, config, QUERIES_AND_VALUES[model_type as string], [Linear, Embedding]);
  const byWeight = weights.flatMap((name) => findTargets(model, { target_modules: [name.slice(0, -'.weight'.length)], exclude_modules: null }, undefined, [Linear]));
  return [...new Map<string, Linear | Embedding>([...byModule, ...byWeight])];
}

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
