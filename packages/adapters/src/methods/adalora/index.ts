import { Linear, multiply, tf } from '@unmask/tensor-core';
import { trainedBiases } from '../lora/biases.js';
import { configFor, defineAdapter, type LayerAdapter } from '../../method.js';
import { findTargets } from '../../targets.js';
import { RankAllocator } from './allocator.js';
import { parseAdaLoraConfig, type AdaLoraConfig } from './config.js';
import { SvdLinear } from './linear.js';
import { orthogonality } from './orthogonality.js';

export type { AdaLoraConfig } from './config.js';

/** Where AdaLoRA goes when target_modules is not given (HF PEFT utils/constants.py). */
const DEFAULT_TARGETS: Readonly<Record<string, readonly string[]>> = {
  bert: ['query', 'value'],
  roberta: ['query', 'key', 'value', 'dense'],
  'deberta-v2': ['query_proj', 'key_proj', 'value_proj', 'dense'],
  gpt2: ['c_attn'],
  llama: ['q_proj', 'v_proj'],
  qwen2: ['q_proj', 'v_proj'],
  qwen3: ['q_proj', 'v_proj'],
};

/** Adaptive low-rank adaptation (Zhang et al. 2023). */
export const adalora = defineAdapter<AdaLoraConfig>({
  type: 'ADALORA',
  summary: 'low-rank updates whose ranks are allocated by importance while they train',
  prefix: 'lora_',
  parse: parseAdaLoraConfig,
  attach: ({ model, config: { model_type } }, config, random) => {
    const targets = findTargets<Linear>(model, config, DEFAULT_TARGETS[model_type as string], [Linear]);
    const biases = trainedBiases(model, config.bias, targets);
    const scale = config.lora_alpha / (config.init_r + 1e-5); // of the initial rank, whatever is left of it
    const ranks = new Map(Object.entries(config.rank_pattern ?? {}).map(([name, kept]) => [name.replace(/\.lora_E(\.[^.]+)?$/, ''), kept.filter(Boolean).length]));
    const updates = new Map(
      targets.map(([path, layer]) => {
        const options = { rank: ranks.get(path) ?? config.init_r, scale, dropout: config.lora_dropout, zero: config.init_lora_weights };
        return [path, new SvdLinear(layer, options, random.fork(path), biases.get(path))];
      }),
    );
    const penalty = () => multiply(orthogonality([...updates.values()]), tf.scalar(config.orth_reg_weight));
    const layers = new Map<string, LayerAdapter>([...biases, ...updates]);
    if (config.rank_pattern) return { layers, penalty }; // what was allocated stays
    const allocator = new RankAllocator(config, updates);
    return { layers, penalty, observe: allocator.observe, afterStep: (step) => allocator.afterStep(step), state: allocator, export: () => allocator.export() };
  },
});

/** A configuration of AdaLoRA; what is left out has its default. */
export const adaLoraConfig = configFor(adalora);
