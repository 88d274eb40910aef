import { Linear } from '@unmask/tensor-core';
import type { ModuleTargets, TargetConfig } from '../config.js';
import type { BaseModel, LayerAdapter } from '../method.js';
import { findTargets } from '../targets.js';

/**
 * Where methods that change linear layers go when target_modules is not given: the queries and values of attention (HF PEFT
 * utils/constants.py; PEFT has no default for DistilBERT).
 */
export const QUERIES_AND_VALUES: Readonly<Record<string, readonly string[]>> = {
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

/** What stands around each linear layer that a configuration names. @param defaults targets by family, where it names none */
export function aroundLinears<Around extends LayerAdapter>(
  { model, config: { model_type } }: BaseModel,
  config: ModuleTargets & Partial<TargetConfig>,
  around: (layer: Linear, path: string) => Around,
  defaults = QUERIES_AND_VALUES,
): Map<string, Around> {
  return new Map(findTargets(model, config, defaults[model_type as string], [Linear]).map(([path, layer]) => [path, around(layer, path)]));
}
