import type { KeyValues } from '@unmask/models';
import { type Linear, Parameter, prependTokens, takeColumns, tf, UnmaskError } from '@unmask/tensor-core';
import { layoutOf, numberedLayers } from '../../layout.js';
import { configFor, defineAdapter } from '../../method.js';
import { FILE_PREFIX, maskedBefore, PromptEmbeddings } from '../../parts/virtual-tokens.js';
import { parsePrefixTuningConfig, type PrefixTuningConfig } from './config.js';

export type { PrefixTuningConfig } from './config.js';

/** Trained keys and values before those of tokens: [P, layers·2·size], of each layer first the keys, then the values. */
class PrefixedKeyValues implements KeyValues {
  readonly #prefix: Parameter;
  readonly #size: number;
  readonly #tokens: KeyValues | undefined;

  /**
   * @param size of a layer's keys
   * @param tokens keys and values of earlier tokens, if any
   */
  constructor(prefix: Parameter, size: number, tokens: KeyValues | undefined) {
    this.#prefix = prefix;
    this.#size = size;
    this.#tokens = tokens;
  }

  get length(): number {
    return this.#prefix.shape[0] + (this.#tokens?.length ?? 0);
  }

  append(layer: number, keys: tf.Tensor, values: tf.Tensor): { keys: tf.Tensor; values: tf.Tensor } {
    const all = this.#tokens?.append(layer, keys, values) ?? { keys, values };
    const part = (index: number) => takeColumns(this.#prefix, (2 * layer + index) * this.#size, this.#size); // [P, size]
    return { keys: prependTokens(part(0), all.keys), values: prependTokens(part(1), all.values) };
  }
}

/** Trained keys and values in each attention layer (Li & Liang 2021; HF PEFT tuners/prefix_tuning and peft_model.py). */
export const prefixTuning = defineAdapter<PrefixTuningConfig>({
  type: 'PREFIX_TUNING',
  summary: 'trained keys and values in each attention layer, before those of the text',
  prefix: 'prompt_embeddings',
  filePrefix: FILE_PREFIX,
  parse: parsePrefixTuningConfig,
  attach: (base, config, random) => {
    const { keys } = layoutOf(base);
    if (!keys) throw new UnmaskError(`attention of a ${String(base.config.model_type)} model takes no keys but those of its tokens, here as in HF transformers: choose PROMPT_TUNING`, { code: 'unsupported' });
    if (config.prefix_projection && !config.inference_mode) {
      throw new UnmaskError('prefix_projection is supported in finished adapters alone: train the prefix itself, with prefix_projection false', { code: 'unsupported' });
    }
    const layers = numberedLayers(base.model, keys.layer);
    const size = (layers[0].layer as Linear).outFeatures / keys.parts;
    const count = config.num_virtual_tokens;
    const prefix = new Parameter([count, layers.length * 2 * size]);
    if (config.init_weights !== 'zero') prefix.modify((values) => values.forEach((_, index) => (values[index] = random.normal())));
    return {
      layers: new Map(),
      shared: new PromptEmbeddings(prefix),
      around: (inputs, options, own) => tf.tidy(() => own(maskedBefore(inputs, count), { ...options, cache: new PrefixedKeyValues(prefix, size, options.cache) })),
    };
  },
});

/** A configuration of prefix tuning; what is left out has its default. */
export const prefixTuningConfig = configFor(prefixTuning);
