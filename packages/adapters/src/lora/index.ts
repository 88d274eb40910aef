import type { Linear} from '@unmask/tensor-core';
import { UnmaskError } from '@unmask/tensor-core';
import { defineAdapter } from '../method.js';
import { findTargets, matches } from '../targets.js';
import { parseLoraConfig, type LoraConfig } from './config.js';
import { LoraLinear } from './linear.js';

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
  summary: 'low-rank updates of linear layers',
  prefix: 'lora_',
  parse: parseLoraConfig,
  attach: ({ model, config: { model_type } }, config, random) => {
    if (config.use_dora) throw new UnmaskError('use_dora is not supported', { code: 'unsupported' });
    const targets = findTargets(model, config, DEFAULT_TARGETS[model_type as string]);
    return {
      layers: new Map(
        targets.map(([path, layer]) => {
          const rank = patternValue(config.rank_pattern, path) ?? config.r;
          const alpha = patternValue(config.alpha_pattern, path) ?? config.lora_alpha;
          const scale = alpha / (config.use_rslora ? Math.sqrt(rank) : rank);
          return [path, new LoraLinear(layer as Linear, { rank, scale, dropout: config.lora_dropout, init: config.init_lora_weights }, random.fork(path))];
        }),
      ),
    };
  },
});

/** The value of the first pattern that a name ends with or matches (HF PEFT tuners_utils.py, get_pattern_key). */
function patternValue(patterns: Readonly<Record<string, number>>, path: string): number | undefined {
  return Object.entries(patterns).find(([pattern]) => matches(path, [pattern]) || matches(path, `(.*\\.)?(${pattern})`))?.[1];
}
