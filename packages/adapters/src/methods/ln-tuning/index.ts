import { Embedding, type Layer, LayerNorm, Linear, RmsNorm, type tf } from '@unmask/tensor-core';
import { FullLayer } from '../../parts/full-layer.js';
import { configFor, defineAdapter, LayerAdapter } from '../../method.js';
import { findTargets } from '../../targets.js';
import { type LnTuningConfig, parseLnTuningConfig } from './config.js';

export type { LnTuningConfig } from './config.js';

const LLAMA = ['input_layernorm', 'post_attention_layernorm', 'norm'];

/** Which normalisations train when target_modules is not given (HF PEFT utils/constants.py). */
const DEFAULT_TARGETS: Readonly<Record<string, readonly string[]>> = {
  gpt2: ['ln_1', 'ln_2', 'ln_f'],
  llama: LLAMA,
  mistral: LLAMA,
  qwen2: ['post_attention_layernorm'],
  qwen3: ['post_attention_layernorm'],
};

/** A copy of a layer that trains in its place, under HF PEFT's name. */
class TunedLayer extends LayerAdapter {
  readonly ln_tuning_layers: FullLayer;

  constructor(layer: Layer) {
    super();
    this.ln_tuning_layers = new FullLayer(layer);
  }

  override forward(x: tf.Tensor): tf.Tensor {
    return this.ln_tuning_layers.forward(x);
  }

  override mergeInto(layer: Layer): void {
    this.ln_tuning_layers.mergeInto(layer);
  }
}

/** Tuning of the normalisations alone (Zhao et al. 2024). */
export const lnTuning = defineAdapter<LnTuningConfig>({
  type: 'LN_TUNING',
  summary: 'the weights and biases of normalisations',
  prefix: 'ln_tuning_',
  parse: parseLnTuningConfig,
  attach: ({ model, config: { model_type } }, config) => ({
    layers: new Map(findTargets<Layer>(model, config, DEFAULT_TARGETS[model_type as string], [LayerNorm, RmsNorm, Linear, Embedding]).map(([path, layer]) => [path, new TunedLayer(layer)])),
  }),
});

/** A configuration of LayerNorm tuning; what is left out has its default. */
export const lnTuningConfig = configFor(lnTuning);
